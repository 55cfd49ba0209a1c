"""The client's own throttle: the reference names flow control but no numbers (conflict 70)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
from aiolimiter import AsyncLimiter

from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.errors import ThrottleFull


class Throttle:
    """Places for requests: so many at once, so many a second, and nobody waits longer than ``wait`` seconds.

    Requests start evenly spaced. A bucket of a second's worth would let nearly twice as many start in the first one.
    """

    def __init__(self, *, per_second: float, at_once: int, wait: float) -> None:
        self._rate = AsyncLimiter(1, 1 / per_second)
        self._places = anyio.CapacityLimiter(at_once)
        self._wait = wait

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for one request, given back at the end.

        Raises:
            AttemptFailed: there was none in time; nothing was sent.

        """
        async with AsyncExitStack() as held:
            with anyio.move_on_after(self._wait) as waiting:
                borrower = object()  # one task may hold several places: pages of a listing
                await self._places.acquire_on_behalf_of(borrower)
                held.callback(self._places.release_on_behalf_of, borrower)
                await self._rate.acquire()
            if waiting.cancelled_caught:
                raise AttemptFailed(self._full())
            yield

    def _full(self) -> Problem:
        return Problem(
            error=ThrottleFull,
            message=f"No place in the client's own throttle within {self._wait:g} seconds. Nothing was sent.",
            fate=Fate.UNSENT,
            next_step="Try again when less is going on.",
            retry_after=self._wait,
        )
