"""Looking into the audit: which events, and in what order, each from an index."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue
from sqlalchemy import Connection, Select, select
from sqlalchemy.engine import Row

from chatops.store.database import Database
from chatops.store.schema import audit_events, operations

PAGE = 1000
_EVENTS = audit_events.c


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which events; what is not said does not matter. ``denied``: only where somebody was told no.

    ``person``: what this person did, and what others did in the operations that this person has asked for.
    """

    since: datetime | None = None
    person: str | None = None
    action: str | None = None
    denied: bool = False
    operation: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """An event as it stands in the audit. ``body`` is all that ``AuditEvent`` knows beyond the other fields."""

    seq: int
    at: datetime
    kind: str
    person: str | None
    action: str | None
    operation: str | None
    body: Mapping[str, JsonValue]
    mac: str

    def document(self) -> dict[str, JsonValue]:
        """The event as one flat object; what it does not have is left out."""
        at = self.at.isoformat(timespec="milliseconds")
        columns: dict[str, JsonValue] = {"seq": self.seq, "at": at, "kind": self.kind}
        found = {"person": self.person, "action": self.action, "operation": self.operation}
        columns |= {name: value for name, value in found.items() if value is not None}
        return {**columns, **self.body, "mac": self.mac}


async def show(database: Database, wanted: Filter, *, limit: int = 100) -> tuple[Recorded, ...]:
    """The newest events that fit, oldest first."""

    def newest(connection: Connection) -> tuple[Recorded, ...]:
        rows = [
            row
            for statement in _selected(wanted)
            for row in connection.execute(statement.order_by(_EVENTS.seq.desc()).limit(limit))
        ]
        return tuple(_recorded(row) for row in sorted(rows, key=_seq)[-limit:])

    return await database.read(newest)


async def every(database: Database, wanted: Filter, *, page: int = PAGE) -> AsyncIterator[Recorded]:
    """All events that fit, oldest first, a page in memory at a time."""

    def following(connection: Connection, after: int) -> list[Recorded]:
        rows = [
            row
            for statement in _selected(wanted)
            for row in connection.execute(statement.where(_EVENTS.seq > after).order_by(_EVENTS.seq).limit(page))
        ]
        return [_recorded(row) for row in sorted(rows, key=_seq)[:page]]

    after = 0
    while events := await database.read(following, after):
        for event in events:
            yield event
        after = events[-1].seq


def _selected(wanted: Filter) -> tuple[Select[tuple[object, ...]], ...]:
    """Statements that have no event in common, each of which reads an index."""
    statement = select(audit_events)
    if wanted.since is not None:
        # Time goes up with seq, so the first event of that time bounds seq, and every filter keeps its own index.
        first = select(_EVENTS.seq).where(_EVENTS.at >= wanted.since.timestamp()).order_by(_EVENTS.at, _EVENTS.seq)
        statement = statement.where(_EVENTS.seq >= first.limit(1).scalar_subquery())
    for column, value in (
        (_EVENTS.action, wanted.action),
        (_EVENTS.operation, wanted.operation),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if wanted.denied:
        statement = statement.where(_EVENTS.denied == 1)
    if wanted.person is None:
        return (statement,)
    theirs = select(operations.c.id).where(operations.c.person == wanted.person)
    by_others = statement.where(_EVENTS.operation.in_(theirs), _EVENTS.person != wanted.person)
    return statement.where(_EVENTS.person == wanted.person), by_others


def _seq(row: Row[tuple[object, ...]]) -> int:
    return int(row.seq)


def _recorded(row: Row[tuple[object, ...]]) -> Recorded:
    return Recorded(
        seq=row.seq,
        at=datetime.fromtimestamp(row.at, tz=UTC),
        kind=row.kind,
        person=row.person,
        action=row.action,
        operation=row.operation,
        body=json.loads(row.body),
        mac=row.mac,
    )
