import logging

import anyio
import pytest
from pydantic import JsonValue

from chatops.building import sweeping
from chatops.operations.ledger import LEASE
from chatops.outcome import Status
from chatops.simulator import SimulatorSettings
from tests.chatops.conftest import OpenBench, Person, person
from tools import load_actions

pytestmark = pytest.mark.anyio

ONE: dict[str, JsonValue] = {"instance_ids": ["efjy72gs"]}
SLOWLY = SimulatorSettings(phones=60, faults=True, speed=40)


class Wrong(Exception):
    """What a door's own mistake raises."""


async def test_service_offers_every_action_and_all_parts_share_one_store(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        service = bench.service
        assert set(service.actions) == set(load_actions())
        assert service.ledger.database is service.database is service.judge.database
        assert service.executor.trail is service.trail
        assert service.recovery.watcher.owner == service.approvals.carrier.sender.owner


async def test_error_of_the_block_comes_out_as_itself(open_bench: OpenBench) -> None:
    with pytest.raises(Wrong):
        async with open_bench():
            raise Wrong


async def test_watch_that_runs_when_the_service_ends_is_left_to_whoever_takes_it_over(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SimulatorSettings(phones=60, faults=True)) as bench:
        outcome = await bench.executor.run(person(), "reset_instances", ONE, Person())
        operation = await bench.operation(outcome.operation_id)
        assert operation.state == "watching"
    async with open_bench(simulator=SLOWLY) as bench:
        bench.clock.seconds = operation.asked_at + LEASE + 60
        await bench.service.recovery.sweep()
        assert (await bench.ended(operation.id)).verification is not None


async def test_watch_that_cannot_go_on_is_told_in_the_log_and_nothing_falls(
    open_bench: OpenBench, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        bench.at["watched"] = bench.lose_store
        with caplog.at_level(logging.WARNING):
            outcome = await bench.executor.run(person(), "reset_instances", ONE, Person())
            while "the watch of" not in caplog.text:  # noqa: ASYNC110  # a log tells nobody
                await anyio.sleep(0.01)
        bench.at.clear()
        bench.bring_store_back()
        assert outcome.operation_id is not None
        assert outcome.operation_id in caplog.text
        assert (await bench.executor.run(person(), "query_status", ONE, Person())).status is Status.DONE


async def test_sweeping_goes_on_when_a_sweep_fails(open_bench: OpenBench, caplog: pytest.LogCaptureFixture) -> None:
    async with open_bench() as bench:
        bench.lose_store()
        with caplog.at_level(logging.WARNING):
            async with sweeping(bench.service.recovery):
                while "nothing could be taken over" not in caplog.text:  # noqa: ASYNC110  # see above
                    await anyio.sleep(0.01)
        bench.bring_store_back()


async def test_sweeping_takes_over_what_is_left(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        asked = await bench.executor.run(person(assistant=True), "reset_instances", ONE, Person())
        bench.clock.seconds += 31 * 60
        async with sweeping(bench.service.recovery):
            while (await bench.operation(asked.operation_id)).state != "expired":  # noqa: ASYNC110  # see above
                await anyio.sleep(0.01)


def explode() -> None:
    raise RuntimeError("a fault of ours")


async def test_fault_of_a_watch_is_told_in_the_log_and_other_calls_go_on(
    open_bench: OpenBench, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        bench.at["watched"] = explode
        await bench.executor.run(person(), "reset_instances", ONE, Person())
        while "the watch of" not in caplog.text:  # noqa: ASYNC110  # a log tells nobody
            await anyio.sleep(0.01)
        bench.at.clear()
        outcome = await bench.executor.run(person(), "query_status", ONE, Person())
        assert outcome.status is Status.DONE


async def test_fault_while_taking_over_is_told_in_the_log_and_ends_nothing(
    open_bench: OpenBench, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        outcome = await bench.executor.run(person(), "reset_instances", ONE, Person())
        left = await bench.operation(outcome.operation_id)
    # Whoever watched it has ended and renews nothing: the first sweep takes it over.
    async with open_bench(simulator=SLOWLY) as bench:
        bench.at["adopted"] = explode
        bench.clock.seconds = left.asked_at + LEASE + 60
        async with sweeping(bench.service.recovery):
            while "nothing could be taken over" not in caplog.text:  # noqa: ASYNC110  # a log tells nobody
                await anyio.sleep(0.01)


async def test_errors_of_the_block_that_are_several_come_out_together(open_bench: OpenBench) -> None:
    with pytest.raises(BaseExceptionGroup) as caught:
        async with open_bench():
            raise BaseExceptionGroup("several", [Wrong(), Wrong()])
    assert caught.group_contains(Wrong)
