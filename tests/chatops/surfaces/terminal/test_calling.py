import json
import re
import shlex
from pathlib import Path

import pytest

from chatops.simulator import Fault, RequestRecord, RunningSimulator
from chatops.surfaces.terminal.command_lines import command_line
from tests.chatops.surfaces.terminal.conftest import AtTerminal, Chatops
from tools import AnyAction, Risk, load_actions

ACTIONS = load_actions()
RUNS = [
    "chatops run phones --region cn-north-7",
    "chatops run list --name 'demo-*' --state running --limit 3",
    "chatops run skus",
    "chatops run token Q39YyZvI",
    "chatops run progress iRJEVP96 --user-id 1008600000104285462",
    "chatops run task 6837531fd3f54550927b930180a706bf",
    "chatops run prepare iRJEVP96 --user-id 1008600000104285462",
    "chatops run status XvH39QVW Vpp8rC4Y",
    "chatops run exec XvH39QVW --command getprop",
    "chatops run start XvH39QVW --command getprop",
    "chatops run reboot XvH39QVW --yes",
    "chatops run backup iRJEVP96 --yes",
    "chatops run assign XvH39QVW --user-id 1123422 --yes",
    "chatops run video XvH39QVW --p540 6000/30 --p720 6000/30 --p1080 8000/60 --yes",
]
REFUSED = [action for action in ACTIONS.values() if action.risk is Risk.DESTRUCTIVE]


def changes(simulator: RunningSimulator) -> list[RequestRecord]:
    """Requests for anything but reading: nothing that was refused may be among them."""
    reads = {"batch-query", "batch-query-status", "task", "prepare-progress", "iam-token", "iam-projects"}
    return [request for request in simulator.simulator.requests if request.operation not in reads]


@pytest.mark.parametrize("line", RUNS, ids=lambda line: line.split()[2])
def test_what_may_run_runs_and_answers_one_json_object(chatops: Chatops, line: str) -> None:
    ended = chatops(*shlex.split(line)[1:], "--json")
    answer = json.loads(ended.out)
    assert (ended.code, answer["status"]) in {(0, "done"), (0, "accepted")}
    assert ended.err == ""
    assert "error" not in answer


