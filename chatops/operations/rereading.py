"""Looking at phones again that nobody has looked at for a minute, before a request to them is sent."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from chatops.errors import UpstreamError
from chatops.operations.dispatch import Dispatch
from chatops.operations.ledger import load
from chatops.operations.records import Operation
from chatops.operations.states import RequestState
from chatops.planning.plan import Target, differences, drift
from chatops.store import now


@dataclass(frozen=True, kw_only=True)
class Rereading:
    """Reads again. ``read`` answers phones as they are now, without those that are gone."""

    dispatch: Dispatch
    read: Callable[[Sequence[str]], Awaitable[tuple[Target, ...]]]

    async def again(self, identifier: str) -> float:
        """When the phones were read whose requests were not sent yet, by the store's clock.

        Where one has changed since it was planned, or cannot be read, nothing more of the operation is sent.
        """
        database = self.dispatch.ledger.database
        time = await database.read(now)
        operation = await database.read(load, identifier)
        left = [
            each for request in operation.requests if request.state is RequestState.PLANNED for each in request.targets
        ]
        if not left:
            return time
        try:
            targets = await self.read(left)
        except UpstreamError as error:
            await self.dispatch.stop(identifier, f"The phones could not be read again: {error.message}")
            return time
        planned = _planned(operation, frozenset(left))
        if differences(planned, targets):
            await self.dispatch.stop(identifier, drift(planned, targets))
        return time


def _planned(operation: Operation, ids: frozenset[str]) -> list[JsonValue]:
    facts = operation.plan.get("facts")
    listed = facts if isinstance(facts, list) else []
    return [each for each in listed if isinstance(each, dict) and each.get("instance_id") in ids]
