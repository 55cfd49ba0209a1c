"""One fetch at a time, however many are waiting for it."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio

from chatops.cloud.problems import AttemptFailed, Problem

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Whoever waits while something is fetched shares what comes of it, success or failure.

    A fetch whose caller is cancelled says nothing: the next one who waits fetches.
    """

    def __init__(self) -> None:
        self._lock = anyio.Lock()
        self._failures = 0
        self._failure: Problem | None = None

    async def get(self, known: Callable[[], T | None], fetch: Callable[[], Awaitable[T]]) -> T:
        """What is known, or else what is fetched.

        Raises:
            AttemptFailed: the fetch failed, for this caller or for the one it waited for.

        """
        value = known()
        if value is not None:
            return value
        failures_before = self._failures
        async with self._lock:
            value = known()
            if value is not None:
                return value
            if self._failure is not None and self._failures != failures_before:
                raise AttemptFailed(self._failure)
            try:
                return await fetch()
            except AttemptFailed as failed:
                self._failures += 1
                self._failure = failed.problem
                raise
