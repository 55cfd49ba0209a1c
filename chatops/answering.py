"""The answer to a question that a door has put without waiting for it, brought in a later call, to any process.

An answer counts once: its operation waits for a confirmation, and the transaction that uses the answer ends that.
"""

from dataclasses import dataclass, replace

from chatops.asking import Asking
from chatops.audit import Kind
from chatops.call import Call
from chatops.consent import Reply, Verdict
from chatops.deciding import Decided, denied
from chatops.errors import ChatopsError, ConsentExpired, ConsentGone, Refusal
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.outcome import Outcome, Status
from chatops.planning import Plan
from chatops.policy import Deny
from chatops.principal import Principal


@dataclass(frozen=True, kw_only=True)
class Answering:
    """Takes answers."""

    asking: Asking

    async def open(self, call: Call, identifier: str) -> Operation:
        """The operation whose question was put to this person about this very call, and was not answered yet.

        Raises:
            Refusal: there is none, or it was answered before, or it is another call's.

        """
        operation = await self.asked(call.principal, identifier)
        if operation.action != call.action.name:
            raise _nothing_asked()
        if self.asking.sealing.params_of(operation, call.action) != call.params:
            raise ConsentGone(
                f"This answer belongs to {operation.id}, which was asked for with other arguments.",
                next_step="Ask again without it.",
            )
        return operation

    async def asked(self, principal: Principal, identifier: str) -> Operation:
        """The operation whose question was put to this person, and was not answered yet.

        Raises:
            Refusal: there is none, or it was answered before.

        """
        operation = await self.asking.ledger.find(identifier)
        if operation is None or operation.person != principal.person:
            raise _nothing_asked()
        if operation.state is not State.AWAITING_CONFIRMATION:
            raise _answered(operation)
        return operation

    async def answer(self, operation: Operation, call: Call, reply: Reply) -> Outcome:
        """What becomes of the call.

        Raises:
            ChatopsError: it does not happen; nothing was sent.

        """
        if reply.verdict is Verdict.YES:
            return await self.asking.confirmed(operation, call, reply)
        if reply.verdict is Verdict.NO:
            await self._close(operation, call.principal, State.DECLINED, Kind.CONSENT_REFUSED, "Declined at the door.")
            return Outcome(
                status=Status.DECLINED,
                message="Declined; nothing was sent.",
                action=call.action,
                params=call.params,
                operation_id=operation.id,
            )
        await self._close(operation, call.principal, State.CANCELLED, Kind.CANCELLED, reply.reason)
        plan, decided = await self._planned_again(operation, call)
        outcome = await self.asking.unanswered(call, plan, decided, reply)
        return replace(outcome, warnings=plan.warnings)

    async def _planned_again(self, operation: Operation, call: Call) -> tuple[Plan, Decided]:
        try:
            plan = await self.asking.carrier.planner.plan(call.principal, call.action, call.params)
            decided = await self.asking.judge.decide(call.principal, plan)
            if isinstance(decided.decision, Deny):
                raise denied(decided.decision)
        except ChatopsError as error:
            ledger = self.asking.ledger
            await ledger.trail.note(ledger.event(operation, Kind.DENIED, call.principal, reason=error.message))
            raise
        return plan, decided

    async def _close(self, operation: Operation, principal: Principal, state: State, kind: Kind, reason: str) -> None:
        closed = await self.asking.ledger.decide(operation.id, principal, state, kind=kind, reason=reason)
        if closed is None:
            raise _answered(await self.asking.ledger.find(operation.id) or operation)


def _nothing_asked() -> Refusal:
    return ConsentGone("This answer belongs to no question of this call.", next_step="Ask again without it.")


def _answered(operation: Operation) -> Refusal:
    """Why the answer comes too late."""
    if operation.state in {State.EXPIRED, State.AWAITING_CONFIRMATION}:
        return ConsentExpired(f"The question of {operation.id} has expired; nothing was sent.", next_step="Ask again.")
    return ConsentGone(
        f"The question of {operation.id} was answered before, and its answer used: "
        f"the operation is {operation.state.value.replace('_', ' ')}. Nothing is done a second time.",
        next_step=f"Look at it with get_operation, operation_id={operation.id}.",
    )
