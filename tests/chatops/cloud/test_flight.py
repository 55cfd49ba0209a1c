import anyio
import pytest

from chatops.cloud.flight import SingleFlight
from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.errors import AuthenticationFailed

pytestmark = pytest.mark.anyio

NO = Problem(error=AuthenticationFailed, message="No.", fate=Fate.UNSENT)


async def test_failure_is_shared_by_those_who_waited_and_tried_again_by_those_who_come_later() -> None:
    flight = SingleFlight[str]()
    tries: list[int] = []
    failures: list[Problem] = []

    async def fetch() -> str:
        tries.append(1)
        await anyio.lowlevel.checkpoint()
        raise AttemptFailed(NO)

    async def one() -> None:
        with pytest.raises(AttemptFailed) as caught:
            await flight.get(lambda: None, fetch)
        failures.append(caught.value.problem)

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(one)
    assert failures == [NO] * 50
    assert len(tries) == 1
    await one()
    assert len(tries) == 2


async def test_next_one_fetches_when_the_fetcher_is_cancelled() -> None:
    flight = SingleFlight[str]()
    known: list[str] = []
    fetching = anyio.Event()

    async def never() -> str:
        fetching.set()
        await anyio.sleep_forever()
        return ""

    async def fetch() -> str:
        known.append("value")
        return "value"

    async with anyio.create_task_group() as group:
        scope = anyio.CancelScope()

        async def cancelled() -> None:
            with scope:
                await flight.get(lambda: None, never)

        group.start_soon(cancelled)
        await fetching.wait()
        scope.cancel()
        assert await flight.get(lambda: known[0] if known else None, fetch) == "value"
    assert await flight.get(lambda: known[0], never) == "value"
