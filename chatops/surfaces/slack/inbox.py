"""What has come in: written down once, acknowledged, and run once. Each change is one transaction.

``received``: written, and Slack not yet told. ``acknowledged``: Slack was told it is taken, so it will run.
``running``: a process has it, and if it dies another one begins again, once. ``begun``: it has done what must not be
done twice, so nobody begins it again. ``done``, ``failed`` (Slack was told so, or it ended in a fault) and ``missed``
(nobody knows what Slack was told) are the ends: it never runs again, and the payload is erased.
"""

import json
import logging
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, update

from chatops.errors import StoreUnavailable
from chatops.operations.owners import is_gone
from chatops.store import Database, now
from chatops.store.schema import slack_inbox
from chatops.surfaces.slack.received import Received, Unreadable, read

LEASE = 30.0
"""Seconds a process may be silent before others take over what it has."""

UNTOLD = 15.0
"""Seconds after which a request that Slack was not told of is given up; nothing waits for it that long."""

KEPT = 8 * 86400.0
"""Seconds for which a request is known again: delayed events come days later."""

ATTEMPTS = 2
"""Processes that may die of one request; it is not given to a third one."""

_AT_ONCE = 20
_LOG = logging.getLogger(__name__)


class State(StrEnum):
    """How far a request is."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    RUNNING = "running"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"


@dataclass(frozen=True, kw_only=True)
class Written:
    """How far a request is, and how many seconds ago it was first written down: nothing if that was just now."""

    state: State = State.RECEIVED
    age: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A request to work on. ``is_interrupted``: somebody else had begun it for good, and died."""

    received: Received
    is_interrupted: bool = False


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """Requests of Slack, for all replicas."""

    database: Database
    owner: str

    async def put(self, received: Received) -> Written:
        """Write a request down; how far the same one is if it has come before.

        Raises:
            StoreUnavailable: it was not written down, and never runs.

        """
        return await self.database.write(self._put, received)

    def _put(self, connection: Connection, received: Received) -> Written:
        time = now(connection)
        found = connection.execute(select(slack_inbox).where(_is(received))).one_or_none()
        if found is not None:
            return Written(state=State(found.state), age=time - found.received_at)
        # An event needs no acknowledgement to be run: without one it only comes again.
        state = State.ACKNOWLEDGED if received.kind.is_repeated else State.RECEIVED
        connection.execute(
            insert(slack_inbox).values(
                team=received.team,
                id=received.id,
                kind=received.kind.value,
                state=state.value,
                sealed=self._seal(received),
                received_at=time,
                lease_until=0.0,
                attempts=0,
            )
        )
        return Written()

    async def acknowledge(self, received: Received) -> bool:
        """Slack was told that it is taken: now it runs. False where it was given up before."""
        return await self.database.write(self._move, received, (State.RECEIVED,), State.ACKNOWLEDGED)

    async def fail(self, received: Received) -> bool:
        """Slack is told that it failed: it never runs. False where another delivery of it was acknowledged."""
        return await self.database.write(self._move, received, (State.RECEIVED,), State.FAILED)

    async def waiting(self) -> int:
        """How many requests nobody works on. Nothing is written for looking."""
        return await self.database.read(self._waiting)

    def _waiting(self, connection: Connection) -> int:
        free = select(func.count()).select_from(slack_inbox).where(self._is_free(connection, now(connection)))
        return connection.execute(free).scalar_one()

    async def take(self) -> Taken | None:
        """The oldest request that nobody works on, and whose it is from now on."""
        return await self.database.write(self._take)

    def _take(self, connection: Connection) -> Taken | None:
        time = now(connection)
        free = self._is_free(connection, time)
        oldest = select(slack_inbox).where(free).order_by(slack_inbox.c.received_at).limit(1)
        while (row := connection.execute(oldest).one_or_none()) is not None:
            received = self._opened(connection, row)
            if received is None:
                continue
            state = State.RUNNING if row.state == State.ACKNOWLEDGED else State(row.state)
            taken = connection.execute(
                update(slack_inbox)
                .where(_is(row), slack_inbox.c.state == row.state, slack_inbox.c.owner.is_not_distinct_from(row.owner))
                .values(state=state.value, owner=self.owner, lease_until=time + LEASE, attempts=row.attempts + 1)
            )
            return Taken(received=received, is_interrupted=state is State.BEGUN) if taken.rowcount == 1 else None
        return None

    def _is_free(self, connection: Connection, time: float) -> ColumnElement[bool]:
        """Nobody works on it, and not too many have died of it."""
        is_new = slack_inbox.c.state == State.ACKNOWLEDGED.value
        return and_(or_(is_new, self._is_orphaned(connection, time)), slack_inbox.c.attempts < ATTEMPTS)

    def _is_orphaned(self, connection: Connection, time: float) -> ColumnElement[bool]:
        """Whoever had it was silent too long, or is gone."""
        held = and_(
            slack_inbox.c.state.in_([State.RUNNING.value, State.BEGUN.value]), slack_inbox.c.owner != self.owner
        )
        owners = connection.execute(select(slack_inbox.c.owner).where(held).distinct()).scalars()
        gone = [owner for owner in owners if is_gone(owner)]
        return and_(held, or_(slack_inbox.c.lease_until < time, slack_inbox.c.owner.in_(gone)))

    async def renew(self, received: Received) -> bool:
        """Say that we are still at it; False when somebody else has taken it over."""
        return await self.database.write(self._renew, received)

    def _renew(self, connection: Connection, received: Received) -> bool:
        mine = (_is(received), slack_inbox.c.owner == self.owner)
        renewed = connection.execute(update(slack_inbox).where(*mine).values(lease_until=now(connection) + LEASE))
        return renewed.rowcount == 1

    async def begin(self, received: Received) -> bool:
        """From now on it must not be done again; False when somebody else has taken it over."""
        return await self.database.write(self._move, received, (State.RUNNING, State.BEGUN), State.BEGUN, ours=True)

    async def finish(self, received: Received, end: State = State.DONE) -> None:
        """It is done, or has failed by a fault; what it said is erased."""
        await self.database.write(self._move, received, (State.RUNNING, State.BEGUN), end, ours=True)

    async def sweep(self) -> tuple[Received, ...]:
        """Forget what is old, and give up what nobody will run; that of which people have to be told so."""
        if not await self.database.read(self._is_anything_due):
            return ()
        return await self.database.write(self._sweep)

    def _is_anything_due(self, connection: Connection) -> bool:
        time = now(connection)
        due = select(slack_inbox.c.id).where(or_(_is_old(time), self._is_hopeless(connection, time))).limit(1)
        return connection.execute(due).first() is not None

    def _sweep(self, connection: Connection) -> tuple[Received, ...]:
        time = now(connection)
        connection.execute(delete(slack_inbox).where(_is_old(time)))
        hopeless = select(slack_inbox).where(self._is_hopeless(connection, time)).limit(_AT_ONCE)
        rows = connection.execute(hopeless).all()
        return tuple(each for row in rows if (each := self._given_up(connection, row)) is not None)

    def _is_hopeless(self, connection: Connection, time: float) -> ColumnElement[bool]:
        """Slack was perhaps never told of it, or too many have died of it."""
        return or_(
            and_(slack_inbox.c.state == State.RECEIVED.value, slack_inbox.c.received_at < time - UNTOLD),
            and_(slack_inbox.c.attempts >= ATTEMPTS, self._is_orphaned(connection, time)),
        )

    def _given_up(self, connection: Connection, row: Row[tuple[str, ...]]) -> Received | None:
        """The request, if its person has to be told that it never ran."""
        received = self._opened(connection, row)
        if received is None:
            return None
        is_untold = row.state == State.RECEIVED
        self._move(connection, row, (State(row.state),), State.MISSED if is_untold else State.FAILED)
        if not is_untold:
            _LOG.error("a %s of Slack is given up: %s processes have died of it", row.kind, ATTEMPTS)
        return None if row.state == State.BEGUN else received

    def _move(
        self,
        connection: Connection,
        request: Received | Row[tuple[str, ...]],
        states: tuple[State, ...],
        to: State,
        *,
        ours: bool = False,
    ) -> bool:
        where: list[ColumnElement[bool]] = [_is(request), slack_inbox.c.state.in_([each.value for each in states])]
        if ours:
            where.append(slack_inbox.c.owner == self.owner)
        statement = update(slack_inbox).where(*where).values(state=to.value)
        if to is State.BEGUN:
            statement = statement.values(attempts=0)
        if to in (State.DONE, State.FAILED, State.MISSED):
            statement = statement.values(sealed=None, ended_at=now(connection))
        return connection.execute(statement).rowcount == 1

    def _seal(self, received: Received) -> str:
        content = json.dumps(dict(received.payload)).encode()
        return self.database.keyring.seal(content, bound_to=f"{received.team}/{received.id}")

    def _opened(self, connection: Connection, row: Row[tuple[str, ...]]) -> Received | None:
        """What was written down; None for what cannot be read, which has failed: others must not wait for it."""
        try:
            return self._open(row)
        except (StoreUnavailable, Unreadable, ValueError, RecursionError) as error:
            # No traceback: an error of JSON holds what could not be read.
            _LOG.error("a %s of Slack has failed, as it cannot be read any more: %s", row.kind, error)
            self._move(connection, row, (State(row.state),), State.FAILED)
            return None

    def _open(self, row: Row[tuple[str, ...]]) -> Received:
        content = self.database.keyring.open(row.sealed or "", bound_to=f"{row.team}/{row.id}")
        received = read(json.loads(content))
        if (received.team, received.id) != (row.team, row.id):
            raise Unreadable("it is another one than its row says")
        return received


def _is(request: Received | Row[tuple[str, ...]]) -> ColumnElement[bool]:
    return and_(slack_inbox.c.team == request.team, slack_inbox.c.id == request.id)


def _is_old(time: float) -> ColumnElement[bool]:
    return and_(slack_inbox.c.sealed.is_(None), slack_inbox.c.received_at < time - KEPT)
