"""Ctrl-C, termination and a closed terminal while a call is on its way.

What can be stopped is stopped, what was sent is settled first.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import anyio
from anyio.abc import TaskStatus

SIGNAL_BASE = 128
"""A program that a signal ended has this plus the signal's number as exit code."""


def _heeded() -> list[signal.Signals]:
    """The closed terminal is heeded unless whoever started us said that it does not matter, as nohup does."""
    closed = [] if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN else [signal.SIGHUP]
    return [signal.SIGINT, signal.SIGTERM, *closed]


class Interrupts:
    """Stops the innermost of what is going on; ``told`` is called whenever somebody interrupts."""

    def __init__(self, told: Callable[[], None]) -> None:
        self._told = told
        self._scopes: list[anyio.CancelScope] = []
        self._last: signal.Signals | None = None

    @property
    def exit_code(self) -> int:
        """That of a program which the signal ended."""
        return SIGNAL_BASE + (self._last or signal.SIGINT)

    async def watch(self, *, task_status: TaskStatus[None]) -> None:
        """Take the signals until this is cancelled."""
        with anyio.open_signal_receiver(*_heeded()) as signals:
            task_status.started()
            async for number in signals:
                self._last = number
                self._told()
                if self._scopes:
                    self._scopes[-1].cancel()

    @contextmanager
    def telling(self, told: Callable[[], None]) -> Iterator[None]:
        """Somebody who interrupts in the meantime is told this instead."""
        before, self._told = self._told, told
        try:
            yield
        finally:
            self._told = before

    @contextmanager
    def stoppable(self) -> Iterator[anyio.CancelScope]:
        """What an interruption ends, unless something inside it is stoppable as well."""
        with anyio.CancelScope() as scope:
            self._scopes.append(scope)
            try:
                yield scope
            finally:
                self._scopes.remove(scope)
