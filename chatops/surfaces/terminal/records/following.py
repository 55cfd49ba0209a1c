"""An operation as it goes on, on standard error, at a terminal only."""

import sys

import anyio

from chatops.operations.ledger import Ledger
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.surfaces.terminal.waiting import Waiting

_GLANCE = 0.5
_GOING_ON = frozenset({State.RUNNING, State.WATCHING, State.APPROVED})


async def follow(ledger: Ledger, identifier: str) -> Operation | None:
    """The operation when nothing more happens to it; at once where nobody would see it happen."""
    if not sys.stderr.isatty():
        return await ledger.find(identifier)
    waiting = Waiting(f"{identifier}: looking at what becomes of it")
    async with anyio.create_task_group() as group:
        group.start_soon(waiting.show)
        while is_going_on(operation := await ledger.find(identifier)):  # noqa: ASYNC110  # another process may end it
            await anyio.sleep(_GLANCE)
        group.cancel_scope.cancel()
    return operation


def is_going_on(operation: Operation | None) -> bool:
    """Whether something may still become of it while somebody watches."""
    if operation is None:
        return False
    return operation.state in _GOING_ON or (operation.watch_until is not None and operation.verification is None)
