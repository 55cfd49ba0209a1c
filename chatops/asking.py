"""After the decision: go on, ask the person at the door, or ask another person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import anyio
from pydantic import JsonValue

from chatops.audit import Kind
from chatops.call import Call, of_decision
from chatops.carrying import Carrier, Consent
from chatops.consent import Asker, Question, Reply, Verdict
from chatops.deciding import Decided, Judge, facts_document
from chatops.errors import ChatopsError, ConsentGone, ConsentMissing, NoApproverReachable, StoreUnavailable
from chatops.operations.drafts import Draft, Part
from chatops.operations.ledger import Ledger
from chatops.operations.records import Operation
from chatops.operations.sealing import Sealing, masked
from chatops.operations.states import State
from chatops.outcome import Outcome, Status
from chatops.people import People
from chatops.planning import Plan
from chatops.policy import Allow, Decision, Given, NeedsApproval, NeedsConfirmation
from chatops.principal import Principal, Surface
from chatops.roles import APPROVER, Role
from tools import AnyAction, Params

_CONFIRMATION_LIFETIME = 10 * 60.0
_AT_ONCE_LIFETIME = 60.0


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Asks for what the decision wants, and carries out what was consented to."""

    judge: Judge
    ledger: Ledger
    carrier: Carrier
    people: People
    sealing: Sealing
    new_operation_id: Callable[[], str]

    async def settle(self, call: Call, plan: Plan, decided: Decided, asker: Asker) -> Outcome:
        """What becomes of the call.

        Raises:
            ChatopsError: it does not happen; nothing was sent.

        """
        decision = decided.decision
        self.carrier.reached("decided")
        if isinstance(decision, Allow):
            return await self._at_once(call, plan, decided)
        if isinstance(decision, NeedsConfirmation):
            return await self._confirmed(call, plan, decided, decision, asker)
        assert isinstance(decision, NeedsApproval)  # noqa: S101  # a denial was raised before
        return await self._ask_others(call, plan, decided, why=decision.sentence, roles=decision.roles)

    async def _at_once(self, call: Call, plan: Plan, decided: Decided) -> Outcome:
        operation = await self._propose(call, plan, decided, State.AWAITING_CONFIRMATION, _AT_ONCE_LIFETIME)
        self.carrier.reached("proposed")
        return await self.carry(operation, call.principal, plan.action, plan.params, given=None, fresh=plan)

    async def _confirmed(
        self, call: Call, plan: Plan, decided: Decided, decision: NeedsConfirmation, asker: Asker
    ) -> Outcome:
        operation = await self._propose(call, plan, decided, State.AWAITING_CONFIRMATION, _CONFIRMATION_LIFETIME)
        self.carrier.reached("proposed")
        reply = await self._reply(operation, call.principal, asker, _question(plan, decision))
        if reply.verdict is Verdict.LATER:
            return _outcome(plan, Status.APPROVAL_REQUIRED, plan.question, operation.id)
        if reply.verdict is Verdict.YES:
            return await self.confirmed(operation, call, reply)
        if reply.verdict is Verdict.NO:
            await self.ledger.decide(
                operation.id, call.principal, State.DECLINED, kind=Kind.CONSENT_REFUSED, reason="Declined at the door."
            )
            return _outcome(plan, Status.DECLINED, "Declined; nothing was sent.", operation.id)
        # Nobody can be asked through this door: another person may still say yes through theirs.
        await self._end_question(operation, call.principal, reply.reason or "Nobody to ask.")
        return await self.unanswered(call, plan, decided, reply)

    async def _reply(self, operation: Operation, principal: Principal, asker: Asker, question: Question) -> Reply:
        """What comes of asking. A question that nobody waits for any more has ended."""
        try:
            return await asker.ask(question)
        except anyio.get_cancelled_exc_class():
            await self._end_question(operation, principal, "Whoever asked went away.")
            raise

    async def _end_question(self, operation: Operation, principal: Principal, reason: str) -> None:
        # Also when whoever waited for it has gone: an open question would look as if somebody could still answer it.
        with anyio.CancelScope(shield=True):
            await self.ledger.decide(operation.id, principal, State.CANCELLED, kind=Kind.CANCELLED, reason=reason)

    async def confirmed(self, operation: Operation, call: Call, reply: Reply) -> Outcome:
        """Carry out what the person at the door has said yes to.

        Raises:
            ChatopsError: it does not happen; nothing was sent.

        """
        self.carrier.reached("confirmed")
        given = Given(kind="confirmation", by=call.principal.person, roles=frozenset(), typed=reply.typed)
        principal, reason = call.principal, reply.reason or None
        return await self.carry(operation, principal, call.action, call.params, given=given, fresh=None, reason=reason)

    async def unanswered(self, call: Call, plan: Plan, decided: Decided, reply: Reply) -> Outcome:
        """Ask another person, where the one at the door said neither yes nor no.

        Raises:
            Refusal: nobody else can be asked either.

        """
        through_assistant = call.principal.assistant is not None
        why = reply.reason if through_assistant else "Nobody at this door can confirm it."
        try:
            return await self._ask_others(call, plan, decided, why=why, roles=(APPROVER,))
        except NoApproverReachable as error:
            if through_assistant:
                raise NoApproverReachable(
                    error.message, next_step=f"{error.next_step} {reply.next_step}".rstrip()
                ) from error
            raise ConsentMissing(reply.reason or error.message, next_step=reply.next_step or error.next_step) from error

    async def _ask_others(
        self, call: Call, plan: Plan, decided: Decided, *, why: str, roles: tuple[Role, ...]
    ) -> Outcome:
        reachable = self.people.reachable(call.principal.person, roles)
        if not reachable:
            able = ", ".join(self.people.approvers(call.principal.person, roles)) or "nobody"
            refusal = NoApproverReachable(
                f"{why} Nobody who could approve can be asked.",
                next_step=f"May approve: {able}. To be asked they need slack: [TEAM:USER] in the team file, and the "
                "service a Slack app; or approvals at a terminal, which need terminal: {may_approve: true}.",
            )
            await self.ledger.trail.note(of_decision(call.event(Kind.DENIED, error=refusal), plan, decided))
            raise refusal
        lifetime = self.people.team.approvals.expire_after.total_seconds()
        operation = await self._propose(call, plan, decided, State.AWAITING_APPROVAL, lifetime, roles)
        self.carrier.reached("approval_asked")
        until = datetime.fromtimestamp(operation.expires_at, UTC).isoformat(timespec="minutes")
        able = who_may({each: self.people.doors_of(each) for each in reachable}, until, operation.id)
        message = f"{plan.question} {why} {able} {_followed(call.principal, operation.id)}"
        return _outcome(plan, Status.APPROVAL_REQUIRED, message, operation.id)

    async def carry(
        self,
        operation: Operation,
        principal: Principal,
        action: AnyAction,
        params: Params,
        *,
        given: Given | None,
        fresh: Plan | None,
        reason: str | None = None,
    ) -> Outcome:
        """Use what the person at the door has given, or that nothing was needed, and send.

        Raises:
            ChatopsError: it does not happen; nothing was sent.

        """
        consent = Consent(
            principal=principal,
            given=given,
            states=frozenset({State.AWAITING_CONFIRMATION}),
            kind=Kind.CONSENT_GIVEN if given else None,
            by=principal if given else None,
            reason=reason,
        )
        try:
            return await self.carrier.carry(operation, action, params, consent, fresh=fresh)
        except StoreUnavailable:
            raise
        except ChatopsError as error:
            await self.ledger.end(operation.id, State.REFUSED, kind=Kind.DENIED, reason=error.message)
            raise

    async def _propose(
        self,
        call: Call,
        plan: Plan,
        decided: Decided,
        state: State,
        lifetime: float,
        approver_roles: tuple[Role, ...] | None = None,
    ) -> Operation:
        identifier = self.new_operation_id()
        draft = Draft(
            id=identifier,
            call=call.id,
            principal=call.principal,
            action=plan.action.name,
            risk=decided.facts.risk.name,
            count=plan.count,
            params=masked(plan.params),
            sealed=self.sealing.sealed(plan.params, identifier),
            plan={**plan.document(), "text": plan.text(), "facts": plan.facts(), "asks": _asks(decided.decision)},
            digest=plan.digest,
            text_digest=plan.text_digest,
            rules=decided.decision.rules,
            facts=dict(facts_document(decided.facts)),
            lifetime=lifetime,
            asks=not isinstance(decided.decision, Allow),
            approver_roles=approver_roles,
            parts=tuple(Part(region=batch.region, targets=batch.instance_ids) for batch in plan.batches),
        )
        operation = await self.ledger.propose(draft, state, owner=self.carrier.sender.owner)
        if operation.id != identifier and operation.state is not State.AWAITING_APPROVAL:
            raise ConsentGone(
                f"The same call is under way already, as {operation.id}.",
                next_step=f"See chatops operations show {operation.id}.",
            )
        return operation


