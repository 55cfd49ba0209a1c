"""Who holds an operation: a process that says so now and then, or whoever takes over when it no longer does."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, or_, select, update

from chatops.audit import Kind
from chatops.operations.ledger import LEASE, Ledger, load, requests_of
from chatops.operations.owners import is_gone
from chatops.operations.records import Operation
from chatops.operations.states import RequestState, State
from chatops.store import now
from chatops.store.schema import operations, requests

_ADOPTED_AT_ONCE = 20


@dataclass(frozen=True, kw_only=True)
class Leases:
    """Keeps and takes over."""

    ledger: Ledger

    async def renew(self, identifier: str, *, owner: str) -> bool:
        """Say that we are still at it; False when somebody else has taken the operation over."""
        return await self.ledger.database.write(self._renew, identifier, owner)

    @staticmethod
    def _renew(connection: Connection, identifier: str, owner: str) -> bool:
        changed = connection.execute(
            update(operations)
            .where(operations.c.id == identifier, operations.c.owner == owner)
            .values(lease_until=now(connection) + LEASE)
        )
        return changed.rowcount == 1

    async def adopt(self, *, owner: str) -> tuple[Operation, ...]:
        """Take over operations whose process has died, or was silent too long. Requests on their way are unknown."""
        return await self.ledger.database.write(self._adopt, owner)

    def _adopt(self, connection: Connection, owner: str) -> tuple[Operation, ...]:
        time = now(connection)
        held = connection.execute(
            select(operations.c.id, operations.c.owner, operations.c.lease_until)
            .where(
                or_(
                    operations.c.state.in_([State.APPROVED.value, State.RUNNING.value, State.WATCHING.value]),
                    and_(operations.c.state == State.UNKNOWN.value, operations.c.watch_until.is_not(None)),
                )
            )
            .order_by(operations.c.asked_at)
        ).all()
        orphans = [each for each in held if each.lease_until < time or is_gone(each.owner)][:_ADOPTED_AT_ONCE]
        return tuple(taken for each in orphans if (taken := self._take(connection, each.id, each.owner, owner, time)))

    def _take(
        self, connection: Connection, identifier: str, former: str | None, owner: str, time: float
    ) -> Operation | None:
        taken = connection.execute(
            update(operations)
            .where(operations.c.id == identifier, operations.c.owner.is_not_distinct_from(former))
            .values(owner=owner, lease_until=time + LEASE)
        )
        if taken.rowcount != 1:
            return None
        lost = [each for each in requests_of(connection, identifier) if each.state is RequestState.SENT]
        connection.execute(
            update(requests)
            .where(requests.c.operation == identifier, requests.c.state == RequestState.SENT.value)
            .values(state=RequestState.UNKNOWN.value, settled_at=time)
        )
        operation = load(connection, identifier)
        if lost:
            reason = f"{len(lost)} requests were on their way when their process ended."
            self.ledger.trail.append(connection, self.ledger.event(operation, Kind.UNKNOWN, reason=reason))
        return operation
