import logging

import anyio
import pytest
from pydantic import JsonValue
from sqlalchemy import Connection, update

from chatops.audit import Kind
from chatops.consent import Verdict
from chatops.errors import StoreUnavailable
from chatops.freezes import Scope
from chatops.operations.ledger import LEASE
from chatops.operations.states import State
from chatops.outcome import Status
from chatops.simulator import Fault, SimulatorSettings
from chatops.store.schema import operations
from tests.chatops.conftest import Bench, OpenBench, Person, approver, person, team

pytestmark = pytest.mark.anyio

ONE: dict[str, JsonValue] = {"instance_ids": ["efjy72gs"]}
MANY: dict[str, JsonValue] = {"where": "state=running,frozen=no"}
EVERYTHING = team(limits={"max_fleet_share": 1.0})
SLOWLY = SimulatorSettings(phones=60, faults=True, speed=40)


class Died(BaseException):
    """The process is gone; nothing of ours catches this."""


def die() -> None:
    raise Died


def died(error: BaseException) -> bool:
    return isinstance(error, Died) or (
        isinstance(error, BaseExceptionGroup) and all(died(each) for each in error.exceptions)
    )


async def asked_and_died(bench: Bench, action: str = "reboot_instances", arguments: dict[str, JsonValue] = ONE) -> str:
    """A call whose process dies on its way; the operation it leaves."""
    try:
        await bench.executor.run(person(), action, arguments, Person())
    except BaseException as error:  # whatever a dead process raises is not looked at
        if not died(error):
            raise
    bench.at.clear()
    (operation,) = await bench.service.ledger.listed()
    return operation.id


async def changed(bench: Bench, **values: str) -> None:
    """The rows of the store, behind our back."""

    def change(connection: Connection) -> None:
        connection.execute(update(operations).values(**values))

    await bench.service.database.write(change)


async def later(bench: Bench) -> None:
    """Until nobody holds anything any more."""
    bench.clock.seconds += LEASE + 1


async def approval(bench: Bench) -> str:
    outcome = await bench.executor.run(person(assistant=True), "reset_instances", ONE, Person())
    assert outcome.status is Status.APPROVAL_REQUIRED
    return outcome.operation_id or ""


