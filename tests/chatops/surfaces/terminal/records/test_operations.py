import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from chatops.simulator import Fault, RunningSimulator
from tests.chatops.surfaces.terminal.conftest import AtTerminal
from tests.chatops.surfaces.terminal.records.conftest import Answers, As, being_sent, changes

LAUNCH = "from chatops.__main__ import main; main()"
ASSIGN = ("assign", "XvH39QVW", "--user-id", "1123422", "--yes")
"""Whoever looks afterwards can prove it, however late: a phone need not be seen leaving a state."""


@pytest.fixture
def rebooted(answer_for: Answers) -> str:
    """The id of an operation that was sent, and that nobody watches any more."""
    return str(answer_for("alice", "run", "reboot", "XvH39QVW", "--yes")["operation_id"])


def test_operations_are_listed_to_whoever_asked_and_all_to_approvers_and_admins(waiting: str, as_person: As) -> None:
    for person in ("alice", "bob", "carol", "ada"):
        assert waiting in as_person(person, "operations", "list").out
    assert as_person("dan", "operations", "list").out == "0 operations of dan.\n"
    assert as_person("alice", "operations", "list").out.startswith("1 operation of alice.\n")


def test_list_is_cut_where_somebody_wants_fewer(waiting: str, rebooted: str, answer_for: Answers) -> None:
    listed = answer_for("bob", "operations", "list", "--limit", "1")["data"]["operations"]
    assert [each["operation_id"] for each in listed] == [rebooted]


def test_operation_is_shown_with_its_plan_and_its_requests(rebooted: str, as_person: As, answer_for: Answers) -> None:
    shown = as_person("alice", "operations", "show", rebooted)
    assert f"Operation {rebooted}: watching." in shown.out
    assert "accepted: 1 phone cn-" in shown.out
    data = answer_for("alice", "operations", "show", rebooted)["data"]
    assert (data["status"], data["requests"][0]["targets"]) == ("accepted", ["XvH39QVW"])


def test_foreign_operation_looks_like_none_at_all(waiting: str, as_person: As) -> None:
    for verb in ("show", "cancel", "watch"):
        forged = as_person("dan", "operations", verb, "op_0000000000000000")
        foreign = as_person("dan", "operations", verb, waiting)
        assert foreign.code == forged.code == 3
        assert foreign.err == forged.err.replace("op_0000000000000000", waiting)


