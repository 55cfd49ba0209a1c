import os
import signal
from collections.abc import Awaitable, Callable

import anyio
import anyio.lowlevel
import pytest

from chatops.consent import Verdict
from chatops.outcome import Outcome, Status
from chatops.simulator import Fault, SimulatorSettings
from chatops.surfaces.terminal.interrupts import Interrupts
from chatops.surfaces.terminal.records.following import Following, followed
from chatops.surfaces.terminal.waiting import Waiting
from tests.chatops.conftest import Bench, OpenBench, Person, person

pytestmark = pytest.mark.anyio

SLOW = SimulatorSettings(phones=60, faults=True, speed=50)
Sleep = Callable[[float], Awaitable[None]]


async def no_time(_: float) -> None:
    """Waiting takes as long as the others need to go on."""
    await anyio.lowlevel.checkpoint()


def following(bench: Bench, sleep: Sleep = no_time) -> Following:
    return Following(
        find=bench.service.ledger.find,
        actions=bench.service.actions,
        interrupts=Interrupts(lambda: None),
        waiting=Waiting("Reboot phones"),
        sleep=sleep,
        clock=lambda: 0.0,
    )


async def rebooted(bench: Bench) -> Outcome:
    outcome = await bench.executor.run(person(), "reboot_instances", {"instance_ids": ["XvH39QVW"]}, Person())
    assert outcome.status is Status.ACCEPTED
    return outcome


async def test_accepted_call_is_followed_until_its_phones_were_looked_at(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOW) as bench:
        said: set[str] = set()
        outcome = await rebooted(bench)

        async def sleep(_: float) -> None:
            said.add(eyes.waiting.text)
            await anyio.lowlevel.checkpoint()

        eyes = following(bench, sleep)
        ended = await followed(eyes, outcome)
        assert ended.status is Status.DONE
        assert ended.message == f"{outcome.message} Verified: 1 of 1 phone verified."
        assert any(each.startswith(f"{outcome.operation_id}: 0 of 1 phone verified, ") for each in said)


async def test_call_that_nothing_comes_of_is_told_as_it_is(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        asking = Person(verdict=Verdict.NO)
        outcome = await bench.executor.run(person(), "reset_instances", {"instance_ids": ["XvH39QVW"]}, asking)
        assert outcome.status is Status.DECLINED
        assert await followed(following(bench), outcome) is outcome


async def test_operation_that_is_none_is_not_waited_for(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        assert await following(bench).follow("op_0000000000000000") == ()


@pytest.mark.parametrize(("count", "command"), [(1, "watch op_"), (2, "reconcile")])
async def test_whoever_interrupts_leaves_and_is_told_how_to_go_on(
    open_bench: OpenBench, capsys: pytest.CaptureFixture[str], count: int, command: str
) -> None:
    async with open_bench(simulator=SLOW) as bench, anyio.create_task_group() as tasks:
        bench.simulator.faults.add(Fault(kind="error", operation="batch-query-status", status=503))
        outcome = await rebooted(bench)

        async def interrupt(_: float) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            await anyio.sleep_forever()

        eyes = following(bench, interrupt)
        await tasks.start(eyes.interrupts.watch)
        left = await eyes.follow(*[outcome.operation_id or ""] * count)
        tasks.cancel_scope.cancel()
        assert [each.verification for each in left] == [None] * count
        assert f"note: Left alone; chatops operations {command}" in capsys.readouterr().err


async def test_call_that_was_left_keeps_its_outcome(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOW) as bench, anyio.create_task_group() as tasks:
        bench.simulator.faults.add(Fault(kind="error", operation="batch-query-status", status=503))
        outcome = await rebooted(bench)

        async def interrupt(_: float) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            await anyio.sleep_forever()

        eyes = following(bench, interrupt)
        await tasks.start(eyes.interrupts.watch)
        assert await followed(eyes, outcome) is outcome
        tasks.cancel_scope.cancel()
