import anyio
import pytest
from pydantic import JsonValue

from chatops.operations import sending
from chatops.outcome import Status
from chatops.simulator import Fault
from tests.chatops.conftest import OpenBench, Person, person

pytestmark = pytest.mark.anyio

ONE: dict[str, JsonValue] = {"instance_ids": ["efjy72gs"]}
SLOW = Fault(kind="slow", operation="reboot", times=1, seconds=0.5)
UNTIL_THE_END = Fault(kind="slow", operation="reboot", times=1, seconds=60.0)


async def test_lease_is_kept_while_an_answer_is_waited_for(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LEASE", 0.03)
    async with open_bench() as bench, anyio.create_task_group() as group:
        bench.simulator.faults.add(UNTIL_THE_END)
        claimed = anyio.Event()
        bench.at["claimed"] = claimed.set
        group.start_soon(bench.executor.run, person(), "reboot_instances", ONE, Person())
        await claimed.wait()
        (before,) = await bench.service.ledger.listed()
        bench.clock.seconds += 29
        while (await bench.operation(before.id)).lease_until <= before.lease_until:  # noqa: ASYNC110  # the store tells nobody
            await anyio.sleep(0.01)
        assert (await bench.operation(before.id)).requests[0].state == "sent"
        bench.simulator.closing.set()  # which answers at once


async def test_lease_that_cannot_be_renewed_for_a_moment_tears_nothing_apart(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LEASE", 0.03)
    async with open_bench() as bench:
        bench.simulator.faults.add(SLOW)
        bench.at["claimed"] = bench.lose_store
        bench.at["answered"] = bench.bring_store_back
        outcome = await bench.executor.run(person(), "reboot_instances", ONE, Person())
        assert outcome.status is Status.ACCEPTED
        assert (await bench.story(outcome.operation_id))[-2:] == ["settled", "settled"]


async def test_answer_that_says_that_all_phones_failed_is_a_failure(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        arguments: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7"], "command": "ls -l /system"}
        outcome = await bench.executor.run(person(), "run_command", arguments, Person())
        operation = await bench.operation(outcome.operation_id)
        assert (outcome.status, operation.requests[0].state) == (Status.FAILED, "failed")


async def test_request_is_sent_with_what_was_planned_for_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.executor.run(person(), "unassign_instances", ONE, Person())
        (sent,) = bench.simulator.requests.of("unassign")
        assert "1123422" in str(sent.body)
