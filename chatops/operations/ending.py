"""The transactions at the end: what was verified, and what reading has made of the unknown."""

import json
from dataclasses import dataclass

from pydantic import JsonValue
from sqlalchemy import Connection, update

from chatops.audit import AuditEvent, Kind
from chatops.operations.dispatch import end_of, together
from chatops.operations.ledger import LEASE, Ledger, load, requests_of
from chatops.operations.records import Operation
from chatops.operations.seeing import Seen
from chatops.operations.states import RequestState, Verification
from chatops.store import now
from chatops.store.schema import operations, requests

_KINDS = {
    Verification.VERIFIED: Kind.VERIFIED,
    Verification.MISMATCH: Kind.MISMATCH,
    Verification.UNKNOWN: Kind.UNKNOWN,
}


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Ends watches."""

    ledger: Ledger

    async def progress(self, identifier: str, seen: Seen, *, owner: str) -> bool:
        """Keep what was seen so far; False when somebody else has taken the watch over."""
        return await self.ledger.database.write(self._progress, identifier, seen.document(), owner)

    @staticmethod
    def _progress(connection: Connection, identifier: str, document: JsonValue, owner: str) -> bool:
        kept = connection.execute(
            update(operations)
            .where(operations.c.id == identifier, operations.c.owner == owner)
            .values(verified=json.dumps(document), lease_until=now(connection) + LEASE)
        )
        return kept.rowcount == 1

    async def verified(
        self, identifier: str, verification: Verification, seen: Seen, *, owner: str, lost: str
    ) -> Operation:
        """End a watch with what it has shown. What was unknown counts as done where reading shows what was wanted.

        ``lost`` says where to look for what is unknown; it is told no more once nothing is.
        """
        return await self.ledger.database.write(self._verified, identifier, verification, seen, owner, lost)

    def _verified(
        self, connection: Connection, identifier: str, verification: Verification, seen: Seen, owner: str, lost: str
    ) -> Operation:
        before = load(connection, identifier)
        if before.owner != owner or before.verification is not None:
            return before
        if verification is Verification.VERIFIED:
            self._reconcile(connection, before, lost)
        ended = end_of(requests_of(connection, identifier))
        connection.execute(
            update(operations)
            .where(operations.c.id == identifier)
            .values(
                state=ended.value,
                verification=verification.value,
                verified=json.dumps(seen.document()),
                watch_until=None,
            )
        )
        operation = load(connection, identifier)
        event = self.ledger.event(operation, _KINDS[verification])
        details: dict[str, JsonValue] = {"verification": verification.value, **seen.document()}
        self.ledger.trail.append(connection, AuditEvent(**{**vars(event), "details": details}))
        return operation

    def _reconcile(self, connection: Connection, operation: Operation, lost: str) -> None:
        unknown = [each for each in operation.requests if each.state is RequestState.UNKNOWN]
        if not unknown:
            return
        connection.execute(
            update(requests)
            .where(requests.c.operation == operation.id, requests.c.state == RequestState.UNKNOWN.value)
            .values(state=RequestState.ACCEPTED.value)
        )
        unanswered = "1 unanswered request" if len(unknown) == 1 else f"{len(unknown)} unanswered requests"
        reason = f"Reading shows the phones of {unanswered} as they were to be."
        # Where to look for what nobody knew is no longer the question; who has stopped it, and why, still is.
        before = (operation.reason or "").removesuffix(lost).rstrip()
        connection.execute(
            update(operations).where(operations.c.id == operation.id).values(reason=together(before, reason))
        )
        self.ledger.trail.append(connection, self.ledger.event(operation, Kind.RECONCILED, reason=reason))
