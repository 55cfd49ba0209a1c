"""When an attempt is made again, and after how long."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from chatops.cloud.problems import AttemptFailed, Fate, Problem
from tools import Resend

T = TypeVar("T")

_FIRST_CEILING = 0.5
_LAST_CEILING = 8.0


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How often and how long a call is repeated. Seconds.

    Waits are drawn by ``jitter`` between zero and a ceiling that doubles ("full jitter"), and are never shorter than
    what the API asked for; if that does not fit into the budget, the call is given up at once.
    """

    attempts: int
    budget: float
    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    jitter: Callable[[float], float]

    async def repeat(self, attempt: Callable[[], Awaitable[T]], *, may_repeat: Callable[[Problem], bool]) -> T:
        """What the first successful attempt gave.

        Raises:
            AttemptFailed: the last attempt failed, and there is no other.

        """
        started = self.clock()

        def give_up(state: RetryCallState) -> bool:
            spent = max(self.clock() - started, 0.0)
            return state.attempt_number >= self.attempts or spent + state.upcoming_sleep > self.budget

        async def sleep(seconds: float) -> None:
            await self.sleep(seconds)

        async def once() -> T:  # tenacity awaits only what it sees to be a coroutine function
            return await attempt()

        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, AttemptFailed) and may_repeat(error.problem)),
            wait=self._wait,
            stop=give_up,
            sleep=sleep,
            reraise=True,
        )
        return await retrying(once)

    def _wait(self, state: RetryCallState) -> float:
        drawn = self.jitter(min(_FIRST_CEILING * 2 ** (state.attempt_number - 1), _LAST_CEILING))
        error = state.outcome.exception() if state.outcome else None
        asked = error.problem.retry_after if isinstance(error, AttemptFailed) else None
        return max(drawn, asked or 0.0)


def read_may_repeat(problem: Problem) -> bool:
    """A read is repeated whenever that may help."""
    return problem.transient


def change_may_repeat(resend: Resend) -> Callable[[Problem], bool]:
    """A changing call is repeated only if it surely was not processed, and some are never (conflict 54)."""
    safe = frozenset({Fate.UNSENT, Fate.UNPROCESSED})
    return lambda problem: resend is Resend.IF_UNPROCESSED and problem.transient and problem.fate in safe
