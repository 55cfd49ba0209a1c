"""Where our messages stand, and which state they show, so that any replica can edit them.

Each method is one transaction. Whoever posts or edits a message holds it for a minute; who dies meanwhile is forgotten.
"""

from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, select, update

from chatops.store import Database, now
from chatops.store.schema import slack_messages

LEASE = 60.0
"""Seconds for which whoever posts or edits a message has it to themselves."""

OVER = 1_000_000_000
"""The version of a message that is looked after no more: what it is about has ended, or it cannot be edited."""

_OPEN_AT_MOST = 500


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A message of ours. ``key`` is our name for it; without ``ts`` nobody knows whether it was posted.

    ``version`` grows with the state that it shows; ``losses`` is how often somebody has deleted it.
    """

    team: str
    key: str
    kind: str
    channel: str
    operation: str | None = None
    thread: str | None = None
    ts: str | None = None
    posted_at: float = 0.0
    version: int = 0
    losses: int = 0


class Hold(Enum):
    """What came of taking a message to edit it."""

    OURS = auto()
    NEWER = auto()
    """It shows something newer, or it is gone."""
    BUSY = auto()
    """Another process edits it just now."""


@dataclass(frozen=True, kw_only=True)
class Messages:
    """Remembers messages."""

    database: Database

    async def claim(self, message: Posted) -> Posted | None:
        """Say that it is about to be posted; None if so, else what there is: without ``ts`` somebody is posting it.

        A claim of which nobody told what came of it counts for nothing after a minute.
        """
        return await self.database.write(self._claim, message)

    @staticmethod
    def _claim(connection: Connection, message: Posted) -> Posted | None:
        time = now(connection)
        row = connection.execute(select(slack_messages).where(_is(message))).one_or_none()
        if row is None:
            values = {**vars(message), "posted_at": time, "lease_until": time + LEASE}
            connection.execute(insert(slack_messages).values(values))
            return None
        if row.ts is not None or row.lease_until > time:
            return _posted(row)
        connection.execute(update(slack_messages).where(_is(message)).values(posted_at=time, lease_until=time + LEASE))
        return None

    async def place(self, message: Posted, channel: str, ts: str) -> None:
        """It stands there, and shows what it shows."""
        await self._set(message, channel=channel, ts=ts, version=message.version, lease_until=0.0)

    async def release(self, message: Posted) -> None:
        """It surely was not posted."""
        await self.database.write(self._release, message)

    @staticmethod
    def _release(connection: Connection, message: Posted) -> None:
        connection.execute(slack_messages.delete().where(_is(message), slack_messages.c.losses == 0))
        connection.execute(update(slack_messages).where(_is(message)).values(lease_until=0.0))

    async def hold(self, message: Posted, version: int) -> Hold:
        """Take it, to show this version."""
        return await self.database.write(self._hold, message, version)

    @staticmethod
    def _hold(connection: Connection, message: Posted, version: int) -> Hold:
        time = now(connection)
        row = connection.execute(select(slack_messages).where(_is(message))).one_or_none()
        if row is None or row.ts != message.ts or row.version > version:
            return Hold.NEWER
        if row.lease_until > time:
            return Hold.BUSY
        connection.execute(update(slack_messages).where(_is(message)).values(lease_until=time + LEASE))
        return Hold.OURS

    async def shown(self, message: Posted, version: int) -> None:
        """It shows this version; others may edit it."""
        await self._set(message, version=version, lease_until=0.0)

    async def let_go(self, message: Posted) -> None:
        """It could not be edited just now; others may."""
        await self._set(message, lease_until=0.0)

    async def give_up(self, message: Posted) -> None:
        """It cannot be edited, now or later."""
        await self._set(message, version=OVER, lease_until=0.0)

    async def lose(self, message: Posted) -> None:
        """Somebody has deleted it: it is posted anew once, and left deleted the second time."""
        await self.database.write(self._lose, message)

    @staticmethod
    def _lose(connection: Connection, message: Posted) -> None:
        lost = {"losses": slack_messages.c.losses + 1, "lease_until": 0.0}
        first = and_(_is(message), slack_messages.c.losses == 0)
        if connection.execute(update(slack_messages).where(first).values(ts=None, version=0, **lost)).rowcount == 0:
            connection.execute(update(slack_messages).where(_is(message)).values(version=OVER, **lost))

    async def _set(self, message: Posted, **values: object) -> None:
        def changed(connection: Connection) -> None:
            connection.execute(update(slack_messages).where(_is(message)).values(values))

        await self.database.write(changed)

    async def of_operation(self, operation: str) -> tuple[Posted, ...]:
        """All messages about an operation, oldest first."""
        return await self.database.read(self._listed, slack_messages.c.operation == operation)

    async def looked_after(self) -> tuple[Posted, ...]:
        """The messages about operations of which something may still become."""
        open_ones = and_(slack_messages.c.version < OVER, slack_messages.c.operation.is_not(None))
        return await self.database.read(self._listed, open_ones)

    @staticmethod
    def _listed(connection: Connection, which: ColumnElement[bool]) -> tuple[Posted, ...]:
        newest = select(slack_messages).where(which).order_by(slack_messages.c.posted_at.desc(), slack_messages.c.key)
        return tuple(_posted(row) for row in reversed(connection.execute(newest.limit(_OPEN_AT_MOST)).all()))


def _is(message: Posted) -> ColumnElement[bool]:
    return and_(slack_messages.c.team == message.team, slack_messages.c.key == message.key)


def _posted(row: Row[tuple[object, ...]]) -> Posted:
    return Posted(**{name: value for name, value in row._mapping.items() if name != "lease_until"})  # noqa: SLF001  # SQLAlchemy's documented way to a row's columns by name
