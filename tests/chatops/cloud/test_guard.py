import anyio
import pytest

from chatops.cloud.guard import CLOSED_SECONDS, MOST_REFUSALS, Guard
from chatops.cloud.problems import AttemptFailed, Fate
from chatops.errors import AuthenticationFailed
from tests.chatops.cloud.world import Clock

pytestmark = pytest.mark.anyio


async def most_at_once(guard: Guard) -> int:
    inside: list[int] = []
    most: list[int] = []

    async def one(number: int) -> None:
        async with guard.turn():
            inside.append(number)
            most.append(len(inside))
            await anyio.lowlevel.checkpoint()
            inside.remove(number)

    async with anyio.create_task_group() as group:
        for number in range(10):
            group.start_soon(one, number)
    return max(most)


async def test_unproven_credential_is_used_by_one_at_a_time() -> None:
    guard = Guard(clock=Clock(), what="The key")
    assert await most_at_once(guard) == 1
    guard.accepted()
    assert await most_at_once(guard) == 10
    guard.refused()
    assert await most_at_once(guard) == 1


async def test_those_who_waited_go_together_once_one_was_accepted() -> None:
    guard = Guard(clock=Clock(), what="The key")
    inside: list[int] = []
    all_in = anyio.Event()

    async def one(number: int) -> None:
        async with guard.turn():
            if not inside:
                await anyio.lowlevel.checkpoint()
                guard.accepted()
            inside.append(number)
            if len(inside) == 5:
                all_in.set()
            if number:
                await all_in.wait()

    async with anyio.create_task_group() as group:
        for number in range(5):
            group.start_soon(one, number)
    assert len(inside) == 5


async def test_credential_that_was_refused_three_times_rests_for_five_minutes() -> None:
    clock = Clock()
    guard = Guard(clock=clock, what="The key")
    for _ in range(MOST_REFUSALS):
        async with guard.turn():
            guard.refused()
    with pytest.raises(AttemptFailed) as caught:
        async with guard.turn():
            pytest.fail("it was used")
    problem = caught.value.problem
    assert (problem.error, problem.fate, problem.retry_after) == (AuthenticationFailed, Fate.UNSENT, CLOSED_SECONDS)
    clock.seconds += CLOSED_SECONDS
    async with guard.turn():
        guard.accepted()


async def test_refusals_that_are_not_in_a_row_do_not_count() -> None:
    guard = Guard(clock=Clock(), what="The key")
    for _ in range(10):
        async with guard.turn():
            guard.refused()
        async with guard.turn():
            guard.accepted()
