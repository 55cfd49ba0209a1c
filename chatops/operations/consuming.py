"""The one transaction in which a consent is used: after it, and only after it, requests may be sent."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, or_, select, update

from chatops.audit import Kind
from chatops.errors import ChatopsError, ConsentExpired, ConsentGone, FactsChanged, Refusal
from chatops.operations.ledger import LEASE, Ledger, erase, load
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.operations.usage import Usage, usage_of
from chatops.planning.plan import Target, drift
from chatops.principal import Principal
from chatops.store import now
from chatops.store.schema import operations

FRESH = 60.0
"""How old, in seconds, the facts may be on which a consent is used."""
SENDING = 15 * 60.0
"""How many seconds after the consent was used the last request may be sent."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """With what a consent is used. ``age`` is that of the facts behind ``digest``, in seconds; ``targets`` are they.

    ``check`` asks the policy again, with what is true inside the transaction; it raises a Refusal to say no.
    """

    operation: str
    states: frozenset[State]
    principal: Principal | None
    kind: Kind | None
    digest: str
    targets: tuple[Target, ...]
    age: float
    owner: str
    check: Callable[[Connection, Usage], None]
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Consuming:
    """Uses consents, each once."""

    ledger: Ledger

    async def use(self, use: Use) -> Operation:
        """The operation, now running and ours.

        Raises:
            Refusal: the consent cannot be used; the operation has ended, unless its consent was gone before.
            StoreUnavailable: nothing has changed.

        """
        operation, refusal = await self.ledger.database.write(self._use, use)
        if refusal is not None:
            raise refusal
        return operation

    def _use(self, connection: Connection, use: Use) -> tuple[Operation, ChatopsError | None]:
        usage_time = now(connection)
        operation = load(connection, use.operation)
        if operation.state not in use.states:
            return operation, ConsentGone(
                f"The consent to {operation.id} cannot be used: it is {operation.state.value.replace('_', ' ')}.",
                next_step=f"See chatops operations show {operation.id}, or ask again.",
            )
        refusal = self._objection(connection, use, operation, usage_time)
        if refusal is not None:
            state = State.EXPIRED if isinstance(refusal, ConsentExpired) else State.REFUSED
            kind = Kind.EXPIRED if state is State.EXPIRED else Kind.DENIED
            return self._ended(connection, operation, state, kind, refusal), refusal
        changed = connection.execute(
            update(operations)
            .where(operations.c.id == use.operation, operations.c.state == operation.state.value)
            .values(
                state=State.RUNNING.value,
                consumed_at=usage_time,
                deadline=usage_time + SENDING,
                owner=use.owner,
                lease_until=usage_time + LEASE,
                **(
                    {"decided_by": use.principal.person, "decided_at": usage_time} if use.kind and use.principal else {}
                ),
            )
        )
        if changed.rowcount != 1:
            return load(connection, use.operation), ConsentGone("Somebody else has used this consent just now.")
        running = load(connection, use.operation)
        if use.kind is not None:
            self.ledger.trail.append(connection, self.ledger.event(running, use.kind, use.principal, reason=use.reason))
        return running, None

    def _objection(self, connection: Connection, use: Use, operation: Operation, time: float) -> ChatopsError | None:
        if time >= operation.expires_at:
            return ConsentExpired("The consent came too late.", next_step="Ask again.")
        if use.digest != operation.digest:
            return FactsChanged(drift(operation.plan.get("facts"), use.targets), next_step="Ask again.")
        if (other := _same_since(connection, operation)) is not None:
            return ConsentGone(
                f"The same call was begun meanwhile, as {other}.",
                next_step=f"See chatops operations show {other}; ask again if it is wanted once more.",
            )
        if use.age > FRESH:
            return FactsChanged(
                f"What is known of the phones is {use.age:.0f} s old.",
                next_step=f"Ask again; if it stays so, for fewer phones at once: they are read within {FRESH:.0f} s.",
            )
        try:
            use.check(connection, usage_of(connection, operation.person))
        except Refusal as refusal:
            return refusal
        return None

    def _ended(
        self, connection: Connection, operation: Operation, state: State, kind: Kind, refusal: ChatopsError
    ) -> Operation:
        connection.execute(
            update(operations)
            .where(operations.c.id == operation.id, operations.c.state == operation.state.value)
            .values(state=state.value, reason=refusal.message, settled_at=now(connection))
        )
        erase(connection, operation.id)
        ended = load(connection, operation.id)
        self.ledger.trail.append(connection, self.ledger.event(ended, kind, reason=refusal.message))
        return ended


def _same_since(connection: Connection, operation: Operation) -> str | None:
    """Another operation of this person with this digest that is under way, or was begun since this one was asked for.

    Both were asked for before either ran: whoever asks twice does not get it twice.
    """
    other: str | None = connection.execute(
        select(operations.c.id).where(
            operations.c.digest == operation.digest,
            operations.c.person == operation.person,
            operations.c.id != operation.id,
            or_(operations.c.state == State.RUNNING.value, operations.c.consumed_at > operation.asked_at),
        )
    ).scalar()
    return other
