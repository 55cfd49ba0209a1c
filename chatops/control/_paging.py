"""Lists of operations in pages: a cursor is the id of the last one that was shown."""

from collections.abc import Sequence

from chatops.control._asked import Asked
from chatops.errors import InvalidParams
from chatops.operations.records import Operation
from chatops.operations.states import State


async def page_of(
    asked: Asked, *, states: Sequence[State], person: str | None, limit: int, cursor: str | None
) -> tuple[tuple[Operation, ...], str | None]:
    """The newest operations behind the cursor, and the cursor of the next ones, None at the end.

    Raises:
        InvalidParams: the cursor is no operation's id.

    """
    ledger = asked.control.ledger
    await ledger.expire()
    if cursor is not None and await ledger.find(cursor) is None:
        raise InvalidParams("There is no such cursor.", next_step="Use the cursor of the answer before, or none.")
    found = await ledger.listed(states=states, person=person, limit=limit + 1, after=cursor)
    shown = found[:limit]
    return shown, shown[-1].id if len(found) > limit else None