@pytest.mark.parametrize("action", REFUSED, ids=lambda action: action.name)
def test_what_is_destructive_is_refused_without_a_terminal_and_nothing_is_sent(
    chatops: Chatops,
    simulator: RunningSimulator,
    action: AnyAction,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path_factory.mktemp("links")
    (folder / "link.txt").write_text("https://obs.example.com/app.apk?Signature=abc\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    # The printed example of a command is a harmless one.
    more = {"run_command": ["--command", "reboot"], "start_command": ["--command", "reboot"]}.get(action.name, [])
    line = shlex.split(command_line(action, action.examples[0].params))[1:]
    ended = chatops(*line, *more, "--yes", "--json")
    answer = json.loads(ended.out)
    assert (ended.code, answer["status"]) == (3, "refused")
    # Where typing would do, nobody can type here; where it would not, nobody can be asked for an approval.
    assert answer["error"]["code"] in {"consent_missing", "no_approver_reachable"}
    assert answer["error"]["next_step"]
    assert changes(simulator) == []


def test_every_action_is_run_or_refused_here() -> None:
    words = {line.split()[2] for line in RUNS} | {action.word for action in REFUSED}
    assert words == {action.word for action in ACTIONS.values()}


def test_disruptive_without_a_terminal_and_without_yes_is_refused(
    chatops: Chatops, simulator: RunningSimulator
) -> None:
    ended = chatops("run", "reboot", "XvH39QVW")
    assert ended.code == 3
    assert ended.out == ""
    assert "say --yes" in ended.err
    assert changes(simulator) == []


def test_action_beyond_somebodys_roles_names_permission_and_role(
    chatops: Chatops, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATOPS_AS", "vera")
    ended = chatops("run", "reboot", "XvH39QVW", "--yes")
    assert ended.code == 3
    assert "instances:reboot" in ended.err
    assert "role operator" in ended.err
    assert changes(simulator) == []


def test_wrong_argument_is_said_as_json_too(chatops: Chatops) -> None:
    ended = chatops("run", "list", "--params", '{"lmit": 3}', "--json")
    answer = json.loads(ended.out)
    assert (ended.code, answer["status"]) == (2, "invalid")
    assert "lmit" in answer["message"]


def test_reveal_into_a_pipe_is_refused_and_nothing_is_sent(chatops: Chatops, simulator: RunningSimulator) -> None:
    ended = chatops("run", "token", "Q39YyZvI", "--reveal")
    assert ended.code == 2
    assert "standard output is none" in ended.err
    assert simulator.simulator.requests.total == 0


def test_partly_failed_command_shows_its_table_and_exits_one(chatops: Chatops) -> None:
    ended = chatops("run", "exec", "a44uhlf7", "XvH39QVW", "--command", "ls -l /system")
    assert ended.code == 1
    assert "CPS.0191" in ended.out


def test_unknown_outcome_exits_five(chatops: Chatops, simulator: RunningSimulator) -> None:
    simulator.simulator.faults.add(Fault(kind="drop_after", operation="reboot"))
    ended = chatops("run", "reboot", "XvH39QVW", "--yes", "--json")
    assert ended.code == 5
    assert json.loads(ended.out)["status"] == "unknown"


@pytest.mark.process
def test_destructive_goes_on_when_the_id_is_typed(at_terminal: AtTerminal, simulator: RunningSimulator) -> None:
    keyboard = at_terminal("run", "reset", "XvH39QVW", "--json", piped_output=True)
    keyboard.wait_for("Type XvH39QVW to go on: ")
    assert "Nothing restores a reset phone" in keyboard.seen
    assert changes(simulator) == []
    keyboard.type("XvH39QVW\n")
    code, output = keyboard.end()
    assert (code, json.loads(output)["status"]) == (0, "accepted")
    assert [request.operation for request in changes(simulator)] == ["batch-reset"]


@pytest.mark.process
@pytest.mark.parametrize("typed", ["y\n", "yes\n", "2\n", "XvH39QVW\n", "\n", "\x04"])
def test_destructive_is_declined_by_any_other_word(
    at_terminal: AtTerminal, simulator: RunningSimulator, typed: str
) -> None:
    phones = [phone.id for phone in list(simulator.simulator.fleet)[:3]]
    keyboard = at_terminal("run", "reset", *phones, "--yes")
    keyboard.wait_for("Type 3 to go on: ")
    assert all(phone in keyboard.seen for phone in phones)
    keyboard.type(typed)
    code, _ = keyboard.end()
    assert code == 3
    assert "Declined; nothing was sent." in keyboard.seen
    assert changes(simulator) == []


@pytest.mark.process
def test_typeahead_is_no_answer(at_terminal: AtTerminal, simulator: RunningSimulator) -> None:
    keyboard = at_terminal("run", "reboot", "XvH39QVW")
    keyboard.type("y\n")
    keyboard.wait_for("[y/N] ")
    keyboard.type("\n")
    assert keyboard.end()[0] == 3
    assert changes(simulator) == []


@pytest.mark.process
@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 3), ("\n", 3), ("yess\n", 3)])
def test_disruptive_asks_for_yes_or_no(
    at_terminal: AtTerminal, simulator: RunningSimulator, typed: str, code: int
) -> None:
    keyboard = at_terminal("run", "reboot", "XvH39QVW", "--no-wait")
    keyboard.wait_for("[y/N] ")
    keyboard.type(typed)
    assert keyboard.end()[0] == code
    assert len(changes(simulator)) == (1 if code == 0 else 0)


@pytest.mark.process
def test_control_c_at_the_question_declines(at_terminal: AtTerminal, simulator: RunningSimulator) -> None:
    keyboard = at_terminal("run", "reset", "XvH39QVW")
    keyboard.wait_for("to go on: ")
    keyboard.press_control_c()
    assert keyboard.end()[0] == 3
    assert "Declined; nothing was sent." in keyboard.seen
    assert "Traceback" not in keyboard.seen
    assert changes(simulator) == []


@pytest.mark.process
def test_nobody_is_asked_when_standard_input_is_no_terminal(
    at_terminal: AtTerminal, simulator: RunningSimulator
) -> None:
    keyboard = at_terminal("run", "reset", "XvH39QVW", piped_input=True)
    assert keyboard.end()[0] == 3
    assert "must be confirmed by a person at a terminal" in keyboard.seen
    assert changes(simulator) == []


@pytest.mark.process
def test_pages_of_a_long_listing_fill_the_bar(at_terminal: AtTerminal, simulator: RunningSimulator) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", operation="batch-query", seconds=1.5, times=2))
    keyboard = at_terminal("run", "phones")
    keyboard.wait_for(": 1 of 2 pages read ")
    assert keyboard.end()[0] == 0


@pytest.mark.process
def test_control_c_ends_a_read(at_terminal: AtTerminal, simulator: RunningSimulator) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", operation="batch-query", seconds=30))
    keyboard = at_terminal("run", "list")
    keyboard.wait_for("List phones 1 s")
    keyboard.press_control_c()
    assert keyboard.end()[0] == 130
    assert "Interrupted." in keyboard.seen


@pytest.mark.process
def test_termination_ends_a_read_as_json(at_terminal: AtTerminal, simulator: RunningSimulator) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", operation="batch-query", seconds=30))
    keyboard = at_terminal("run", "list", "--json", piped_output=True)
    keyboard.wait_for("List phones 1 s")
    keyboard.terminate()
    code, output = keyboard.end()
    assert code == 143
    assert json.loads(output) == {"status": "cancelled", "message": "Interrupted."}


