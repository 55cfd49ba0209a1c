"""Keeps a wrong key or password from being tried until its account is locked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.cloud.refusals import MOST_REFUSALS, Refusals, Row
from chatops.errors import AuthenticationFailed

CLOSED_SECONDS = 300.0


class Guard:
    """Lets requests with one credential through one at a time until one was accepted.

    After three refusals in a row it is closed for five minutes, so that no number of callers makes five; nor does any
    number of processes that share ``refusals``.
    """

    def __init__(self, *, clock: Callable[[], float], what: str, refusals: Refusals) -> None:
        self._clock = clock
        self._what = what
        self._refusals = refusals
        self._one_at_a_time = anyio.Lock()
        self._is_proven = False

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The permission to use the credential once.

        Raises:
            AttemptFailed: it was refused too often; nothing was sent.

        """
        if not self._is_proven:
            async with self._one_at_a_time:
                if not self._is_proven:
                    async with self._refusals.alone():
                        self._refuse_while_closed()
                        yield
                    return
        yield

    def accepted(self) -> None:
        """The other side knows the credential."""
        if not self._is_proven and self._refusals.row.count:
            self._refusals.keep(Row())
        self._is_proven = True

    def refused(self) -> None:
        """The other side did not accept the credential."""
        self._is_proven = False
        row = self._refusals.row
        sat_out = row.count == MOST_REFUSALS and not self._closed_for(row)
        count = 1 if sat_out else min(row.count + 1, MOST_REFUSALS)
        self._refusals.keep(Row(count=count, last=self._clock()))

    def _closed_for(self, row: Row) -> float:
        """Seconds that are left. A last refusal that is still to come was written before the clock was set back."""
        passed = self._clock() - row.last
        return CLOSED_SECONDS - passed if row.count == MOST_REFUSALS and 0 <= passed < CLOSED_SECONDS else 0.0

    def _refuse_while_closed(self) -> None:
        left = self._closed_for(self._refusals.row)
        if not left:
            return
        raise AttemptFailed(
            Problem(
                error=AuthenticationFailed,
                message=f"{self._what} was refused {MOST_REFUSALS} times in a row and is not tried again for now.",
                fate=Fate.UNSENT,
                next_step="Check the credentials and this machine's clock, and try again in "
                f"{-(-left // 60):.0f} minutes: two more refusals now would lock the account.",
                retry_after=left,
            )
        )
