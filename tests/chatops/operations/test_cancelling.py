import anyio
import pytest
from pydantic import JsonValue

from chatops.errors import ConsentGone, OperationUnknown
from chatops.operations.cancelling import cancel
from tests.chatops.conftest import OpenBench, Person, approver, person
from tests.chatops.test_carrying import EVERYTHING, LARGE, MANY, WHILE_THEY_ARE_ON_THEIR_WAY, at_the

pytestmark = pytest.mark.anyio

ONE: dict[str, JsonValue] = {"instance_ids": ["XvH39QVW"]}


async def test_own_is_withdrawn_and_anothers_is_cancelled_by_whoever_may(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        for who, kind in ((person(), "withdrawn"), (approver(), "cancelled")):
            asked = await bench.executor.run(person(assistant=True), "reset_instances", ONE, Person())
            done = await cancel(bench.service.dispatch, asked.operation_id or "", who, reason="a typo")
            assert done.operation.state == "cancelled"
            assert (await bench.story(done.operation.id))[-1] == kind
            with pytest.raises(ConsentGone, match="it is cancelled"):
                await cancel(bench.service.dispatch, done.operation.id, who, reason="again")


async def test_what_of_a_running_operation_was_not_sent_is_not_sent_and_the_rest_is_not_undone(
    open_bench: OpenBench,
) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench, anyio.create_task_group() as tasks:
        bench.simulator.faults.add(WHILE_THEY_ARE_ON_THEIR_WAY)
        told: list[str] = []

        async def cancel_it() -> None:
            (row,) = await bench.service.ledger.listed()
            told.append((await cancel(bench.service.dispatch, row.id, person())).message)

        at_the(1, bench, "claimed", lambda: tasks.start_soon(cancel_it))
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        assert told == [
            f"What of {operation.id} was not sent yet is not sent; what was sent goes on and is not undone."
        ]
        assert 0 < bench.sent("reboot") < len(operation.requests)
        assert operation.reason == "Cancelled by alice."


async def test_what_nobody_consented_to_in_time_is_told_as_expired(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        asked = await bench.executor.run(person(assistant=True), "reset_instances", ONE, Person())
        bench.clock.seconds += 31 * 60
        with pytest.raises(ConsentGone, match="it is expired"):
            await cancel(bench.service.dispatch, asked.operation_id or "", person())


@pytest.mark.parametrize("forged", ["op_0000000000000000", "", "' OR 1=1 --"])
async def test_operation_that_is_not_there_is_not_cancelled(open_bench: OpenBench, forged: str) -> None:
    async with open_bench() as bench:
        with pytest.raises(OperationUnknown):
            await cancel(bench.service.dispatch, forged, person())
