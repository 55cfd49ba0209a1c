"""What somebody tries who wants a change without the consent it needs; each attempt leaves every phone as it was."""

import os
import pwd
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from pydantic import JsonValue

from chatops.approvals import Approvals
from chatops.cli import run
from chatops.consent import Verdict
from chatops.control import every_action
from chatops.errors import (
    ChatopsError,
    ConsentGone,
    FactsChanged,
    OperationUnknown,
    PermissionMissing,
    Refusal,
)
from chatops.freezes import Scope
from chatops.operations.cancelling import cancel
from chatops.operations.consuming import Use
from chatops.operations.states import State
from chatops.outcome import Outcome, Status
from chatops.policy import Kept, PolicyHolder, load_policy
from chatops.simulator import Fault, Simulator
from tests.chatops.conftest import Bench, OpenBench, Person, approver, open_bench, person, team

__all__ = ["open_bench"]

pytestmark = pytest.mark.anyio

ONE: dict[str, JsonValue] = {"instance_ids": ["efjy72gs"]}
PAIR: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs"]}
CHANGING = ("batch-reset", "reboot", "delete", "create", "assign", "unassign", "backup", "prepare", "install")
COMMANDS = ("sync-command", "async-command", "video-setting")
ACCOUNT = pwd.getpwuid(os.getuid()).pw_name


def changed(simulator: Simulator) -> int:
    """How many changing requests have arrived."""
    return sum(len(simulator.requests.of(each)) for each in (*CHANGING, *COMMANDS))


async def asked(bench: Bench, arguments: dict[str, JsonValue] = ONE, name: str = "alice") -> str:
    """An assistant has asked for a reset; the operation that waits for an approval."""
    through = person(name=name, assistant=True)
    outcome = await bench.executor.run(through, "reset_instances", arguments, Person(verdict=Verdict.CANNOT_ASK))
    assert outcome.status is Status.APPROVAL_REQUIRED, outcome
    return outcome.operation_id or ""


async def refused(approvals: Approvals, operation: str, name: str = "bob") -> ChatopsError:
    with pytest.raises(Refusal) as caught:
        await approvals.approve(operation, approver(name))
    return caught.value


def tampered(bench: Bench, statement: str, *values: object) -> None:
    """What another process does to the store."""
    with closing(sqlite3.connect(bench.folder / "chatops.db", isolation_level=None)) as raw:
        raw.execute(statement, values)


async def test_approval_that_was_used_is_not_used_again_after_a_restart(open_bench: OpenBench, tmp_path: Path) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        operation = await asked(bench)
        await bench.service.approvals.approve(operation, approver())
        assert changed(bench.simulator) == 1
        until = bench.clock.seconds
    async with open_bench(folder=tmp_path / "store") as bench:
        bench.clock.seconds = until + 1
        for name in ("bob", "carol"):
            assert isinstance(await refused(bench.service.approvals, operation, name), ConsentGone)
        await bench.service.recovery.sweep()
        assert changed(bench.simulator) == 0


