"""Slack's clock: runs with the machine's or stands still, and is moved on by tests."""

import asyncio
import time


class Clock:
    """Seconds since 1970; whoever waits for a moment also wakes up when a test moves the clock."""

    def __init__(self, *, stands_still: bool = False) -> None:
        self._offset = 0.0
        self._standing = time.time() if stands_still else None
        self._moved = asyncio.Event()

    def __call__(self) -> float:
        return (time.time() if self._standing is None else self._standing) + self._offset

    def advance(self, seconds: float) -> None:
        """Moves the clock on."""
        self._offset += seconds
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def until(self, moment: float) -> None:
        """Returns once the moment has come."""
        while (left := moment - self()) > 0:
            waiting = self._moved.wait()
            try:
                await asyncio.wait_for(waiting, timeout=left if self._standing is None else None)
            except TimeoutError:
                continue