@pytest.mark.process
def test_control_c_does_not_tear_a_change_that_was_sent(at_terminal: AtTerminal, simulator: RunningSimulator) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", operation="reboot", seconds=3, times=1))
    keyboard = at_terminal("run", "reboot", "XvH39QVW", "--yes")
    keyboard.wait_for("Reboot phones 1 s")
    keyboard.press_control_c()
    keyboard.wait_for("Stopping; what was sent already is waited for.")
    code, _ = keyboard.end()
    assert code == 0
    assert "accepted" in keyboard.seen


@pytest.mark.process
def test_secrets_are_shown_at_a_terminal_to_whoever_asks(at_terminal: AtTerminal) -> None:
    hidden = at_terminal("run", "token", "Q39YyZvI")
    assert hidden.end()[0] == 0
    assert "[secret]" in hidden.seen
    assert "device_token: " not in hidden.seen
    shown = at_terminal("run", "token", "Q39YyZvI", "--reveal")
    assert shown.end()[0] == 0
    assert "device_token: " in shown.seen


@pytest.mark.process
def test_package_link_is_typed_unseen(at_terminal: AtTerminal, simulator: RunningSimulator) -> None:
    words = ["--package", "com.example", "--file-name", "a.apk", "--version", "1", "--size-mb", "12", "--link", "-"]
    keyboard = at_terminal("run", "install", "XvH39QVW", "--no-wait", *words)
    keyboard.wait_for("--link (not shown): ")
    keyboard.type("https://obs.example.com/a.apk?Signature=unseen\n")
    keyboard.wait_for("Type XvH39QVW to go on: ")
    keyboard.type("XvH39QVW\n")
    assert keyboard.end()[0] == 0
    assert "unseen" not in keyboard.seen
    assert len(changes(simulator)) == 1


@pytest.mark.process
def test_work_within_a_second_shows_no_progress_and_pipes_never_do(chatops: Chatops, at_terminal: AtTerminal) -> None:
    keyboard = at_terminal("run", "skus")
    keyboard.end()
    assert "\r\x1b[K" not in keyboard.seen
    assert chatops("run", "skus").err == ""


def test_plan_is_shown_and_nothing_comes_of_it(chatops: Chatops, simulator: RunningSimulator) -> None:
    ended = chatops("run", "reset", "XvH39QVW", "--plan", "--json")
    answer = json.loads(ended.out)
    assert (ended.code, answer["status"], answer["plan"]["count"]) == (0, "planned", 1)
    assert "operation_id" not in answer
    shown = chatops("run", "reset", "XvH39QVW", "--plan")
    assert "Erase everything on 1 phone?" in shown.out
    assert "printed-XvH39QVW" in shown.out
    assert changes(simulator) == []
    assert chatops("operations", "list").out == "0 operations of alice.\n"


def test_what_needs_another_person_exits_four_and_says_who_where_and_until_when(
    chatops: Chatops, simulator: RunningSimulator, team_file: Path
) -> None:
    text = team_file.read_text(encoding="utf-8").replace(
        "{trust: environment}", "{trust: environment, may_approve: true}"
    )
    team_file.write_text(text.replace("people:\n", "people:\n  bob: {roles: [approver]}\n"), encoding="utf-8")
    ended = chatops("run", "reset", "XvH39QVW", "--yes")
    assert ended.code == 4
    assert re.search(
        r"bob may approve until \S+: chatops approvals approve op_\w+\. See it: chatops operations show op_", ended.out
    )
    assert changes(simulator) == []


def test_call_that_was_taken_says_where_to_look(chatops: Chatops) -> None:
    ended = chatops("run", "reboot", "XvH39QVW", "--yes")
    assert ended.code == 0
    assert re.fullmatch(r"note: What becomes of it: chatops operations watch op_\w+\n", ended.err)


@pytest.mark.process
def test_call_at_a_terminal_is_followed_until_its_phones_were_looked_at(at_terminal: AtTerminal) -> None:
    keyboard = at_terminal("run", "assign", "XvH39QVW", "--user-id", "1123422", "--yes")
    keyboard.wait_for("Verified: 1 of 1 phone verified.")
    assert keyboard.end()[0] == 0


@pytest.mark.process
def test_nobody_waits_who_does_not_want_to(at_terminal: AtTerminal, simulator: RunningSimulator) -> None:
    simulator.simulator.faults.add(Fault(kind="error", operation="batch-query-status", status=503))
    keyboard = at_terminal("run", "reboot", "XvH39QVW", "--yes", "--no-wait")
    assert keyboard.end()[0] == 0
    assert "accepted" in keyboard.seen
    answered = at_terminal("run", "reboot", "efjy72gs", "--yes", "--json", piped_output=True)
    code, output = answered.end()
    assert (code, json.loads(output)["status"]) == (0, "accepted")
