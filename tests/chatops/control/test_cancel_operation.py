import pytest

from chatops.control.cancel_operation import Cancelled
from chatops.outcome import Status
from tests.chatops.conftest import OpenBench, Person, approver, person, team
from tests.chatops.control.test_list_operations import PHONES, ask_for

pytestmark = pytest.mark.anyio


async def test_what_waits_is_withdrawn_and_cannot_be_approved_any_more(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        (operation,) = await ask_for(bench, PHONES[0])
        outcome = await bench.executor.run(
            person(assistant=True), "cancel_operation", {"operation_id": operation}, Person()
        )
        assert isinstance(outcome.result, Cancelled)
        assert (outcome.result.state, outcome.result.sent) == ("cancelled", 0)
        assert outcome.message == f"Cancelled {operation}; nothing was sent."
        assert (await bench.story(operation))[-1] == "withdrawn"
        assert (await bench.kinds())[-1] == "answered"


async def test_what_was_sent_is_not_undone_and_nobody_is_told_so(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        (operation,) = await ask_for(bench, PHONES[0])
        await bench.service.approvals.approve(operation, approver())
        outcome = await bench.executor.run(person(), "cancel_operation", {"operation_id": operation}, Person())
        assert outcome.error is not None
        assert (outcome.status, outcome.error.code) == (Status.REFUSED, "consent_gone")
        assert outcome.error.next_step == "Nothing that was sent is undone by cancelling."


async def test_freeze_keeps_nobody_from_taking_something_back(open_bench: OpenBench) -> None:
    frozen = team(
        freeze=[{"from": "2026-11-01T00:00:00Z", "until": "2026-12-31T00:00:00Z", "reason": "release"}],
    )
    async with open_bench() as bench:
        (operation,) = await ask_for(bench, PHONES[0])
        bench.reload(frozen)
        outcome = await bench.executor.run(person(), "cancel_operation", {"operation_id": operation}, Person())
        assert outcome.status is Status.DONE


async def test_only_own_operations_can_be_cancelled_except_by_approvers_and_admins(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        (operation,) = await ask_for(bench, PHONES[0])
        arguments = {"operation_id": operation}
        stranger = await bench.executor.run(person(name="zoe"), "cancel_operation", {**arguments}, Person())
        assert stranger.error is not None
        assert stranger.error.code == "operation_unknown"
        unexplained = await bench.executor.run(approver(), "cancel_operation", {**arguments}, Person())
        assert unexplained.status is Status.REFUSED
        because = {**arguments, "reason": "the wrong phone"}
        by_bob = await bench.executor.run(approver(), "cancel_operation", because, Person())
        assert by_bob.status is Status.DONE
        assert (await bench.operation(operation)).reason == "Cancelled by bob: the wrong phone"
