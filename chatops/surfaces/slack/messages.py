"""Where our messages stand, so that any replica can edit them. Each method is one transaction."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select, update

from chatops.store import Database, now
from chatops.store.schema import slack_messages


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A message of ours. ``key`` is our name for it; without ``ts`` nobody knows whether it was posted."""

    team: str
    key: str
    kind: str
    channel: str
    operation: str | None = None
    ts: str | None = None
    posted_at: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Messages:
    """Remembers messages."""

    database: Database

    async def claim(self, message: Posted) -> Posted | None:
        """Say that it is about to be posted; None if so, else what another replica, or this one before, has posted."""
        return await self.database.write(self._claim, message)

    @staticmethod
    def _claim(connection: Connection, message: Posted) -> Posted | None:
        row = connection.execute(
            select(slack_messages).where(slack_messages.c.team == message.team, slack_messages.c.key == message.key)
        ).one_or_none()
        if row is not None:
            return _posted(row)
        values = {**vars(message), "posted_at": now(connection), "version": 0}
        connection.execute(insert(slack_messages).values(values))
        return None

    async def place(self, message: Posted, channel: str, ts: str) -> None:
        """It stands there."""
        await self.database.write(self._place, message, channel, ts)

    @staticmethod
    def _place(connection: Connection, message: Posted, channel: str, ts: str) -> None:
        connection.execute(
            update(slack_messages)
            .where(slack_messages.c.team == message.team, slack_messages.c.key == message.key)
            .values(channel=channel, ts=ts)
        )

    async def release(self, message: Posted) -> None:
        """It surely was not posted, or was deleted."""
        await self.database.write(self._release, message)

    @staticmethod
    def _release(connection: Connection, message: Posted) -> None:
        connection.execute(
            slack_messages.delete().where(slack_messages.c.team == message.team, slack_messages.c.key == message.key)
        )

    async def of_operation(self, operation: str) -> tuple[Posted, ...]:
        """All messages about an operation, oldest first."""
        return await self.database.read(self._of_operation, operation)

    @staticmethod
    def _of_operation(connection: Connection, operation: str) -> tuple[Posted, ...]:
        rows = connection.execute(
            select(slack_messages)
            .where(slack_messages.c.operation == operation)
            .order_by(slack_messages.c.posted_at, slack_messages.c.key)
        )
        return tuple(_posted(row) for row in rows)


def _posted(row: Row[tuple[str, ...]]) -> Posted:
    return Posted(
        team=row.team,
        key=row.key,
        kind=row.kind,
        channel=row.channel,
        operation=row.operation,
        ts=row.ts,
        posted_at=row.posted_at,
    )
