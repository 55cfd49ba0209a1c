from dataclasses import replace

import click
import pytest

from chatops.cli import run
from chatops.surfaces.terminal.commands import ActionCommand
from chatops.surfaces.terminal.menu import Menu
from tests.chatops.surfaces.terminal.conftest import Chatops
from tools import load_actions

ACTIONS = load_actions()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rebot", "reboot (reboot_instances)"),
        ("reset_instance", "reset (reset_instances)"),
        ("list-instnaces", "list (list_instances)"),
        ("EXEC", "exec (run_command)"),
    ],
)
def test_near_miss_is_answered_with_a_suggestion(chatops: Chatops, typed: str, meant: str) -> None:
    ended = chatops("run", typed, "XvH39QVW")
    assert ended.code == 2
    assert f"There is no action '{typed}'." in ended.err
    assert meant in ended.err


def test_what_resembles_nothing_points_to_the_list(chatops: Chatops) -> None:
    ended = chatops("run", "\x1b[31mxyzzy\u202e" * 20)
    assert ended.code == 2
    assert "chatops actions lists them" in ended.err
    assert "\x1b" not in ended.err
    assert "\u202e" not in ended.err


def test_name_word_and_dashes_are_the_same_action(chatops: Chatops) -> None:
    outputs = {chatops("run", name, "--help").out.split("\n", 1)[1] for name in ("skus", "list_skus", "list-skus")}
    assert len(outputs) == 1


def test_help_lists_every_action_with_its_word(chatops: Chatops) -> None:
    shown = chatops("run", "--help").out
    for name, action in ACTIONS.items():
        assert name in shown
        assert f"({action.word})" in shown


@pytest.mark.parametrize(
    ("line", "cursor", "offered"),
    [
        ("chatops run re", 2, {"reset", "reboot", "reset_instances", "reboot_instances"}),
        ("chatops run list --state st", 4, {"stopped", "starting"}),
        ("chatops run list --lim", 3, {"--limit"}),
        ("chatops run video --", 3, {"--p540", "--overrides"}),
        ("chatops a", 1, {"actions"}),
    ],
)
def test_shell_completes_actions_words_options_and_choices(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, cursor: int, offered: set[str]
) -> None:
    monkeypatch.setenv("_CHATOPS_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(cursor))
    with pytest.raises(SystemExit) as ended:
        run([])
    assert ended.value.code == 0
    assert offered <= {found.partition(",")[2] for found in capsys.readouterr().out.splitlines()}


def test_name_that_an_action_had_before_still_leads_to_it() -> None:
    menu = Menu(lambda _: 0)
    renamed = replace(ACTIONS["reboot_instances"], aliases=("restart_phones",))
    menu.by_name = {"reboot_instances": ActionCommand(renamed, lambda _: 0)}
    context = click.Context(menu)
    assert menu.get_command(context, "restart-phones") is menu.by_name["reboot_instances"]
    assert menu.list_commands(context) == ["reboot_instances"]
    assert menu.get_command(context, "start_phones") is None
