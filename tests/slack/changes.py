"""Waiting for what a test wants to see, instead of for a time."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
PATIENCE = 4.0  # real seconds; less than the time limit of a test, so that the failure says what was missed


class Changes:
    """Told of every change of the fake; looks again after each."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.patience = PATIENCE

    def happened(self) -> None:
        """Wakes up everybody who waits."""
        event, self._next = self._next, asyncio.Event()
        event.set()

    async def until(
        self, find: Callable[[], Found | None], *, wanted: str, instead: Callable[[], str] = lambda: ""
    ) -> Found:
        """The first thing found.

        Raises:
            AssertionError: Nothing came within ``patience``; says what was wanted and what is there instead.
        """
        try:
            async with asyncio.timeout(self.patience):
                while (found := find()) is None:
                    await self._next.wait()
                return found
        except TimeoutError:
            raise AssertionError(f"waited {self.patience:g} s in vain for {wanted}\n{instead()}".rstrip()) from None
