"""An operation as it goes on: what was sent and seen so far, told on standard error at a terminal."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import anyio

from chatops.carrying import STATUS_OF
from chatops.operations.progress import doubts, ending, is_going_on, progress
from chatops.operations.records import Operation
from chatops.operations.states import Verification
from chatops.outcome import Outcome, Status
from chatops.surfaces.terminal.interrupts import Interrupts
from chatops.surfaces.terminal.printing import note
from chatops.surfaces.terminal.waiting import Waiting
from tools import AnyAction

_GLANCE = 0.5

Find = Callable[[str], Awaitable[Operation | None]]


@dataclass(frozen=True, kw_only=True)
class Following:
    """Follows operations. Whoever interrupts leaves, and is told so: nothing is stopped by it."""

    find: Find
    actions: Mapping[str, AnyAction]
    interrupts: Interrupts
    waiting: Waiting
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    clock: Callable[[], float] = time.time

    async def follow(self, *identifiers: str) -> tuple[Operation, ...]:
        """The operations when nothing more happens to any of them, or as they stood when somebody left."""
        again = f"watch {identifiers[0]}" if len(identifiers) == 1 else "reconcile"

        def leave() -> None:
            self.waiting.clear()
            note(f"Left alone; chatops operations {again} goes on looking.")

        with self.interrupts.telling(leave), self.interrupts.stoppable():
            for each in identifiers:
                await self._until_it_ends(each)
        found = [await self.find(each) for each in identifiers]
        return tuple(operation for operation in found if operation is not None)

    async def _until_it_ends(self, identifier: str) -> None:
        operation = await self.find(identifier)
        while operation is not None and is_going_on(operation):
            self.waiting.what = operation.id
            self.waiting.hear(progress(operation, self.actions.get(operation.action), self.clock()))
            await self.sleep(_GLANCE)
            operation = await self.find(identifier)


async def followed(following: Following, outcome: Outcome) -> Outcome:
    """What became of a call that the API has taken, if only in part; any other outcome as it is."""
    if outcome.operation_id is None or outcome.status not in {Status.ACCEPTED, Status.PARTIAL}:
        return outcome
    (operation,) = await following.follow(outcome.operation_id)
    if is_going_on(operation):
        return outcome
    shown = ending(operation, following.actions.get(operation.action))
    message = f"{outcome.message} {shown}".rstrip()
    return replace(
        outcome,
        status=STATUS_OF[operation.state],
        message=message,
        warnings=(*outcome.warnings, *doubts(operation)),
        contradicted=is_contradicted(operation),
    )


def is_contradicted(operation: Operation) -> bool:
    """Whether reading afterwards shows that it did not happen as it was to."""
    return operation.verification is Verification.MISMATCH
