"""The transactions of an operation. Each method is one; what it decides, it decides atomically, for all replicas."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, insert, or_, select, update

from chatops.audit import AuditEvent, Kind, Trail
from chatops.operations.drafts import Draft
from chatops.operations.records import Operation, Request, operation_of, request_of
from chatops.operations.states import AWAITING, OPEN, State
from chatops.principal import Principal
from chatops.store import Database, now
from chatops.store.schema import operations, requests

_LISTED_AT_MOST = 200
LEASE = 30.0
"""How many seconds a process may be silent before others take over what it was doing."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Proposing, deciding, ending and finding operations."""

    database: Database
    trail: Trail

    async def propose(self, draft: Draft, state: State, *, owner: str) -> Operation:
        """Write a planned call down.

        One of the same person with the same digest that is under way, or waits for the same approval, is answered
        instead: whoever asks twice does not get it twice.
        """
        return await self.database.write(self._propose, draft, state, owner)

    def _propose(self, connection: Connection, draft: Draft, state: State, owner: str) -> Operation:
        time = now(connection)
        waiting = [State.APPROVED.value] + ([state.value] if state is State.AWAITING_APPROVAL else [])
        same = connection.execute(
            select(operations.c.id).where(
                operations.c.digest == draft.digest,
                operations.c.person == draft.principal.person,
                or_(
                    operations.c.state == State.RUNNING.value,
                    and_(operations.c.state.in_(waiting), operations.c.expires_at > time),
                ),
            )
        ).scalar()
        if same is not None:
            return load(connection, str(same))
        connection.execute(insert(operations).values(**_row(draft, state, owner, time)))
        rows = [
            {
                "operation": draft.id,
                "number": number,
                "state": "planned",
                "region": part.region,
                "targets": json.dumps(part.targets),
            }
            for number, part in enumerate(draft.parts)
        ]
        connection.execute(insert(requests), rows)
        kinds = [Kind.PLANNED] + ([Kind.CONSENT_ASKED] if draft.asks else [])
        self.trail.append(connection, *(self._asked(draft, kind) for kind in kinds))
        return load(connection, draft.id)

    @staticmethod
    def _asked(draft: Draft, kind: Kind) -> AuditEvent:
        return AuditEvent(
            kind=kind,
            principal=draft.principal,
            action=draft.action,
            params=draft.params,
            targets=tuple(each for part in draft.parts for each in part.targets),
            facts=draft.facts,
            rules=draft.rules,
            plan_digest=draft.digest,
            text_digest=draft.text_digest,
            operation=draft.id,
            call=draft.call,
        )

    async def decide(
        self,
        identifier: str,
        principal: Principal,
        state: State,
        *,
        kind: Kind,
        reason: str | None = None,
        owner: str | None = None,
    ) -> Operation | None:
        """Take an operation that waits for somebody into this state; None when somebody else was faster, or time.

        One that was approved and not begun can still be cancelled, and nothing else. ``owner`` is the process that
        goes on with it from here. Why somebody approved is for the audit; the record keeps why it did not happen.
        """
        return await self.database.write(self._decide, identifier, principal, state, kind, reason, owner)

    def _decide(
        self,
        connection: Connection,
        identifier: str,
        principal: Principal,
        state: State,
        kind: Kind,
        reason: str | None,
        owner: str | None,
    ) -> Operation | None:
        time = now(connection)
        open_to_it = (*AWAITING, State.APPROVED) if state is State.CANCELLED else AWAITING
        kept = None if state is State.APPROVED else reason
        goes_on = {"owner": owner, "lease_until": time + LEASE} if owner is not None else {}
        changed = connection.execute(
            update(operations)
            .where(
                operations.c.id == identifier,
                operations.c.state.in_([each.value for each in open_to_it]),
                operations.c.expires_at > time,
            )
            .values(state=state.value, decided_by=principal.person, decided_at=time, reason=kept, **goes_on)
        )
        if changed.rowcount != 1:
            return None
        if state not in OPEN:
            erase(connection, identifier)
        operation = load(connection, identifier)
        self.trail.append(connection, self.event(operation, kind, principal, reason=reason))
        return operation

    async def end(self, identifier: str, state: State, *, kind: Kind, reason: str) -> Operation:
        """End an operation of which no request was sent."""
        return await self.database.write(self._end, identifier, state, kind, reason)

    def _end(self, connection: Connection, identifier: str, state: State, kind: Kind, reason: str) -> Operation:
        time = now(connection)
        ended = connection.execute(
            update(operations)
            .where(
                operations.c.id == identifier,
                operations.c.state.in_([each.value for each in (*AWAITING, State.APPROVED)]),
            )
            .values(state=state.value, reason=reason, settled_at=time)
        )
        if ended.rowcount != 1:
            # It has ended before, or somebody else is carrying it out: nothing of theirs is touched.
            return load(connection, identifier)
        erase(connection, identifier)
        operation = load(connection, identifier)
        self.trail.append(connection, self.event(operation, kind, reason=reason))
        return operation

    async def expire(self) -> tuple[Operation, ...]:
        """End every operation whose consent came too late; which they were."""
        return await self.database.write(self._expire)

    def _expire(self, connection: Connection) -> tuple[Operation, ...]:
        waiting = [each.value for each in (*AWAITING, State.APPROVED)]
        late = connection.execute(
            select(operations.c.id).where(operations.c.state.in_(waiting), operations.c.expires_at <= now(connection))
        ).scalars()
        return tuple(
            self._end(connection, str(each), State.EXPIRED, Kind.EXPIRED, "Nobody said yes in time.")
            for each in late.all()
        )

    async def find(self, identifier: str) -> Operation | None:
        """The operation with its requests, or None."""
        return await self.database.read(lambda connection: _found(connection, identifier))

    async def found(self, identifiers: Sequence[str]) -> tuple[Operation, ...]:
        """Those of these operations that there are, as they are at one moment."""

        def read(connection: Connection) -> tuple[Operation, ...]:
            found = (_found(connection, each) for each in identifiers)
            return tuple(each for each in found if each is not None)

        return await self.database.read(read)

    async def listed(
        self, *, states: Sequence[State] = (), person: str | None = None, limit: int = 50, after: str | None = None
    ) -> tuple[Operation, ...]:
        """The newest operations, without their requests; with ``after``, those older than the one of this id."""
        statement: Select[Any] = select(operations).order_by(operations.c.asked_at.desc(), operations.c.id.desc())
        if after is not None:
            last = select(operations.c.asked_at).where(operations.c.id == after).scalar_subquery()
            same_moment = and_(operations.c.asked_at == last, operations.c.id < after)
            statement = statement.where(or_(operations.c.asked_at < last, same_moment))
        if states:
            statement = statement.where(operations.c.state.in_([each.value for each in states]))
        if person is not None:
            statement = statement.where(operations.c.person == person)
        statement = statement.limit(min(limit, _LISTED_AT_MOST))
        return await self.database.read(
            lambda connection: tuple(operation_of(row) for row in connection.execute(statement))
        )

    @staticmethod
    def event(
        operation: Operation, kind: Kind, principal: Principal | None = None, *, reason: str | None = None
    ) -> AuditEvent:
        """What there is to say of a step of this operation."""
        return AuditEvent(
            kind=kind,
            principal=principal,
            on_behalf_of=operation.person,
            action=operation.action,
            params=operation.params,
            targets=tuple(each for request in operation.requests for each in request.targets),
            rules=operation.rules,
            operation=operation.id,
            call=operation.call,
            approver=operation.approver,
            plan_digest=operation.digest,
            text_digest=operation.text_digest,
            status=operation.state.value,
            details={"reason": reason} if reason else None,
        )