def who_may(doors_of: Mapping[str, tuple[Surface, ...]], until: str, identifier: str) -> str:
    """Who may approve, until when, and where each of them does it."""
    command = f"chatops approvals approve {identifier}"
    doors = {*doors_of.values()}
    names = " or ".join(doors_of)
    if doors == {(Surface.TERMINAL,)}:
        return f"{names} may approve until {until}: {command}."
    if doors == {(Surface.SLACK,)}:
        return f"{names} may approve until {until}, in Slack."
    if len(doors) > 1:
        names = " or ".join(f"{name} ({' or '.join(doors_of[name])})" for name in doors_of)
    return f"{names} may approve until {until}, in Slack or at a terminal: {command}."


def _followed(principal: Principal, identifier: str) -> str:
    """How whoever asked sees what becomes of it."""
    if principal.assistant is not None:
        return f"Wait with get_operation, operation_id={identifier}, wait_seconds=60; do not call again."
    if principal.surface is Surface.SLACK:
        return "What becomes of it is shown here."
    return f"See it: chatops operations show {identifier}"


def _asks(decision: Decision) -> dict[str, JsonValue] | None:
    """What a card says that is drawn later, by a process that did not decide: why it asks, and whether to type."""
    if isinstance(decision, NeedsConfirmation | NeedsApproval):
        typed = isinstance(decision, NeedsConfirmation) and decision.typed
        return {"why": decision.sentence, "must_type": typed}
    return None


def _question(plan: Plan, decision: NeedsConfirmation) -> Question:
    change = plan.action.change
    assert change is not None  # noqa: S101  # the record refuses a changing action without one
    one = plan.targets[0].instance_id if len(plan.targets) == 1 else str(plan.count)
    return Question(
        action=plan.action.name,
        risk=plan.action.risk_of(plan.params),
        text=plan.text(),
        undo=change.undo,
        typed=one,
        must_type=decision.typed,
    )


def _outcome(plan: Plan, status: Status, message: str, identifier: str) -> Outcome:
    return Outcome(
        status=status,
        message=message,
        action=plan.action,
        params=plan.params,
        operation_id=identifier,
        plan=plan.document(),
    )
