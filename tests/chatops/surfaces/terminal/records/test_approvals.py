import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from chatops.simulator import Fault, RunningSimulator
from tests.chatops.surfaces.terminal.conftest import AtTerminal
from tests.chatops.surfaces.terminal.records.conftest import PHONES, Answers, As, being_sent, changes

LAUNCH = "from chatops.__main__ import main; main()"


def test_what_waits_is_listed_for_approvers_and_for_whoever_asked(waiting: str, as_person: As) -> None:
    for person in ("bob", "ada", "alice"):
        ended = as_person(person, "approvals", "list")
        assert (ended.code, waiting in ended.out) == (0, True)
    for person in ("dan", "vera"):
        assert as_person(person, "approvals", "list").out == "Nothing waits for an approval.\n"


def test_what_was_asked_for_is_shown_with_its_plan_and_who_may_decide(
    waiting: str, as_person: As, answer_for: Answers
) -> None:
    shown = as_person("bob", "approvals", "show", waiting)
    assert "May decide: bob, carol." in shown.out
    assert "Erase everything on 6 phones?" in shown.out
    answer = answer_for("bob", "approvals", "show", waiting)
    assert answer["operation_id"] == waiting
    assert [each["instance_id"] for each in answer["data"]["plan"]["targets"]] == sorted(PHONES)


def test_what_others_ask_for_is_nothing_to_whoever_may_not_decide(waiting: str, as_person: As) -> None:
    forged = as_person("vera", "approvals", "show", "op_0000000000000000")
    seen = as_person("vera", "approvals", "show", waiting)
    assert seen.code == forged.code == 3
    assert seen.err == forged.err.replace("op_0000000000000000", waiting)


@pytest.mark.usefixtures("without_cloud")
def test_what_waits_is_read_without_credentials_of_the_cloud(as_person: As) -> None:
    assert as_person("bob", "approvals", "list").code == 0


def test_approval_without_a_terminal_needs_nothing_more_and_is_carried_out(
    waiting: str, answer_for: Answers, simulator: RunningSimulator
) -> None:
    answer = answer_for("bob", "approvals", "approve", waiting)
    assert (answer["exit_code"], answer["status"], answer["operation_id"]) == (0, "accepted", waiting)
    assert changes(simulator) == ["batch-reset"]
    assert answer_for("alice", "operations", "show", waiting)["data"]["decided_by"] == "bob"


@pytest.mark.parametrize("person", ["alice", "dan", "vera", "ada"])
def test_who_may_not_decide_is_told_who_may(
    waiting: str, answer_for: Answers, simulator: RunningSimulator, person: str
) -> None:
    answer = answer_for(person, "approvals", "approve", waiting)
    assert (answer["exit_code"], answer["status"]) == (3, "refused")
    assert answer["error"]["code"] == "permission_missing"
    assert "bob, carol" in answer["error"]["next_step"]
    assert changes(simulator) == []


def test_terminal_that_the_team_file_does_not_trust_decides_nothing(
    waiting: str, answer_for: Answers, simulator: RunningSimulator, team_file: Path
) -> None:
    text = team_file.read_text(encoding="utf-8")
    team_file.write_text(text.replace("may_approve: true", "may_approve: false"), encoding="utf-8")
    for words in (("approve", waiting), ("deny", waiting, "--reason", "no")):
        answer = answer_for("bob", "approvals", *words)
        assert (answer["exit_code"], answer["error"]["code"]) == (3, "permission_missing")
    assert changes(simulator) == []


def test_second_decider_is_told_who_was_faster(waiting: str, answer_for: Answers, simulator: RunningSimulator) -> None:
    answer_for("bob", "approvals", "approve", waiting)
    late = answer_for("carol", "approvals", "approve", waiting)
    assert (late["exit_code"], late["error"]["code"]) == (3, "consent_gone")
    assert "by bob" in late["message"]
    assert changes(simulator) == ["batch-reset"]


