"""Another person says yes or no, to exactly one plan, once; a yes is carried out there and then."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatops.audit import Kind
from chatops.carrying import Carrier, Consent
from chatops.errors import ChatopsError, ConsentGone, OperationUnknown, PermissionMissing, Refusal, StoreUnavailable
from chatops.operations.ledger import Ledger
from chatops.operations.records import Operation
from chatops.operations.sealing import Sealing
from chatops.operations.states import State
from chatops.outcome import Outcome
from chatops.people import People
from chatops.policy import Given
from chatops.principal import Principal, Surface
from tools import AnyAction, Params


@dataclass(frozen=True, kw_only=True)
class Approvals:
    """Deciding on what other people have asked for."""

    ledger: Ledger
    carrier: Carrier
    people: People
    sealing: Sealing
    actions: Mapping[str, AnyAction]

    async def waiting(self) -> tuple[Operation, ...]:
        """What waits for an approval."""
        await self.ledger.expire()
        return await self.ledger.listed(states=[State.AWAITING_APPROVAL])

    async def approve(self, identifier: str, approver: Principal) -> Outcome:
        """Say yes, and carry it out.

        Raises:
            Refusal: this person may not, or somebody else has decided before, or the plan no longer holds.
            StoreUnavailable: nothing was decided.

        """
        return await self.carry_out(await self.grant(identifier, approver))

    async def grant(
        self, identifier: str, approver: Principal, *, digest: str | None = None, reason: str = ""
    ) -> Operation:
        """Say yes, to be carried out by ``carry_out``. Should this process die before that, another one does it.

        Raises:
            Refusal: this person may not, or somebody else has decided before.
            StoreUnavailable: nothing was decided.

        """
        await self.decidable(identifier, approver, digest=digest)
        approved = await self.ledger.decide(
            identifier,
            approver,
            State.APPROVED,
            kind=Kind.CONSENT_GIVEN,
            reason=reason.strip() or None,
            owner=self.carrier.sender.owner,
        )
        if approved is None:
            raise await self._too_late(identifier)
        self.carrier.reached("approved")
        return approved

    async def decidable(self, identifier: str, approver: Principal, *, digest: str | None = None) -> Operation:
        """The operation, if this person may decide on it now. With ``digest``, it is that of the plan they were shown.

        Raises:
            Refusal: this person may not, or somebody else has decided before, or they were shown something else.

        """
        operation = await self._open(identifier)
        if digest is not None and digest != operation.digest:
            raise ConsentGone(
                f"What was shown is not the plan of {identifier}.", next_step=f"chatops operations show {identifier}"
            )
        self._check(operation, approver)
        return operation

    async def carry_out(self, approved: Operation) -> Outcome:
        """Carry out what was approved. A failure before anything was sent ends the operation, and says why."""
        action = self.actions[approved.action]
        asker = self.people.asker_of(approved)
        given = Given(
            kind="approval",
            by=approved.decided_by or "",
            roles=frozenset(),
        )
        consent = Consent(principal=asker, given=given, states=frozenset({State.APPROVED}), kind=None, by=None)
        params = await self._params_of(approved, action)
        try:
            return await self.carrier.carry(approved, action, params, consent)
        except StoreUnavailable:
            raise
        except ChatopsError as error:
            # Reading the phones again may have failed: then the plan could not be checked, and nothing is sent.
            await self.ledger.end(approved.id, State.REFUSED, kind=Kind.DENIED, reason=error.message)
            raise

    async def _params_of(self, approved: Operation, action: AnyAction) -> Params:
        try:
            return self.sealing.params_of(approved, action)
        except StoreUnavailable as error:
            # The store is there, and what it holds is not what was approved: that ends it, now and for every sweep.
            await self.ledger.end(approved.id, State.REFUSED, kind=Kind.DENIED, reason=error.message)
            raise Refusal(error.message, next_step="Ask again.") from error

    async def deny(self, identifier: str, approver: Principal, reason: str, *, digest: str | None = None) -> Operation:
        """Say no, with a reason.

        Raises:
            Refusal: this person may not, there is no reason, or somebody else has decided before.

        """
        if not reason.strip():
            raise Refusal("A denial needs a reason.", next_step="Say why: --reason TEXT")
        await self.decidable(identifier, approver, digest=digest)
        denied = await self.ledger.decide(
            identifier, approver, State.DECLINED, kind=Kind.CONSENT_REFUSED, reason=reason.strip()
        )
        if denied is None:
            raise await self._too_late(identifier)
        return denied

    async def _open(self, identifier: str) -> Operation:
        await self.carrier.renew()
        await self.ledger.expire()
        operation = await self.ledger.find(identifier)
        if operation is None:
            raise OperationUnknown(f"There is no operation {identifier!r}.", next_step="See chatops approvals list.")
        if operation.state is not State.AWAITING_APPROVAL:
            raise await self._too_late(identifier)
        return operation

    async def _too_late(self, identifier: str) -> Refusal:
        operation = await self.ledger.find(identifier)
        if operation is None:
            return ConsentGone(f"There is no operation {identifier!r} any more.")
        state = operation.state.value.replace("_", " ")
        by = f" by {operation.decided_by}" if operation.decided_by else ""
        return ConsentGone(
            f"{identifier} was decided before: {state}{by}.", next_step=f"chatops operations show {identifier}"
        )

    def _check(self, operation: Operation, approver: Principal) -> None:
        if approver.surface is Surface.MCP or approver.assistant is not None:
            raise PermissionMissing("Nothing is approved through an assistant.")
        if approver.surface is Surface.TERMINAL and not self.people.team.terminal.may_approve:
            raise PermissionMissing(
                "The team file does not allow approvals at a terminal.",
                next_step="Set terminal: {may_approve: true} there if a terminal is trusted that far.",
            )
        able = self.people.approvers(operation.person, operation.approver_roles)
        if approver.person in able:
            return
        next_step = f"May approve: {', '.join(able) or 'nobody'}."
        if approver.person == operation.person:
            raise PermissionMissing(
                f"{approver.person} has asked for {operation.id}, so another person has to decide.",
                next_step=next_step,
            )
        raise PermissionMissing(
            f"{approver.person} may not decide on {operation.id}: that needs {' and '.join(operation.approver_roles)}.",
            next_step=next_step,
        )
