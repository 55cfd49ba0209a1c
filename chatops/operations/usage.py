"""How much a person has changed lately: facts for the policy."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from chatops.store import now
from chatops.store.schema import operations

HOUR = 3600.0
DAY = 24 * HOUR
_ORDER = "create_instances"


@dataclass(frozen=True, kw_only=True)
class Usage:
    """Changing calls of one person that were carried out, whatever became of them. ``time`` is the store's."""

    time: float
    calls_last_hour: int
    calls_last_day: int
    orders_last_day: int


def usage_of(connection: Connection, person: str) -> Usage:
    """What this person has changed in the last hour and day."""
    time = now(connection)
    return Usage(
        time=time,
        calls_last_hour=_count(connection, person, time - HOUR),
        calls_last_day=_count(connection, person, time - DAY),
        orders_last_day=_count(connection, person, time - DAY, action=_ORDER),
    )


def _count(connection: Connection, person: str, since: float, *, action: str | None = None) -> int:
    statement = select(func.count()).where(operations.c.person == person, operations.c.consumed_at > since)
    if action is not None:
        statement = statement.where(operations.c.action == action)
    count: int = connection.execute(statement).scalar_one()
    return count