async def test_what_somebody_still_holds_is_left_alone(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        assert await bench.service.recovery.sweep() == ()
        assert (await bench.operation(identifier)).state == "running"


async def test_request_that_was_never_sent_is_sent_once_while_the_plan_holds(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        await later(bench)
        assert [each.id for each in await bench.service.recovery.sweep()] == [identifier]
        assert bench.sent("reboot") == 1
        assert (await bench.operation(identifier)).requests[0].state == "accepted"


async def test_request_that_was_on_its_way_is_not_sent_again_and_is_reconciled_by_reading(
    open_bench: OpenBench,
) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        bench.at["answered"] = die
        identifier = await asked_and_died(bench)
        await later(bench)
        await bench.service.recovery.sweep()
        ended = await bench.ended(identifier)
        assert (ended.state, ended.verification, bench.sent("reboot")) == ("done", "verified", 1)
        story = await bench.story(identifier)
        assert story == [
            "planned", "consent_asked", "consent_given", "sent", "unknown", "unknown", "reconciled", "verified",
        ]  # fmt: skip


async def test_plan_that_no_longer_holds_is_not_sent_on(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        bench.phone("efjy72gs").owner = "1008600000104285462"
        await later(bench)
        await bench.service.recovery.sweep()
        operation = await bench.operation(identifier)
        assert (operation.state, bench.sent("reboot")) == ("cancelled", 0)
        assert operation.reason is not None
        assert operation.reason.startswith("The process that was sending has ended. It is no longer what was asked for")
        assert "efjy72gs: assignee was 1123422, is now 1008600000104285462" in operation.reason


async def test_phone_that_is_gone_stops_what_was_begun(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        bench.simulator.fleet.remove(["efjy72gs"])
        await later(bench)
        await bench.service.recovery.sweep()
        operation = await bench.operation(identifier)
        assert (operation.state, bench.sent("reboot")) == ("cancelled", 0)
        assert "efjy72gs" in (operation.reason or "")


async def test_rest_of_an_operation_is_sent_and_nothing_twice(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING) as bench:
        bench.at["request_settled"] = die
        # What reboots changes the phones, so that the plan would no longer hold: a command does not.
        identifier = await asked_and_died(bench, "run_command", {**MANY, "command": "ls -l /system"})
        await later(bench)
        await bench.service.recovery.sweep()
        operation = await bench.operation(identifier)
        assert bench.sent("sync-command") == len(operation.requests)
        assert {each.state.value for each in operation.requests} <= {"accepted", "unknown"}


async def test_failures_before_the_take_over_stop_the_rest(open_bench: OpenBench) -> None:
    everything = team(limits={"max_fleet_share": 1.0, "max_targets": 5000})
    async with open_bench(everything, simulator=SimulatorSettings(phones=900, faults=True, speed=1000)) as bench:
        for each in bench.simulator.fleet:
            each.broken = each.id[-1] not in "aA1"
        bench.at["request_settled"] = die
        identifier = await asked_and_died(bench, "run_command", {**MANY, "command": "ls -l /system"})
        before = bench.sent("sync-command")
        await later(bench)
        await bench.service.recovery.sweep()
        operation = await bench.operation(identifier)
        assert bench.sent("sync-command") == before < len(operation.requests)
        assert "failed, or may have; the rest was not sent." in (operation.reason or "")


async def test_freeze_stops_the_rest_of_what_was_begun(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        await bench.service.freezes.begin(person(), Scope(), reason="bad image", seconds=600)
        await later(bench)
        await bench.service.recovery.sweep()
        operation = await bench.operation(identifier)
        assert (operation.state, bench.sent("reboot")) == ("cancelled", 0)
        assert "bad image" in (operation.reason or "")


async def test_phones_that_cannot_be_read_just_now_leave_it_for_the_next_sweep(
    open_bench: OpenBench, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        await later(bench)
        bench.simulator.faults.add(Fault(kind="error", operation="batch-query", status=400, code="KOOPHONE.API.62010"))
        with caplog.at_level(logging.WARNING):
            await bench.service.recovery.sweep()
        assert identifier in caplog.text
        assert (await bench.operation(identifier)).state == "running"
        bench.simulator.faults.clear()
        await later(bench)
        await bench.service.recovery.sweep()
        assert bench.sent("reboot") == 1


async def test_phones_that_cannot_be_read_until_time_is_over_stop_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        bench.clock.seconds += 16 * 60
        bench.simulator.faults.add(Fault(kind="error", operation="batch-query", status=400, code="KOOPHONE.API.62010"))
        await bench.service.recovery.sweep()
        operation = await bench.operation(identifier)
        assert operation.state == "cancelled"
        assert "could not be read in time" in (operation.reason or "")


async def test_approval_whose_process_died_is_carried_out_by_whoever_comes_next(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await approval(bench)
        bench.at["approved"] = die
        with pytest.raises(BaseException) as caught:  # noqa: PT011  # death
            await bench.service.approvals.approve(identifier, approver())
        assert died(caught.value)
        bench.at.clear()
        await later(bench)
        await bench.service.recovery.sweep()
        assert bench.sent("batch-reset") == 1
        story = await bench.story(identifier)
        assert story[:4] == ["planned", "consent_asked", "consent_given", "sent"]


async def test_approval_whose_process_died_can_still_be_cancelled(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await approval(bench)
        bench.at["approved"] = die
        with pytest.raises(BaseException):  # noqa: B017,PT011  # death
            await bench.service.approvals.approve(identifier, approver())
        bench.at.clear()
        assert await bench.service.ledger.decide(identifier, person(), State.CANCELLED, kind=Kind.WITHDRAWN) is not None
        await later(bench)
        assert await bench.service.recovery.sweep() == ()
        operation = await bench.operation(identifier)
        assert (operation.state, operation.sealed, bench.sent("batch-reset")) == ("cancelled", None, 0)


async def test_take_over_that_is_cut_off_settles_what_it_has_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        await later(bench)
        bench.simulator.faults.add(Fault(kind="slow", operation="reboot", times=1, seconds=0.5))
        with anyio.CancelScope() as scope:
            bench.at["claimed"] = scope.cancel
            await bench.service.recovery.sweep()
        assert scope.cancel_called
        operation = await bench.operation(identifier)
        assert (operation.requests[0].state, bench.sent("reboot")) == ("accepted", 1)
        assert operation.state in {"watching", "done"}


async def test_approver_who_was_demoted_before_somebody_took_over_has_not_approved(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await approval(bench)
        bench.at["approved"] = die
        with pytest.raises(BaseException):  # noqa: B017,PT011  # death
            await bench.service.approvals.approve(identifier, approver())
        bench.at.clear()
        bench.reload(team(people={"alice": {"roles": ["operator"]}, "bob": {"roles": ["operator"]}}))
        await later(bench)
        await bench.service.recovery.sweep()
        operation = await bench.operation(identifier)
        assert (operation.state, bench.sent("batch-reset")) == ("refused", 0)
        assert "bob does not have the role approver" in (operation.reason or "")


async def test_what_came_too_late_is_ended(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await approval(bench)
        bench.clock.seconds += 31 * 60
        (expired,) = await bench.service.recovery.sweep()
        assert (expired.id, expired.state) == (identifier, "expired")
        assert (await bench.operation(identifier)).sealed is None


async def test_sealed_params_that_were_changed_end_what_was_begun_without_sending(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        await changed(bench, sealed="0" * 40)
        await later(bench)
        await bench.service.recovery.sweep()
        operation = await bench.operation(identifier)
        assert (operation.state, operation.sealed, bench.sent("reboot")) == ("cancelled", None, 0)
        assert operation.reason


async def test_action_that_this_program_does_not_know_is_left_alone(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        identifier = await asked_and_died(bench)
        await changed(bench, action="melt_instances")
        await later(bench)
        await bench.service.recovery.sweep()
        assert (await bench.operation(identifier)).state == "running"
        assert bench.sent("reboot") == 0


async def test_watch_that_nobody_holds_is_gone_on_with(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        bench.at["settled"] = die
        identifier = await asked_and_died(bench)
        assert (await bench.operation(identifier)).state == "watching"
        await later(bench)
        await bench.service.recovery.sweep()
        assert (await bench.ended(identifier)).state == "done"


async def test_store_that_is_lost_stops_the_sweep(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await approval(bench)
        bench.at["approved"] = die
        with pytest.raises(BaseException):  # noqa: B017,PT011  # death
            await bench.service.approvals.approve(identifier, approver())
        bench.at.clear()
        await later(bench)
        bench.at["read_again"] = bench.lose_store
        with pytest.raises(StoreUnavailable):
            await bench.service.recovery.sweep()
        bench.bring_store_back()
        assert (await bench.operation(identifier)).state == "approved"
        assert bench.sent("batch-reset") == 0


async def test_confirmation_whose_person_went_away_with_the_process_expires(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["confirmed"] = die
        identifier = await asked_and_died(bench)
        await later(bench)
        assert await bench.service.recovery.sweep() == ()
        bench.clock.seconds += 600
        await bench.service.recovery.sweep()
        assert ((await bench.operation(identifier)).state, bench.sent("reboot")) == ("expired", 0)


async def test_two_sweeps_at_once_take_over_once(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = die
        await asked_and_died(bench)
        await later(bench)
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(bench.service.recovery.sweep)
        assert bench.sent("reboot") == 1


async def test_declined_call_leaves_nothing_to_take_over(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.executor.run(person(), "reset_instances", ONE, Person(verdict=Verdict.NO))
        await later(bench)
        assert await bench.service.recovery.sweep() == ()
