import pytest
from click.shell_completion import ShellComplete

from chatops.cli import commands, run
from chatops.surfaces.terminal.lazy import RECORDS

WORDS = {
    "approvals": ("list", "show", "approve", "deny"),
    "operations": ("list", "show", "watch", "cancel", "reconcile"),
    "freeze": ("--reason", "--for", "--region", "--action", "--person"),
    "unfreeze": ("--json",),
    "audit": ("show", "verify", "anchor", "export"),
    "policy": ("check", "explain", "test"),
    "token": ("new",),
    "runbooks": ("list", "show"),
    "pickup": ("PICKUP", "once", "--json"),
}


@pytest.mark.parametrize("name", RECORDS)
def test_help_is_that_of_the_real_command(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in WORDS[name])


@pytest.mark.parametrize("name", RECORDS)
def test_line_in_the_list_of_commands_is_theirs(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["--help"]) == 0
    assert f"\n  {name} " in capsys.readouterr().out


def test_completion_knows_what_is_behind_a_name() -> None:
    complete = ShellComplete(commands, {}, "chatops", "_CHATOPS_COMPLETE")
    assert [each.value for each in complete.get_completions(["approvals"], "")] == ["approve", "deny", "list", "show"]
    assert [each.value for each in complete.get_completions(["freeze"], "--re")] == ["--reason", "--region"]


def test_word_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["approvals", "aprove"]) == 2
    assert "No such command" in capsys.readouterr().err
