"""What IAM answers, read by the rules that its two calls share."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import JsonValue

from chatops.cloud.connection import Connection
from chatops.cloud.documents import Unreadable, as_mapping
from chatops.cloud.envelope import open_answer, unreadable
from chatops.cloud.guard import Guard
from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.cloud.received import Received
from chatops.cloud.requests import Outgoing
from chatops.cloud.retry import Patience, read_may_repeat
from chatops.errors import AuthenticationFailed

T = TypeVar("T")

_IF_LOCKED = (
    "If all that is right, several refusals may have locked it: wait 15 minutes, or ask the account's administrator."
)

_UNAUTHORIZED = 401
_TURNED_AWAY = frozenset({400, _UNAUTHORIZED, 403, 404})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Asks IAM. Asking changes nothing there, so it is repeated like a read."""

    connection: Connection
    patience: Patience

    async def ask(
        self,
        outgoing: Callable[[], Outgoing],
        read: Callable[[Received, dict[str, JsonValue]], T],
        *,
        guard: Guard,
        next_step: str,
    ) -> T:
        """What ``read`` makes of the answer and of its JSON object.

        Raises:
            AttemptFailed: IAM did not answer, or said no. The API itself was sent nothing.

        """

        async def attempt() -> T:
            async with guard.turn():
                received = await self.connection.exchange(outgoing(), alone=False)
                return read(received, _opened(received, guard, next_step))

        try:
            return await self.patience.repeat(attempt, may_repeat=read_may_repeat)
        except AttemptFailed as failed:
            # Repeated enough already; and whoever wanted to change something has not sent it yet.
            problem = replace(failed.problem, fate=Fate.UNSENT, transient=False)
            raise AttemptFailed(problem.noting("This was IAM, asked before the call itself.")) from failed


def _opened(received: Received, guard: Guard, next_step: str) -> dict[str, JsonValue]:
    if not received.is_success:
        if received.status in _TURNED_AWAY:
            if received.status == _UNAUTHORIZED:
                guard.refused()
                next_step = f"{next_step} {_IF_LOCKED}"
            raise AttemptFailed(_turned_away(received.status, next_step))
        open_answer(received)
    guard.accepted()
    try:
        return as_mapping(received.document())
    except Unreadable as error:
        raise AttemptFailed(unreadable(received, str(error))) from error


def _turned_away(status: int, next_step: str) -> Problem:
    """IAM's own words stay out: they may repeat what was sent."""
    return Problem(
        error=AuthenticationFailed,
        message=f"IAM turned the credentials away (HTTP status {status}).",
        fate=Fate.UNSENT,
        next_step=next_step,
        upstream_code=str(status),
    )
