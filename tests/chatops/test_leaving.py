from contextvars import copy_context

import anyio
import pytest

from chatops.leaving import Caller, has_left, waited_for_by
from chatops.operations.sending import LEFT
from chatops.outcome import Status
from chatops.simulator import Fault, SimulatorSettings
from tests.chatops.conftest import OpenBench, Person, person, team

pytestmark = pytest.mark.anyio

LARGE = SimulatorSettings(phones=900, faults=True, speed=1000)
EVERYTHING = team(limits={"max_fleet_share": 1.0, "max_targets": 5000})
WHILE_THEY_ARE_ON_THEIR_WAY = Fault(kind="slow", operation="reboot", times=4, seconds=0.5)
"""The first four requests, which are sent at once, leave time for somebody to leave."""


def test_nobody_leaves_what_nobody_waits_for() -> None:
    assert not copy_context().run(has_left)


async def test_tasks_of_a_call_know_that_its_caller_left() -> None:
    caller, seen = Caller(), []

    async def look() -> None:
        seen.append(has_left())

    with waited_for_by(caller):
        async with anyio.create_task_group() as group:
            caller.left = True
            group.start_soon(look)
    assert seen == [True]
    assert not has_left()


@pytest.mark.timeout(30)  # hundreds of phones
async def test_rest_is_not_sent_once_the_caller_left_and_what_was_sent_is_settled(open_bench: OpenBench) -> None:
    caller = Caller()

    def leave() -> None:
        caller.left = True

    async with open_bench(EVERYTHING, simulator=LARGE) as bench:
        bench.simulator.faults.add(WHILE_THEY_ARE_ON_THEIR_WAY)
        bench.at["answered"] = leave
        with waited_for_by(caller):
            outcome = await bench.executor.run(
                person(), "reboot_instances", {"where": "state=running,frozen=no"}, Person()
            )
        operation = await bench.operation(outcome.operation_id)
        assert {each.state.value for each in operation.requests} == {"accepted", "never_sent"}
        assert bench.sent("reboot") == sum(each.sent_at is not None for each in operation.requests)
        assert (outcome.status, operation.reason) == (Status.PARTIAL, LEFT)
        assert outcome.message.endswith(LEFT)


async def test_caller_who_leaves_before_the_first_request_has_nothing_sent(open_bench: OpenBench) -> None:
    caller = Caller()

    def leave() -> None:
        caller.left = True

    async with open_bench() as bench:
        bench.at["consumed"] = leave
        with waited_for_by(caller):
            outcome = await bench.executor.run(
                person(), "reboot_instances", {"instance_ids": ["a44uhlf7", "efjy72gs"]}, Person()
            )
        assert (outcome.status, bench.sent("reboot")) == (Status.CANCELLED, 0)
        assert (await bench.operation(outcome.operation_id)).reason == LEFT
