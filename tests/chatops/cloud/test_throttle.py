import anyio
import pytest

from chatops.cloud.problems import AttemptFailed, Fate
from chatops.cloud.throttle import Throttle
from chatops.errors import ThrottleFull

pytestmark = pytest.mark.anyio

SHORT = 0.02


async def test_no_more_than_so_many_are_inside_at_once() -> None:
    throttle = Throttle(per_second=10_000.0, at_once=3, wait=5.0)
    inside: list[int] = []
    most: list[int] = []

    async def work(number: int) -> None:
        async with throttle.place():
            inside.append(number)
            most.append(len(inside))
            await anyio.lowlevel.checkpoint()
            inside.remove(number)

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(work, number)
    assert max(most) == 3


async def test_waiting_for_a_place_has_an_end() -> None:
    throttle = Throttle(per_second=10_000.0, at_once=1, wait=SHORT)
    async with throttle.place():
        with pytest.raises(AttemptFailed) as caught:
            async with throttle.place():
                pytest.fail("there was no second place")
    assert caught.value.problem.error is ThrottleFull
    assert caught.value.problem.fate is Fate.UNSENT
    assert not caught.value.problem.transient


async def test_waiting_for_the_rate_has_an_end_and_gives_the_place_back() -> None:
    throttle = Throttle(per_second=0.001, at_once=1, wait=SHORT)
    async with throttle.place():
        pass
    for _ in range(2):
        with pytest.raises(AttemptFailed, match="throttle"):
            async with throttle.place():
                pytest.fail("the rate was exceeded")


async def test_rate_bounds_how_many_start() -> None:
    throttle = Throttle(per_second=5.0, at_once=100, wait=SHORT)
    started: list[int] = []

    async def work(number: int) -> None:
        try:
            async with throttle.place():
                started.append(number)
        except AttemptFailed:
            return

    async with anyio.create_task_group() as group:
        for number in range(50):
            group.start_soon(work, number)
    assert len(started) == 5


async def test_place_is_given_back_when_the_work_fails_or_is_cancelled() -> None:
    throttle = Throttle(per_second=10_000.0, at_once=1, wait=SHORT)
    with pytest.raises(KeyError):
        async with throttle.place():
            raise KeyError
    with anyio.CancelScope() as scope:
        async with throttle.place():
            scope.cancel()
            await anyio.lowlevel.checkpoint()
    async with throttle.place():
        pass
