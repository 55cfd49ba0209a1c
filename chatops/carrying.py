"""Carrying a consented call out: read again, use the consent, send, settle, and say what came of it."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import anyio
from pydantic import JsonValue
from sqlalchemy import Connection

from chatops.audit import Kind
from chatops.cloud import Answer
from chatops.deciding import Judge
from chatops.errors import OutcomeUnknown, StoreUnavailable
from chatops.fleet import Fleet, Look
from chatops.operations.consuming import FRESH, Consuming, Use
from chatops.operations.dispatch import Dispatch, end_of
from chatops.operations.points import Reached
from chatops.operations.records import Operation
from chatops.operations.sending import Sender, Shipment, fault_in
from chatops.operations.states import RequestState, State
from chatops.operations.usage import Usage
from chatops.outcome import Outcome, Status
from chatops.people import People
from chatops.planning import Plan
from chatops.planning.planner import Picked
from chatops.policy import Given
from chatops.principal import Principal
from tools import AnyAction, Params, Result, Targets, Unverifiable, phones

_log = logging.getLogger(__name__)
STATUS_OF = {
    State.AWAITING_CONFIRMATION: Status.APPROVAL_REQUIRED,
    State.AWAITING_APPROVAL: Status.APPROVAL_REQUIRED,
    State.APPROVED: Status.ACCEPTED,
    State.RUNNING: Status.ACCEPTED,
    State.WATCHING: Status.ACCEPTED,
    State.DONE: Status.DONE,
    State.PARTIAL: Status.PARTIAL,
    State.FAILED: Status.FAILED,
    State.UNKNOWN: Status.UNKNOWN,
    State.DECLINED: Status.DECLINED,
    State.EXPIRED: Status.EXPIRED,
    State.CANCELLED: Status.CANCELLED,
    State.REFUSED: Status.REFUSED,
}


Renew = Callable[[], Awaitable[None]]
"""Reads team file and policy again, where they may have been read long ago."""
Watch = Callable[[Operation, AnyAction, Params], None]
"""Told of every operation whose phones are worth looking at afterwards."""


class Planner(Protocol):
    """What makes plans out of live facts."""

    async def plan(
        self, principal: Principal, action: AnyAction, params: Params, *, pinned: tuple[str, ...] = ()
    ) -> Plan:
        """The plan of this call, on facts read now; ``pinned`` are the phones of the same call planned before."""

    async def picked(self, params: Targets) -> Picked:
        """The phones a READ names."""

    @property
    def fleet(self) -> Fleet:
        """What is known of the phones."""

    async def look(self) -> Look:
        """The whole listing, as of up to a minute ago."""


@dataclass(frozen=True, kw_only=True)
class Consent:
    """The consent with which a call is carried out; ``given`` is None where none was needed, ``reason`` for the audit.

    Roles are looked up when it is used: whoever was demoted meanwhile has asked for nothing, and consented to nothing.
    """

    principal: Principal
    given: Given | None
    states: frozenset[State]
    kind: Kind | None
    by: Principal | None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """Carries out. ``now`` is the planner's clock, which never goes back."""

    planner: Planner
    people: People
    renew: Renew
    now: Callable[[], float]
    judge: Judge
    consuming: Consuming
    dispatch: Dispatch
    sender: Sender
    watch: Watch
    reached: Reached

    async def carry(
        self, operation: Operation, action: AnyAction, params: Params, consent: Consent, *, fresh: Plan | None = None
    ) -> Outcome:
        """Use the consent and send. ``fresh`` is a plan made just now, if there is one: an old one is made again.

        Raises:
            Refusal: the consent cannot be used, or what would happen has changed; nothing was sent.
            StoreUnavailable: nothing was sent. Where it is lost later, the outcome is unknown.

        """
        if consent.given is not None:
            # Somebody was asked, and may have answered minutes later: who is who may be something else by now.
            await self.renew()
        plan = fresh
        if plan is None or self.now() - plan.read_at > FRESH:
            plan = await self.plan_again(operation, consent.principal, action, params)
        self.reached("read_again")
        use = Use(
            operation=operation.id,
            states=consent.states,
            principal=consent.by,
            kind=consent.kind,
            digest=plan.digest,
            targets=plan.targets,
            age=self.now() - plan.read_at,
            owner=self.sender.owner,
            check=partial(self._check, consent, plan),
            reason=consent.reason,
        )
        # From here on nobody who goes away can tear it apart: what is begun is settled.
        with anyio.CancelScope(shield=True):
            running = await self.consuming.use(use)
            self.reached("consumed")
            try:
                outcome = await self.go_on(running, action, plan)
            except StoreUnavailable as error:
                outcome = _unknown(running, plan, _unwritten(running, error))
        return outcome

    async def plan_again(self, operation: Operation, principal: Principal, action: AnyAction, params: Params) -> Plan:
        """The plan of an operation, on facts read now."""
        pinned = tuple(each for request in operation.requests for each in request.targets)
        return await self.planner.plan(principal, action, params, pinned=pinned)

    def _check(self, consent: Consent, plan: Plan, connection: Connection, usage: Usage) -> None:
        given = consent.given
        if given is not None:
            given = replace(given, roles=frozenset(str(role) for role in self.people.roles_of(given.by)))
        self.judge.recheck(connection, usage, self.people.as_now(consent.principal), plan, given)

    async def go_on(
        self, running: Operation, action: AnyAction, plan: Plan, *, facts_at: float | None = None
    ) -> Outcome:
        """Send what was not sent yet, and settle. After a fault of ours it is unknown what was done.

        ``facts_at`` is when the plan's phones were read, by the store's clock, if that was since the consent was used.

        Raises:
            StoreUnavailable: it was lost meanwhile; whoever takes the operation over settles it.

        """
        try:
            shipment = await self.sender.send(running, plan, facts_at=facts_at)
            self.reached("sent_all")
            return await self.settle(running, action, plan.pinned, shipment)
        except StoreUnavailable:
            raise
        except Exception as fault:  # noqa: BLE001  # whatever it is, requests may have been carried out
            _log.exception("operation %s", running.id)
            unknown = fault_in(running.id, fault)
            # As it stands in the store: nothing more is made of the answers.
            await self._finish(running, action, plan.pinned, None, lost=unknown.message)
            return _unknown(running, plan, unknown)

    async def settle(
        self, running: Operation, action: AnyAction, params: Params, shipment: Shipment | None = None
    ) -> Outcome:
        """Settle an operation of which nothing more is sent."""
        shipment = shipment or Shipment()
        result = joined(action, params, shipment)
        settled = await self._finish(running, action, params, result)
        return outcome_of(settled, action, params, result, shipment)

    async def _finish(
        self, running: Operation, action: AnyAction, params: Params, result: Result | None, *, lost: str = ""
    ) -> Operation:
        change = action.change
        assert change is not None  # noqa: S101  # the record refuses a changing action without one
        unverifiable = isinstance(change.verify, Unverifiable)
        settled = await self.dispatch.finish(
            running.id,
            owner=self.sender.owner,
            result=_document(result),
            watch=None if isinstance(change.verify, Unverifiable) else change.verify.within.total_seconds(),
            verifiable=not unverifiable,
            lost=f"{lost} {change.lost}".lstrip(),
        )
        self.reached("settled")
        if settled.watch_until is not None and settled.owner == self.sender.owner:
            self.watch(settled, action, params)
        return settled


