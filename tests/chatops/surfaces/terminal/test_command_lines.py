import shlex
from pathlib import Path

import pytest

from chatops.parsing import parse
from chatops.surfaces.terminal.command_lines import command_line
from chatops.surfaces.terminal.commands import ActionCommand
from chatops.surfaces.terminal.request import Request
from tools import OPEN, AnyAction, load_actions

ACTIONS = load_actions()
LINK = "https://obs.example.com/app.apk?Signature=abc"


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_example_in_the_help_gives_the_params_it_was_made_of(
    action: AnyAction, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link.txt").write_text(LINK, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    requests: list[Request] = []

    def keep(request: Request) -> int:
        requests.append(request)
        return 0

    for example in action.examples:
        program, run, word, *words = shlex.split(command_line(action, example.params))
        assert (program, run, word) == ("chatops", "run", action.word)
        assert ActionCommand(action, keep).main(words, standalone_mode=False) == 0
        parsed = parse(action, requests.pop().arguments.values).model_dump(context=OPEN)
        wanted = example.params.model_dump(context=OPEN)
        if "link" in wanted:
            wanted["link"] = LINK
        assert parsed == wanted


def test_what_a_shell_would_read_is_quoted() -> None:
    action = ACTIONS["set_video"]
    params = action.params.model_validate_json(
        '{"instance_ids": ["a"], "p540": {"kbps": 100, "fps": 30}, "p720": {"kbps": 100, "fps": 30},'
        ' "p1080": {"kbps": 100, "fps": 30}, "overrides": [{"network": "WIFI", "p540": {"kbps": 200, "fps": 60}}]}'
    )
    assert '--overrides \'[{"network": "WIFI"' in command_line(action, params)