def load(connection: Connection, identifier: str) -> Operation:
    """The operation with its requests.

    Raises:
        LookupError: there is none.

    """
    operation = _found(connection, identifier)
    if operation is None:
        raise LookupError(identifier)
    return operation


def erase(connection: Connection, identifier: str) -> None:
    """Erase the secrets that an operation no longer needs."""
    connection.execute(update(operations).where(operations.c.id == identifier).values(sealed=None))


def _found(connection: Connection, identifier: str) -> Operation | None:
    row = connection.execute(select(operations).where(operations.c.id == identifier)).one_or_none()
    return None if row is None else operation_of(row, requests_of(connection, identifier))


def requests_of(connection: Connection, identifier: str) -> tuple[Request, ...]:
    """The requests of an operation, in order."""
    rows = connection.execute(select(requests).where(requests.c.operation == identifier).order_by(requests.c.number))
    return tuple(request_of(row) for row in rows)


def _row(draft: Draft, state: State, owner: str, time: float) -> dict[str, object]:
    assistant = draft.principal.assistant
    return {
        "id": draft.id,
        "call": draft.call,
        "state": state.value,
        "action": draft.action,
        "person": draft.principal.person,
        "door": draft.principal.surface.value,
        "assistant": f"{assistant.name} {assistant.version}" if assistant else None,
        "risk": draft.risk,
        "count": draft.count,
        "params": json.dumps(draft.params),
        "sealed": draft.sealed,
        "plan": json.dumps(draft.plan),
        "digest": draft.digest,
        "text_digest": draft.text_digest,
        "rules": json.dumps(draft.rules),
        "approver_roles": None if draft.approver_roles is None else json.dumps(draft.approver_roles),
        "asked_at": time,
        "expires_at": time + draft.lifetime,
        "owner": owner,
        "lease_until": time + LEASE,
        "asker_groups": json.dumps(sorted(draft.principal.groups)) if draft.principal.groups else None,
    }
