import anyio
import pytest

from chatops.cloud.problems import AttemptFailed, Fate
from chatops.cloud.throttle import Throttle
from chatops.errors import ThrottleFull

pytestmark = pytest.mark.anyio

SHORT = 0.02
CLOCK_STEP = 0.001


async def test_no_more_than_so_many_are_inside_at_once() -> None:
    throttle = Throttle(per_second=1e9, at_once=3, wait=5.0)
    inside: list[int] = []
    leave = anyio.Event()

    async def work(number: int) -> None:
        async with throttle.place():
            inside.append(number)
            await leave.wait()

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(work, number)
        await anyio.wait_all_tasks_blocked()
        assert len(inside) == 3
        leave.set()
    assert len(inside) == 20


async def test_waiting_for_a_place_has_an_end() -> None:
    throttle = Throttle(per_second=1e9, at_once=1, wait=SHORT)
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


async def test_no_second_sees_more_starts_than_the_rate_from_the_first_one_on() -> None:
    throttle = Throttle(per_second=50.0, at_once=100, wait=5.0)

    async def work() -> None:
        async with throttle.place():
            pass

    before = anyio.current_time()
    async with anyio.create_task_group() as group:
        for _ in range(11):
            group.start_soon(work)
    assert anyio.current_time() - before >= 10 / 50 - CLOCK_STEP


async def test_place_is_given_back_when_the_work_fails_or_is_cancelled() -> None:
    throttle = Throttle(per_second=1e9, at_once=1, wait=5.0)
    with pytest.raises(KeyError):
        async with throttle.place():
            raise KeyError
    with anyio.CancelScope() as scope:
        async with throttle.place():
            scope.cancel()
            await anyio.lowlevel.checkpoint()
    async with throttle.place():
        pass