def test_denial_ends_it_and_its_reason_reaches_whoever_asked(
    waiting: str, answer_for: Answers, as_person: As, simulator: RunningSimulator
) -> None:
    assert as_person("carol", "approvals", "deny", waiting, "--reason", "not during the demo").code == 0
    shown = answer_for("alice", "operations", "show", waiting)["data"]
    assert (shown["status"], shown["decided_by"], shown["reason"]) == ("declined", "carol", "not during the demo")
    assert answer_for("bob", "approvals", "approve", waiting)["status"] == "refused"
    assert changes(simulator) == []


def test_denial_without_a_reason_is_none(waiting: str, as_person: As, answer_for: Answers) -> None:
    assert as_person("bob", "approvals", "deny", waiting).code == 2
    assert answer_for("bob", "approvals", "deny", waiting, "--reason", " ")["status"] == "refused"
    assert waiting in as_person("bob", "approvals", "list").out


def test_failure_after_the_approval_is_told_and_exits_one(
    waiting: str, answer_for: Answers, simulator: RunningSimulator
) -> None:
    simulator.simulator.faults.add(Fault(kind="business", operation="batch-reset", code="CPS.0005"))
    answer = answer_for("bob", "approvals", "approve", waiting)
    assert (answer["exit_code"], answer["status"]) == (1, "failed")
    assert answer["error"]["upstream_code"] == "CPS.0005"


@pytest.mark.process
def test_plan_is_shown_and_asked_about_at_a_terminal_and_its_end_is_waited_for(
    waiting: str, at_terminal: AtTerminal, simulator: RunningSimulator
) -> None:
    keyboard = at_terminal("approvals", "approve", waiting, person="bob")
    keyboard.wait_for("Approve this? [y/N] ")
    assert "alice asks:" in keyboard.seen
    assert "Erase everything on 6 phones?" in keyboard.seen
    assert "Undo: Nothing restores a reset phone" in keyboard.seen
    assert changes(simulator) == []
    keyboard.type("y\n")
    keyboard.wait_for("Verified: 6 of 6 phones verified.")
    assert keyboard.end()[0] == 0
    assert changes(simulator) == ["batch-reset"]


@pytest.mark.process
@pytest.mark.parametrize("typed", ["\n", "n\n", "6\n", "\x04", "\x03"])
def test_anything_but_yes_leaves_it_waiting(
    waiting: str, at_terminal: AtTerminal, simulator: RunningSimulator, as_person: As, typed: str
) -> None:
    keyboard = at_terminal("approvals", "approve", waiting, person="bob")
    keyboard.wait_for("Approve this? [y/N] ")
    keyboard.type(typed)
    assert keyboard.end()[0] == 3
    assert "Not approved; it still waits." in keyboard.seen
    assert waiting in as_person("bob", "approvals", "list").out
    assert changes(simulator) == []


@pytest.mark.process
def test_control_c_does_not_tear_what_is_being_sent(
    waiting: str, at_terminal: AtTerminal, simulator: RunningSimulator, answer_for: Answers
) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", operation="batch-reset", seconds=3, times=1))
    keyboard = at_terminal("approvals", "approve", waiting, "--no-wait", person="bob")
    keyboard.wait_for("Approve this? [y/N] ")
    keyboard.type("y\n")
    assert being_sent(answer_for, keyboard) == waiting
    keyboard.press_control_c()
    assert keyboard.end()[0] == 0
    assert "accepted" in keyboard.seen
    assert answer_for("alice", "operations", "show", waiting)["data"]["status"] == "accepted"


@pytest.mark.process
def test_two_processes_that_approve_at_once_are_one_execution(
    waiting: str, simulator: RunningSimulator, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with ExitStack() as opened:
        deciders = [
            opened.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", LAUNCH, "approvals", "approve", waiting, "--json"],
                    env={**environment, "CHATOPS_AS": person},
                    cwd=tmp_path,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for person in ("bob", "carol")
        ]
        answers = [json.loads(each.communicate(timeout=30)[0]) for each in deciders]
    assert sorted(each["status"] for each in answers) == ["accepted", "refused"]
    assert changes(simulator) == ["batch-reset"]