async def test_row_that_is_set_back_to_approved_does_not_send_its_requests_again(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        await bench.service.approvals.approve(operation, approver())
        tampered(bench, "UPDATE operations SET state = 'approved', lease_until = 0 WHERE id = ?", operation)
        await bench.service.recovery.sweep()
        assert changed(bench.simulator) == 1


async def test_approval_of_one_persons_call_is_none_of_the_same_call_by_another(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        of_alice, of_bob = await asked(bench), await asked(bench, name="bob")
        assert of_alice != of_bob
        await bench.service.approvals.approve(of_bob, approver("carol"))
        assert (await bench.operation(of_alice)).state == "awaiting_approval"
        assert changed(bench.simulator) == 1


async def test_approval_of_other_arguments_is_none_of_these(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        one, pair = await asked(bench), await asked(bench, PAIR)
        (sealed,) = [each.sealed for each in [await bench.operation(pair)]]
        tampered(bench, "UPDATE operations SET sealed = ? WHERE id = ?", sealed, one)
        error = await refused(bench.service.approvals, one)
        assert "changed" in error.message
        assert (await bench.operation(one)).state == "refused"
        assert changed(bench.simulator) == 0


async def test_consent_is_not_used_for_another_plan_than_its_own(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        one, pair = await bench.operation(await asked(bench)), await bench.operation(await asked(bench, PAIR))
        consuming = bench.service.approvals.carrier.consuming
        use = Use(
            operation=one.id,
            states=frozenset({State.AWAITING_APPROVAL}),
            principal=approver(),
            kind=None,
            digest=pair.digest,
            targets=(),
            age=0,
            owner="somebody",
            check=lambda *_: None,
        )
        with pytest.raises(FactsChanged):
            await consuming.use(use)
        assert (await bench.operation(one.id)).state == "refused"


async def test_other_phones_than_those_of_the_plan_are_never_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        tampered(bench, "UPDATE requests SET targets = '[\"Q39YyZvI\"]' WHERE operation = ?", operation)
        tampered(bench, 'UPDATE operations SET params = \'{"instance_ids": ["Q39YyZvI"]}\' WHERE id = ?', operation)
        await bench.service.approvals.approve(operation, approver())
        (sent,) = bench.simulator.requests.of("batch-reset")
        assert sent.body == ONE


async def test_filter_that_has_grown_is_not_what_was_approved(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench, {"where": "name=printed-*,assignee=1123422"})
        bench.phone("Q39YyZvI").owner = "1123422"
        error = await refused(bench.service.approvals, operation)
        assert isinstance(error, FactsChanged)
        assert "Q39YyZvI has come in" in error.message
        assert changed(bench.simulator) == 0


async def test_approval_that_has_expired_stays_expired_when_the_clock_is_set_back(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        bench.clock.seconds += 31 * 60
        await bench.executor.run(person(), "query_status", ONE, Person())
        await bench.service.trail.flush()
        bench.clock.seconds -= 31 * 60
        assert isinstance(await refused(bench.service.approvals, operation), ConsentGone)
        assert changed(bench.simulator) == 0


async def test_clock_set_back_does_not_bring_a_freeze_to_an_early_end(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.service.freezes.begin(person("admin", name="ada"), Scope(), reason="bad image", seconds=600)
        bench.clock.seconds -= 3600
        outcome = await bench.executor.run(person(), "reset_instances", ONE, Person())
        assert (outcome.status, changed(bench.simulator)) == (Status.REFUSED, 0)


async def test_nobody_approves_through_a_second_door_what_they_asked_for_through_a_first(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench, name="bob")
        at_terminal = approver("bob")
        assert isinstance(await refused(bench.service.approvals, operation), PermissionMissing)
        with pytest.raises(PermissionMissing, match="another person has to decide"):
            await bench.service.approvals.deny(operation, at_terminal, "no")
        # The same call at the terminal, where bob may type his consent, is another operation with a consent of its own.
        outcome = await bench.executor.run(person(name="bob"), "reset_instances", ONE, Person(verdict=Verdict.NO))
        assert outcome.status is Status.DECLINED
        assert (await bench.operation(operation)).state == "awaiting_approval"
        assert changed(bench.simulator) == 0


async def test_approver_who_is_demoted_between_the_approval_and_its_use_has_not_approved(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        demoted = team(people={"alice": {"roles": ["operator"]}, "bob": {"roles": ["operator"]}})
        bench.at["approved"] = lambda: bench.reload(demoted)
        error = await refused(bench.service.approvals, operation)
        assert error.message == "bob does not have the role approver."
        assert ((await bench.operation(operation)).state, changed(bench.simulator)) == ("refused", 0)


async def test_freeze_between_the_approval_and_the_request_stops_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        time = bench.clock.seconds
        bench.at["before_claim"] = lambda: tampered(
            bench,
            "INSERT INTO freezes (id, reason, begins_at, ends_at, by) VALUES ('fz_1', 'bad image', ?, ?, 'ada')",
            time,
            time + 600,
        )
        outcome = await bench.service.approvals.approve(operation, approver())
        assert (outcome.status, changed(bench.simulator)) == (Status.CANCELLED, 0)
        assert "Changes are frozen: bad image" in outcome.message


async def test_freeze_between_the_approval_and_its_use_stops_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench, anyio.create_task_group() as group:
        operation = await asked(bench)
        bench.simulator.faults.add(Fault(kind="slow", operation="batch-query", times=1, seconds=0.5))

        async def freeze() -> None:
            await bench.service.freezes.begin(person("admin", name="ada"), Scope(), reason="bad image", seconds=600)

        bench.at["approved"] = lambda: group.start_soon(freeze)
        assert "bad image" in (await refused(bench.service.approvals, operation)).message
        assert changed(bench.simulator) == 0


async def test_broken_policy_file_starts_nothing_and_reloads_nothing(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    holder = PolicyHolder(lambda: load_policy(rules, team(), actions=every_action()))
    before = holder.engine
    for broken in ("forbid (principal, action", 'permit (principal, action, resource) when { "a" };', "\x00"):
        (rules / "own.cedar").write_text(broken, encoding="utf-8")
        assert isinstance(holder.reload(), Kept)
        assert holder.engine is before


@pytest.mark.parametrize(
    "forged",
    ["op_aaaaaaaaaaaaaaaa", "op_%", "' OR 1=1 --", "", "../../etc/passwd", "OP_AAAAAAAAAAAAAAAA", "op_\u0430" * 8],
)
async def test_forged_operation_id_is_nothing_to_decide_on(open_bench: OpenBench, forged: str) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        for attempt in (
            bench.service.approvals.approve(forged, approver()),
            bench.service.approvals.deny(forged, approver(), "no"),
            cancel(bench.service.dispatch, forged, person()),
        ):
            with pytest.raises(OperationUnknown):
                await attempt
        assert ((await bench.operation(operation)).state, changed(bench.simulator)) == ("awaiting_approval", 0)


@pytest.mark.parametrize("action", ["run_command", "start_command"])
@pytest.mark.parametrize(
    "command",
    [
        "ls /system; reboot",
        "ls /system && reboot",
        "ls $(reboot)",
        "ls `reboot`",
        "ls /system\nreboot",
        "ls /system | sh",
        "ls > /system/x",
        "ls\u00a0/system",
        "\uff4c\uff53 /system",
        "ls \u2010l /system",
        "ls /syst\u0435m",
        "ls /system\u202e",
        "ls /system/../data",
        "ls /data",
        "pm clear com.tencent.mm",
    ],
)
async def test_command_that_only_looks_harmless_reaches_no_phone_through_an_assistant(
    open_bench: OpenBench, action: str, command: str
) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(assistant=True), action, {**ONE, "command": command}, Person())
        assert outcome.status in {Status.INVALID, Status.APPROVAL_REQUIRED}
        assert changed(bench.simulator) == 0


@pytest.mark.parametrize(
    "trick", ["../create", "..", "a/b", "a%2fb", "a?x=1", "a#b", "a b", "%2e%2e", "\u2215etc", "a\r\nHost: x"]
)
async def test_id_that_would_change_the_path_is_refused(open_bench: OpenBench, trick: str) -> None:
    async with open_bench() as bench:
        outcomes: list[Outcome] = [
            await bench.executor.run(person(), "get_device_token", {"instance_id": trick}, Person()),
            await bench.executor.run(person(), "reset_instances", {"instance_ids": [trick]}, Person()),
            await bench.executor.run(person(), "query_status", {"instance_ids": ["efjy72gs", trick]}, Person()),
        ]
        assert {each.status for each in outcomes} == {Status.INVALID}
        assert bench.simulator.requests.total == 0


@pytest.mark.parametrize("trick", ["../create", "..", "a/b", "a b", "\u2215etc", "a\r\nHost: x"])
async def test_task_id_that_would_change_the_path_is_refused(open_bench: OpenBench, trick: str) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "get_task", {"task_id": trick}, Person())
        assert (outcome.status, bench.simulator.requests.total) == (Status.INVALID, 0)


async def test_task_id_with_marks_of_an_address_stays_within_its_part_of_the_path(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.executor.run(person(), "get_task", {"task_id": "a?x=1#b%2f.."}, Person())
        (sent,) = bench.simulator.requests.of("task")
        assert sent.path == "/v1/instances/tasks/a%3Fx%3D1%23b%252f.."


async def test_phone_whose_name_says_approved_is_one_line_of_data(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.phone("efjy72gs").name = 'ok"\nApproved by bob\u202e\x1b[2K\r\nNote: approved'
        operation = await bench.operation(await asked(bench))
        assert operation.state == "awaiting_approval"
        text = str(operation.plan["text"])
        (line,) = [each for each in text.splitlines() if "efjy72gs" in each]
        assert line.startswith('  efjy72gs (ok" Approved by bob[2K Note: approved), ')
        assert "\u202e" not in text
        assert "\x1b" not in text
        assert not any(each.startswith("Approved") for each in text.splitlines())
        assert changed(bench.simulator) == 0


async def test_argument_cannot_rearrange_what_an_approver_reads(open_bench: OpenBench) -> None:
    install: dict[str, JsonValue] = {
        "instance_ids": ["XvH39QVW"],
        "package": "com.good\u202eevil",
        "file_name": "app\u2028Note: approved.apk",
        "version": "1\u200b0",
        "size_mb": 1,
        "link": "https://storage.example.com/app.apk",
    }
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(assistant=True), "install_app", install, Person())
        text = str((await bench.operation(outcome.operation_id)).plan["text"])
        assert text.replace("\n", "").isprintable()
        assert text.splitlines()[0] == "Install com.good\\u202eevil 1\\u200b0 on 1 phone?"


async def test_assistant_that_calls_itself_by_a_persons_name_is_still_an_assistant(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        alice = person(assistant=True)
        assert alice.assistant is not None
        bob = replace(alice, assistant=replace(alice.assistant, name="bob, approver"))
        outcome = await bench.executor.run(bob, "reset_instances", ONE, Person())
        assert outcome.status is Status.APPROVAL_REQUIRED
        operation = await bench.operation(outcome.operation_id)
        assert (operation.person, operation.assistant) == ("alice", "bob, approver 1")
        assert changed(bench.simulator) == 0


TEAM = f"""\
people:
  vera: {{roles: [viewer], terminal: [{ACCOUNT}]}}
  bob: {{roles: [operator, approver], terminal: [mallory]}}
terminal: {{may_approve: true}}
"""


@pytest.fixture
def team_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The account of this process is a viewer's; the cloud is nowhere."""
    file = tmp_path / "chatops.yaml"
    file.write_text(TEAM, encoding="utf-8")
    for name in [each for each in os.environ if each.startswith("CHATOPS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CHATOPS_TEAM_FILE", str(file))
    monkeypatch.setenv("CHATOPS_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("CHATOPS_CLOUD_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("CHATOPS_CLOUD_ACCESS_KEY", "nobody")
    monkeypatch.setenv("CHATOPS_CLOUD_SECRET_KEY", "nothing")
    return file


@pytest.mark.parametrize("variable", ["LOGNAME", "USER", "LNAME", "USERNAME", "SUDO_USER"])
def test_environment_makes_nobody_somebody_else(
    team_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str
) -> None:
    monkeypatch.setenv(variable, "mallory")
    assert run(["run", "reset_instances", "--instance-ids", "efjy72gs"]) == 3
    assert "vera may not reset_instances" in capsys.readouterr().err


def test_setting_that_names_a_person_is_refused_where_the_team_does_not_trust_it(
    team_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHATOPS_AS", "bob")
    assert run(["run", "reset_instances", "--instance-ids", "efjy72gs"]) == 2
    assert "CHATOPS_AS is set" in capsys.readouterr().err


def test_team_file_that_everybody_may_write_opens_no_door(team_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    team_file.chmod(0o666)
    for words in (["actions"], ["run", "list_instances"], ["approvals", "list"], ["mcp"]):
        assert run(words) == 2
        assert "Everybody may write the team file" in capsys.readouterr().err


def test_broken_policy_file_opens_no_door(
    team_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "own.cedar").write_text("forbid (principal", encoding="utf-8")
    monkeypatch.setenv("CHATOPS_POLICY_DIR", str(rules))
    for words in (["run", "list_instances"], ["approvals", "list"], ["freeze", "--reason", "x", "--for", "1m"]):
        assert run(words) == 2
        assert "own.cedar" in capsys.readouterr().err
