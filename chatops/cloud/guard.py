"""Keeps a wrong key or password from being tried until its account is locked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.errors import AuthenticationFailed

MOST_REFUSALS = 3
"""Five bad signatures in a row lock a key; other processes may be using it too."""

CLOSED_SECONDS = 300.0


class Guard:
    """Lets requests with one credential through one at a time until one was accepted.

    After three refusals in a row it is closed for five minutes, so that no number of callers makes five.
    """

    def __init__(self, *, clock: Callable[[], float], what: str) -> None:
        self._clock = clock
        self._what = what
        self._one_at_a_time = anyio.Lock()
        self._is_proven = False
        self._refusals = 0
        self._closed_until = 0.0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The permission to use the credential once.

        Raises:
            AttemptFailed: it was refused too often; nothing was sent.

        """
        if not self._is_proven:
            async with self._one_at_a_time:
                if not self._is_proven:
                    self._refuse_while_closed()
                    yield
                    return
        yield

    def accepted(self) -> None:
        """The other side knows the credential."""
        self._is_proven = True
        self._refusals = 0

    def refused(self) -> None:
        """The other side did not accept the credential."""
        self._is_proven = False
        self._refusals += 1
        if self._refusals >= MOST_REFUSALS:
            self._closed_until = self._clock() + CLOSED_SECONDS
            self._refusals = 0

    def _refuse_while_closed(self) -> None:
        left = self._closed_until - self._clock()
        if left > 0:
            raise AttemptFailed(
                Problem(
                    error=AuthenticationFailed,
                    message=f"{self._what} was refused {MOST_REFUSALS} times in a row and is not tried again for now.",
                    fate=Fate.UNSENT,
                    next_step="Check the credentials and this machine's clock: a few more refusals lock the account.",
                    retry_after=left,
                )
            )