def test_records_are_read_and_cancelled_without_credentials_of_the_cloud(
    waiting: str, as_person: As, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("without_cloud")
    assert as_person("alice", "operations", "list").code == 0
    assert as_person("alice", "operations", "show", waiting).code == 0
    assert as_person("alice", "operations", "cancel", waiting).code == 0


def test_what_waits_is_taken_back_by_whoever_asked(
    waiting: str, answer_for: Answers, as_person: As, simulator: RunningSimulator
) -> None:
    answer = answer_for("alice", "operations", "cancel", waiting)
    assert (answer["exit_code"], answer["data"]["status"]) == (0, "cancelled")
    assert answer["data"]["reason"] == "Taken back by the person who asked."
    assert answer_for("bob", "approvals", "approve", waiting)["error"]["code"] == "consent_gone"
    events = answer_for("bob", "audit", "show", "--operation", waiting)["data"]["events"]
    assert events[-1]["kind"] == "withdrawn"
    assert changes(simulator) == []


def test_what_waits_is_cancelled_by_an_approver_in_their_name(waiting: str, answer_for: Answers) -> None:
    without = answer_for("carol", "operations", "cancel", waiting, "--reason", " ")
    assert (without["exit_code"], without["error"]["next_step"]) == (3, "Say it: --reason TEXT")
    answer = answer_for("carol", "operations", "cancel", waiting, "--reason", "wrong phones")
    assert (answer["data"]["status"], answer["data"]["reason"]) == ("cancelled", "Cancelled by carol: wrong phones")


def test_what_was_sent_cannot_be_cancelled(rebooted: str, answer_for: Answers) -> None:
    answer = answer_for("alice", "operations", "cancel", rebooted)
    assert (answer["exit_code"], answer["error"]["code"]) == (3, "consent_gone")
    assert "it is watching" in answer["message"]


def test_watch_of_what_waits_ends_at_once_and_exits_as_the_call_did(waiting: str, answer_for: Answers) -> None:
    answer = answer_for("alice", "operations", "watch", waiting)
    assert (answer["exit_code"], answer["status"]) == (4, "approval_required")


def test_nothing_left_behind_is_said(answer_for: Answers) -> None:
    assert answer_for("alice", "operations", "reconcile")["message"] == "Nothing was left behind."


def test_viewer_takes_nothing_over(answer_for: Answers) -> None:
    assert answer_for("vera", "operations", "reconcile")["error"]["code"] == "permission_missing"


@pytest.mark.process
def test_watch_of_a_dead_process_is_taken_over_and_ends_verified_without_a_terminal(
    environment: Mapping[str, str], tmp_path: Path, answer_for: Answers
) -> None:
    started = subprocess.run(
        [sys.executable, "-c", LAUNCH, "run", *ASSIGN, "--json"],
        env=dict(environment),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    operation = json.loads(started.stdout)["operation_id"]
    answer = answer_for("alice", "operations", "watch", operation)
    assert (answer["exit_code"], answer["status"]) == (0, "done")
    assert "Verified: 1 of 1 phone verified." in answer["message"]
    assert answer["data"]["verification"] == "verified"


@pytest.mark.process
def test_reconciling_finds_out_what_became_of_what_dead_processes_have_sent(
    environment: Mapping[str, str], tmp_path: Path, answer_for: Answers
) -> None:
    started = subprocess.run(
        [sys.executable, "-c", LAUNCH, "run", *ASSIGN, "--json"],
        env=dict(environment),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    answer = answer_for("bob", "operations", "reconcile")
    assert answer["message"] == "1 operation was taken over."
    (operation,) = answer["data"]["operations"]
    assert operation["operation_id"] == json.loads(started.stdout)["operation_id"]
    assert operation["verification"] == "verified"


@pytest.mark.process
def test_watch_is_left_with_control_c_and_says_how_to_go_on(
    environment: Mapping[str, str], at_terminal: AtTerminal, simulator: RunningSimulator
) -> None:
    simulator.simulator.faults.add(Fault(kind="error", operation="batch-query-status", status=500))
    keyboard = at_terminal("run", "reboot", "XvH39QVW", "--yes")
    keyboard.wait_for(": 0 of 1 phone verified")
    keyboard.press_control_c()
    keyboard.wait_for("note: Left alone; chatops operations watch op_")
    assert keyboard.end()[0] == 0
    operation = keyboard.seen.partition("operations watch ")[2].split()[0]
    again = at_terminal("operations", "watch", operation)
    again.wait_for("0 of 1 phone verified")
    again.press_control_c()
    again.wait_for("Left alone")
    assert again.end()[0] == 0


@pytest.mark.process
@pytest.mark.parametrize("phones", [800])
def test_what_was_not_sent_yet_is_stopped_and_the_audit_says_by_whom(
    at_terminal: AtTerminal, simulator: RunningSimulator, answer_for: Answers, team_file: Path
) -> None:
    with team_file.open("a", encoding="utf-8") as stream:
        stream.write("limits: {max_targets: 1000, max_fleet_share: 1.0}\n")
    simulator.simulator.faults.add(Fault(kind="slow", operation="reboot", seconds=4, times=4))
    keyboard = at_terminal("run", "reboot", "--where", "state=running,frozen=no", "--yes", "--no-wait")
    operation = being_sent(answer_for, keyboard)
    stopped = answer_for("alice", "operations", "cancel", operation)
    assert (stopped["exit_code"], stopped["data"]["state"]) == (0, "running")
    keyboard.end()
    assert "Cancelled by alice." in keyboard.seen
    ended = answer_for("alice", "operations", "show", operation)["data"]
    assert {each["state"] for each in ended["requests"]} == {"accepted", "never_sent"}
    assert len(changes(simulator)) == [each["state"] for each in ended["requests"]].count("accepted")
    events = answer_for("alice", "audit", "show", "--operation", operation)["data"]["events"]
    assert "cancelled" in [each["kind"] for each in events]


@pytest.mark.process
def test_what_is_on_its_way_entirely_cannot_be_cancelled(
    at_terminal: AtTerminal, simulator: RunningSimulator, answer_for: Answers
) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", operation="reboot", seconds=4, times=1))
    keyboard = at_terminal("run", "reboot", "XvH39QVW", "--yes", "--no-wait")
    operation = being_sent(answer_for, keyboard)
    late = answer_for("alice", "operations", "cancel", operation)
    assert (late["exit_code"], late["error"]["code"]) == (3, "consent_gone")
    assert "it is running" in late["message"]
    assert keyboard.end()[0] == 0


@pytest.mark.process
def test_watch_that_ends_in_a_mismatch_is_no_success_for_a_script(
    environment: Mapping[str, str], tmp_path: Path, answer_for: Answers, as_person: As
) -> None:
    started = subprocess.run(
        [sys.executable, "-c", LAUNCH, "run", "start", "a44uhlf7", "--command", "ls -l /system", "--json"],
        env=dict(environment),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
    )
    operation = json.loads(started.stdout)["operation_id"]
    answer = answer_for("alice", "operations", "watch", operation)
    assert (answer["exit_code"], answer["status"], answer["data"]["verification"]) == (1, "done", "mismatch")
    assert "Mismatch, it did not come about everywhere: 0 of 1 phone verified, 1 failed." in answer["message"]
    assert "its phones are not as they were to be" in answer["warnings"][0]
    assert "its phones are not as they were to be" in as_person("alice", "operations", "watch", operation).out
    shown = answer_for("alice", "operations", "show", operation)
    assert (shown["exit_code"], shown["data"]["phones"]) == (0, [{"instance_id": "a44uhlf7", "state": "failed"}])
    assert "phone a44uhlf7" in as_person("alice", "operations", "show", operation).out


@pytest.mark.process
def test_two_processes_that_watch_one_operation_tell_its_end_once(
    environment: Mapping[str, str], tmp_path: Path, answer_for: Answers
) -> None:
    def start(*words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", LAUNCH, *words, "--json"]
        return subprocess.Popen(
            command, env=dict(environment), cwd=tmp_path, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )

    first, _ = start("run", *ASSIGN).communicate(timeout=30)
    operation = json.loads(first)["operation_id"]
    watching = [start("operations", "watch", operation) for _ in range(2)]
    ends = [json.loads(each.communicate(timeout=60)[0]) for each in watching]
    assert [each.returncode for each in watching] == [0, 0]
    assert ends[0] == ends[1]
    assert ends[0]["data"]["phones"] == [{"instance_id": "XvH39QVW", "state": "verified"}]
    events = answer_for("alice", "audit", "show", "--operation", operation)["data"]["events"]
    kinds = [each["kind"] for each in events]
    assert kinds.count("verified") == 1
    assert kinds[-1] == "verified"