def _unwritten(running: Operation, error: StoreUnavailable) -> OutcomeUnknown:
    """What is told when the store was lost after the consent was used."""
    return OutcomeUnknown(
        f"{error.message} It was lost while {running.id} was carried out: what was sent is not known.",
        next_step=f"When the store is back, {running.id} is settled by reading: chatops operations show {running.id}",
    )


def _unknown(running: Operation, plan: Plan, unknown: OutcomeUnknown) -> Outcome:
    return Outcome(
        status=Status.UNKNOWN,
        message=unknown.message,
        action=plan.action,
        params=plan.pinned,
        error=unknown,
        operation_id=running.id,
    )


def _document(result: Result | None) -> JsonValue:
    return None if result is None else dict(result.model_dump(mode="json", exclude_none=True))


def joined(action: AnyAction, params: Params, shipment: Shipment) -> Result | None:
    """The answers of all requests as one result, or None where there is none."""
    answers: list[Answer[Result]] = [shipment.answers[number] for number in sorted(shipment.answers)]
    if not answers:
        return None
    results = [answer.result for answer in answers]
    if action.join is None:
        return results[0]
    # One answer is joined as well: it may be all that came of several requests, and says nothing of the others' phones.
    together: Result = action.join(params, results)
    return together


def outcome_of(
    operation: Operation, action: AnyAction, params: Params, result: Result | None, shipment: Shipment
) -> Outcome:
    """What a door is told of an operation that was just settled."""
    warnings = [warning for answer in shipment.answers.values() for warning in answer.warnings]
    if result is not None and action.warn is not None:
        warnings += action.warn(params, result)
    return Outcome(
        status=_status(operation),
        message=_message(operation, action, params, result, shipment),
        action=action,
        params=params,
        result=result,
        error=shipment.errors[0] if shipment.errors else None,
        warnings=tuple(dict.fromkeys(warnings)),
        operation_id=operation.id,
    )


def _status(operation: Operation) -> Status:
    """While phones are still looked at it is known already that some were not reached."""
    partly = operation.state is State.WATCHING and end_of(operation.requests) is State.PARTIAL
    return Status.PARTIAL if partly else STATUS_OF[operation.state]


def _message(operation: Operation, action: AnyAction, params: Params, result: Result | None, shipment: Shipment) -> str:
    taken = {RequestState.ACCEPTED}
    reached = sum(len(each.targets) for each in operation.requests if each.state in taken)
    parts = []
    if result is not None and all(each.state in taken for each in operation.requests):
        parts.append(action.view.say(params, result))
    elif reached:
        parts.append(f"The API has taken it for {reached} of {phones(operation.count)}.")
    if shipment.errors:
        parts.append(shipment.errors[0].message)
    if operation.reason:
        parts.append(operation.reason)
    if not parts:
        parts.append(f"Nothing was sent to {phones(operation.count)}.")
    return " ".join(dict.fromkeys(parts))
