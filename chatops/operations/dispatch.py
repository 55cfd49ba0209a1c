"""The transactions around each request: claimed before it is sent, settled after it, and the operation after all."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import JsonValue
from sqlalchemy import Connection, update

from chatops.audit import AuditEvent, Kind
from chatops.freezes import hold_on
from chatops.operations.consuming import FRESH
from chatops.operations.ledger import LEASE, Ledger, erase, load
from chatops.operations.records import Operation, Request
from chatops.operations.states import RequestState, State, Verification
from chatops.principal import Principal
from chatops.store import now
from chatops.store.schema import operations, requests
from chatops.team import Window

STALE = "What is known of the phones is too old."
_SENT = frozenset({RequestState.SENT, RequestState.ACCEPTED, RequestState.FAILED, RequestState.UNKNOWN})


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """How one request ended; its result says whether only some of its phones did it."""

    state: RequestState
    request_ids: tuple[str, ...]
    result: JsonValue = None
    error: JsonValue = None


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """Claims, settles and ends. ``windows`` are the team file's, in which nothing is changed."""

    ledger: Ledger
    windows: Callable[[], Sequence[Window]]

    async def claim(self, identifier: str, number: int, *, owner: str, facts_at: float | None = None) -> str | None:
        """None when the request is now ours to send, once; otherwise a sentence that says why nothing is sent.

        ``facts_at`` is when its phones were read, by the store's clock: if not since, when the consent was used. The
        sentence is ``STALE`` where that is too long ago; then they can be read again.
        """
        return await self.ledger.database.write(self._claim, identifier, number, owner, facts_at)

    def _claim(
        self, connection: Connection, identifier: str, number: int, owner: str, facts_at: float | None
    ) -> str | None:
        time = now(connection)
        operation = load(connection, identifier)
        request = operation.requests[number]
        objection = self._objection(connection, operation, request, owner, time)
        if objection is not None:
            return objection
        if time - (operation.consumed_at or 0.0 if facts_at is None else facts_at) > FRESH:
            return STALE
        claimed = connection.execute(
            update(requests)
            .where(
                requests.c.operation == identifier,
                requests.c.number == number,
                requests.c.state == RequestState.PLANNED.value,
            )
            .values(state=RequestState.SENT.value, sent_at=time)
        )
        if claimed.rowcount != 1:
            return "This request was sent before."
        self._renew(connection, identifier, time)
        self.ledger.trail.append(connection, self._event(operation, Kind.SENT, request))
        return None

    def _objection(
        self, connection: Connection, operation: Operation, request: Request, owner: str, time: float
    ) -> str | None:
        hold = hold_on(
            connection,
            self.windows(),
            action=operation.action,
            regions=[request.region],
            person=operation.person,
        )
        if operation.state is not State.RUNNING or operation.owner != owner:
            return "Another process has taken this operation over."
        if operation.reason is not None:
            return operation.reason
        if operation.deadline is None or time >= operation.deadline:
            return self._stopped(connection, operation.id, "The time in which this consent could be used is over.")
        if hold is not None:
            objection = f"Changes are frozen: {hold.reason}"
            if hold.of_region:
                return self._left_out(connection, request, objection)
            return self._stopped(connection, operation.id, objection)
        return None

    def _stopped(self, connection: Connection, identifier: str, objection: str) -> str:
        """It holds for the rest as well, and the record has to say why nothing was sent."""
        self._stop(connection, identifier, objection)
        return objection

    @staticmethod
    def _left_out(connection: Connection, request: Request, objection: str) -> str:
        """This one is never sent; the others, to regions of which it does not hold, go on."""
        connection.execute(
            update(requests)
            .where(
                requests.c.operation == request.operation,
                requests.c.number == request.number,
                requests.c.state == RequestState.PLANNED.value,
            )
            .values(state=RequestState.NEVER_SENT.value, error=json.dumps({"message": objection}))
        )
        return objection

    async def settle_request(self, identifier: str, number: int, settlement: Settlement) -> Operation:
        """Write down how a request ended."""
        return await self.ledger.database.write(self._settle_request, identifier, number, settlement)

    def _settle_request(
        self, connection: Connection, identifier: str, number: int, settlement: Settlement
    ) -> Operation:
        time = now(connection)
        connection.execute(
            update(requests)
            .where(
                requests.c.operation == identifier,
                requests.c.number == number,
                # A request that others have found abandoned may still be answered: its answer is better than "unknown".
                requests.c.state.in_([RequestState.SENT.value, RequestState.UNKNOWN.value]),
            )
            .values(
                state=settlement.state.value,
                settled_at=time,
                request_ids=json.dumps(settlement.request_ids),
                result=None if settlement.result is None else json.dumps(settlement.result),
                error=None if settlement.error is None else json.dumps(settlement.error),
            )
        )
        self._renew(connection, identifier, time)
        operation = load(connection, identifier)
        kind = Kind.UNKNOWN if settlement.state is RequestState.UNKNOWN else Kind.SETTLED
        self.ledger.trail.append(connection, self._event(operation, kind, operation.requests[number], settlement))
        return operation

    async def stop(self, identifier: str, reason: str, *, by: Principal | None = None) -> Operation:
        """Let no further request of this operation be sent; those on their way are settled.

        ``by`` is the person who wants it, if one does: that is an event of its own.
        """
        return await self.ledger.database.write(self._stop, identifier, reason, by)

    def _stop(self, connection: Connection, identifier: str, reason: str, by: Principal | None = None) -> Operation:
        stopped = connection.execute(
            update(operations)
            .where(operations.c.id == identifier, operations.c.state == State.RUNNING.value)
            # One reason does not replace another: who has cancelled it is told as well as how many had failed.
            .values(reason=together(load(connection, identifier).reason, reason))
        )
        operation = load(connection, identifier)
        if by is not None and stopped.rowcount == 1:
            self.ledger.trail.append(connection, self.ledger.event(operation, Kind.CANCELLED, by, reason=reason))
        return operation

    async def finish(
        self, identifier: str, *, owner: str, result: JsonValue, watch: float | None, verifiable: bool, lost: str
    ) -> Operation:
        """Settle the operation; ``watch`` says for how many seconds what became of the phones is read.

        ``lost`` is kept as the reason where it is not known what became of a request. One that somebody else has
        taken over is left to them.
        """
        return await self.ledger.database.write(self._finish, identifier, owner, result, watch, verifiable, lost)

    def _finish(
        self,
        connection: Connection,
        identifier: str,
        owner: str,
        result: JsonValue,
        watch: float | None,
        verifiable: bool,
        lost: str,
    ) -> Operation:
        time = now(connection)
        before = load(connection, identifier)
        if before.state is not State.RUNNING or before.owner != owner:
            return before
        self._close(connection, identifier, time)
        operation = load(connection, identifier)
        ended = end_of(operation.requests)
        happened = {RequestState.ACCEPTED, RequestState.UNKNOWN}
        watches = watch is not None and any(each.state in happened for each in operation.requests)
        # What is unknown is read as well, but it stays unknown until reading has proven something.
        goes_on = watches and ended is not State.UNKNOWN
        connection.execute(
            update(operations)
            .where(operations.c.id == identifier, operations.c.state == State.RUNNING.value)
            .values(
                state=(State.WATCHING if goes_on else ended).value,
                settled_at=time,
                result=None if result is None else json.dumps(result),
                reason=together(
                    operation.reason, *_objections(operation.requests), lost if ended is State.UNKNOWN else None
                ),
                watch_until=time + watch if watches and watch is not None else None,
                verification=None if watches or verifiable else Verification.NOT_VERIFIABLE.value,
            )
        )
        erase(connection, identifier)
        self._renew(connection, identifier, time)
        settled = load(connection, identifier)
        kind = Kind.UNKNOWN if ended is State.UNKNOWN else Kind.SETTLED
        event = self.ledger.event(settled, kind, reason=settled.reason)
        self.ledger.trail.append(connection, event)
        return settled

    @staticmethod
    def _close(connection: Connection, identifier: str, time: float) -> None:
        """Nothing more is sent, and nobody waits for an answer any more that could not be written down."""
        ends = ((RequestState.PLANNED, RequestState.NEVER_SENT, None), (RequestState.SENT, RequestState.UNKNOWN, time))
        for open_state, state, settled_at in ends:
            connection.execute(
                update(requests)
                .where(requests.c.operation == identifier, requests.c.state == open_state.value)
                .values(state=state.value, settled_at=settled_at)
            )

    @staticmethod
    def _renew(connection: Connection, identifier: str, time: float) -> None:
        connection.execute(update(operations).where(operations.c.id == identifier).values(lease_until=time + LEASE))

    @staticmethod
    def _event(operation: Operation, kind: Kind, request: Request, settlement: Settlement | None = None) -> AuditEvent:
        details: dict[str, JsonValue] = {"request": request.number, "region": request.region}
        if settlement is not None and settlement.error is not None:
            details["error"] = settlement.error
        return AuditEvent(
            kind=kind,
            on_behalf_of=operation.person,
            action=operation.action,
            operation=operation.id,
            call=operation.call,
            approver=operation.approver,
            plan_digest=operation.digest,
            targets=request.targets,
            request_ids=settlement.request_ids if settlement else (),
            status=settlement.state.value if settlement else RequestState.SENT.value,
            details=details,
        )


def end_of(settled: tuple[Request, ...]) -> State:
    """How an operation ends whose requests ended so."""
    states = {each.state for each in settled}
    if RequestState.UNKNOWN in states or RequestState.SENT in states:
        return State.UNKNOWN
    if states == {RequestState.ACCEPTED}:
        partly = any(isinstance(each.result, dict) and each.result.get("partly") for each in settled)
        return State.PARTIAL if partly else State.DONE
    if RequestState.ACCEPTED in states:
        return State.PARTIAL
    return State.FAILED if states & _SENT else State.CANCELLED


def _objections(settled: tuple[Request, ...]) -> tuple[str, ...]:
    """Why requests of their own were never sent."""
    return tuple(
        str(each.error["message"])
        for each in settled
        if each.state is RequestState.NEVER_SENT and isinstance(each.error, dict)
    )


def together(*reasons: str | None) -> str | None:
    """Reasons one after the other, each once. What people wrote need not end like a sentence."""
    said = ""
    for reason in reasons:
        if reason and reason not in said:
            stop = "." if said and said[-1] not in ".!?" else ""
            said = f"{said}{stop} {reason}".lstrip()
    return said or None
