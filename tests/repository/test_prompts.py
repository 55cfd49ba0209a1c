import re
from pathlib import Path

import click
import pytest

from chatops.cli import commands
from chatops.outcome import Status
from chatops.runbooks import check_calls, load_runbooks, read_runbook
from tools import load_actions

README = (Path(__file__).parents[2] / "prompts" / "README.md").read_text(encoding="utf-8")
RUNBOOKS = load_runbooks()
EVERY = pytest.mark.parametrize("name", RUNBOOKS)
TEXT_LIMIT = 3000
LINE_LIMIT = 500
_SPAN = re.compile(r"`([^`]+)`")


@EVERY
def test_every_command_line_of_a_runbook_is_one(name: str) -> None:
    for span in _SPAN.findall(RUNBOOKS[name].text):
        if span.startswith("chatops "):
            resolve(span.split()[1:])


def resolve(words: list[str]) -> None:
    """Raises where a word is no command."""
    command: click.Command = commands
    while isinstance(command, click.Group):
        with click.Context(command) as context:
            _, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found._real() if hasattr(found, "_real") else found  # noqa: SLF001  # the command that it stands for


@EVERY
def test_every_status_and_every_other_runbook_it_names_exists(name: str) -> None:
    words = set(re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", re.sub(_SPAN, "", RUNBOOKS[name].text)))
    known = {*RUNBOOKS, *(status.value for status in Status), "plan_only", *CODES}
    assert words <= known


CODES = {"upstream_unavailable", "upstream_throttled"}


@EVERY
def test_runbook_is_short_numbered_and_plain(name: str) -> None:
    """No headings, tables, links or bold text: Slack and a terminal show them as characters."""
    text = RUNBOOKS[name].text
    assert len(text) <= TEXT_LIMIT
    first, empty, *steps = text.rstrip("\n").split("\n")
    assert first.endswith(".")
    assert empty == ""
    assert [step.partition(". ")[0] for step in steps] == [str(number) for number in range(1, len(steps) + 1)]
    assert 5 <= len(steps) <= 10
    assert not re.search(r"\*\*|__|\]\(|^#|^\|", text, re.MULTILINE)


@EVERY
def test_no_real_phone_is_named_where_somebody_would_use_it(name: str) -> None:
    for call in RUNBOOKS[name].steps:
        ids = dict(call.words).get("instance_ids", "PHONES")
        assert ids in {"PHONES", "{instance_id}"}


@EVERY
def test_no_runbook_says_yes_for_anybody(name: str) -> None:
    assert not re.search(r"--yes|approvals approve|self.approv|confirm=", RUNBOOKS[name].text)


def test_example_on_the_page_is_a_runbook() -> None:
    (example,) = re.findall(r"```markdown\n(.*?)```", README, re.DOTALL)
    check_calls(read_runbook(Path("prompts/reset_hangs.md"), example.encode()), load_actions())
