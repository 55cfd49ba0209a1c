"""The one path of a call: permission, parse, plan, decide, consent, carry out; every step is in the audit."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import anyio
from pydantic import JsonValue

from chatops.answering import Answering
from chatops.asking import Asking
from chatops.audit import AuditEvent, Kind, Trail, Unwritten
from chatops.call import Call, of_decision, step
from chatops.carrying import Planner
from chatops.consent import Asker, Reply
from chatops.deciding import ReadGuard, denied
from chatops.errors import (
    ChatopsError,
    FactsChanged,
    InvalidParams,
    PermissionMissing,
    PersonUnknown,
    Refusal,
    StoreUnavailable,
    UnknownAction,
)
from chatops.operations.records import Operation
from chatops.operations.sealing import masked
from chatops.outcome import Outcome, Status, ended
from chatops.parsing import parse
from chatops.policy import Deny
from chatops.principal import Principal, Surface
from chatops.reading import Reading
from chatops.roles import missing, roles_with
from chatops.standing import Standing, standing_of
from tools import AnyAction, called, clean_text

_NAME_LIMIT = 64


@dataclass(frozen=True, kw_only=True)
class Executor:
    """Carries calls out, for every door alike. ``new_id`` gives ids that never repeat.

    Without a store there is nobody to ask: ``asking`` is None, ``why_not`` says why, reads of the cloud go on and
    nothing else does.
    """

    actions: Mapping[str, AnyAction]
    reading: Reading
    planner: Planner
    guard: ReadGuard
    asking: Asking | None
    trail: Trail | Unwritten
    new_id: Callable[[], str]
    why_not: StoreUnavailable | None = None

    async def find(self, operation: str) -> Operation | None:
        """The record of a changing call, or None."""
        return await self.asking.ledger.find(operation) if self.asking is not None else None

    async def turn_away(self, stranger: PersonUnknown, surface: Surface) -> None:
        """Write down that somebody was at a door whom the team file does not name, or not any more."""
        await self.trail.note(stranger_event(stranger, surface))

    async def standing(self) -> Standing:
        """What stands against changes now.

        Raises:
            StoreUnavailable: the store cannot be read, so nothing is changed anyway.

        """
        return await standing_of(self.guard.policy.team, self.asking.judge.database if self.asking else None)

    def key(self, purpose: str) -> bytes | None:
        """A key of the store for one purpose of a door; all processes on it have the same. None without a store."""
        return self.asking.sealing.keyring.derived(purpose).secret if self.asking is not None else None

    def offered(self, principal: Principal) -> tuple[AnyAction, ...]:
        """What this person's roles include, in alphabetical order."""
        return tuple(action for action in self.actions.values() if not missing(action, principal.permissions))

    async def run(
        self,
        principal: Principal,
        name: str,
        arguments: Mapping[str, JsonValue],
        asker: Asker,
        *,
        plan_only: bool = False,
    ) -> Outcome:
        """Carry the call out, or say why not. Raises nothing that a door would have to explain."""

        def carried_out(call: Call) -> Awaitable[Outcome]:
            return self._read(call) if call.action.change is None else self._change(call, asker, plan_only)

        return await self._called(principal, name, arguments, carried_out)

    async def confirm(
        self,
        principal: Principal,
        name: str,
        arguments: Mapping[str, JsonValue],
        operation: str,
        reply: Reply,
    ) -> Outcome:
        """Go on with a call whose question was left to LATER, now that there is a reply. It counts once."""
        return await self._called(principal, name, arguments, lambda call: self._confirmed(call, operation, reply))

    async def confirm_stored(self, principal: Principal, operation: str, reply: Reply, asker: Asker) -> Outcome:
        """The same for a door that kept nothing but the operation: what was asked for is taken from the store.

        Where the phones have changed since, it is planned and asked anew through ``asker``, as another operation.
        """
        try:
            asking = self._asking()
            asked = await Answering(asking=asking).asked(principal, operation)
            arguments = asking.sealing.arguments_of(asked)
        except ChatopsError as error:
            shown = clean_text(operation, limit=_NAME_LIMIT, lines=False)
            event = step(Kind.DENIED, principal, "", self.new_id(), error=error)
            await self.trail.note(replace(event, action=None, operation=shown))
            return ended(error)
        outcome = await self.confirm(principal, asked.action, arguments, operation, reply)
        if not isinstance(outcome.error, FactsChanged):
            return outcome
        again = await self.run(principal, asked.action, arguments, asker)
        return replace(again, message=f"{outcome.message} {again.message}")

    async def _called(
        self,
        principal: Principal,
        name: str,
        arguments: Mapping[str, JsonValue],
        carried_out: Callable[[Call], Awaitable[Outcome]],
    ) -> Outcome:
        call_id = self.new_id()
        action: AnyAction | None = None
        try:
            action = self._permitted(principal, name)
            params = parse(action, arguments)
        except ChatopsError as error:
            await self.trail.note(self._refused(principal, name, arguments, call_id, error))
            return ended(error, action=action)
        call = Call(id=call_id, principal=principal, action=action, params=params)
        try:
            return await carried_out(call)
        except ChatopsError as error:
            return ended(error, action=action, params=params)

    def _refused(
        self, principal: Principal, name: str, arguments: Mapping[str, JsonValue], call_id: str, error: ChatopsError
    ) -> AuditEvent:
        """A call that was no call yet: what of its arguments cannot be read is named, and never written down."""
        kind = Kind.INVALID if isinstance(error, InvalidParams) else Kind.DENIED
        event = step(kind, principal, clean_text(name, limit=_NAME_LIMIT, lines=False), call_id, error=error)
        action = called(self.actions, name)
        if action is None:
            return event
        try:
            return replace(event, params=masked(parse(action, arguments)))
        except InvalidParams as invalid:
            return replace(event, details={"problems": [*invalid.problems]})

    def _permitted(self, principal: Principal, name: str) -> AnyAction:
        action = called(self.actions, name)
        if action is None or (principal.assistant is not None and missing(action, principal.permissions)):
            shown = clean_text(name, limit=_NAME_LIMIT, lines=False)
            raise UnknownAction(f"There is no action {shown!r}.", next_step="Choose one of those that are listed.")
        if lacking := missing(action, principal.permissions):
            holders = " or ".join(roles_with(lacking[0])) or "nobody"
            raise PermissionMissing(
                f"{principal.person} may not {action.name}: it needs {lacking[0]}.",
                next_step=f"That comes with the role {holders}; the team file says who has it.",
            )
        return action

    async def _read(self, call: Call) -> Outcome:
        try:
            self.guard.check(call.principal, call.action, call.params)
        except Refusal as refusal:
            self.trail.later(call.event(Kind.DENIED, error=refusal))
            raise
        try:
            pinned, answer = await self.reading.answer(call.principal, call.action, call.params)
        except ChatopsError as error:
            self.trail.later(call.event(Kind.ANSWERED, error=error))
            raise
        except anyio.get_cancelled_exc_class():
            self.trail.later(call.event(Kind.CANCELLED))
            raise
        call = replace(call, params=pinned)
        left = await self.reading.left(call.principal, call.action, answer.result)
        warnings = tuple(call.action.warn(call.params, answer.result)) if call.action.warn else ()
        outcome = Outcome(
            status=Status.DONE,
            message=f"{call.action.view.say(call.params, answer.result)} {left}".rstrip(),
            action=call.action,
            params=call.params,
            result=answer.result,
            warnings=(*warnings, *answer.warnings, *self.trail.gaps),
        )
        self.trail.later(call.event(Kind.ANSWERED, status=outcome.status, request_ids=answer.request_ids))
        return outcome

    def _asking(self) -> Asking:
        if self.asking is None:
            raise self.why_not or StoreUnavailable("There is no store, so nothing is changed.")
        return self.asking

    async def _confirmed(self, call: Call, identifier: str, reply: Reply) -> Outcome:
        answering = Answering(asking=self._asking())
        try:
            operation = await answering.open(call, identifier)
        except Refusal as refusal:
            await self.trail.note(replace(call.event(Kind.DENIED, error=refusal), operation=identifier))
            raise
        return await answering.answer(operation, call, reply)

    async def _change(self, call: Call, asker: Asker, plan_only: bool) -> Outcome:
        asking = self._asking()
        await self.trail.note(call.event(Kind.ASKED))
        try:
            plan = await self.planner.plan(call.principal, call.action, call.params)
        except ChatopsError as error:
            kind = Kind.DENIED if isinstance(error, Refusal) else Kind.ANSWERED
            await self.trail.note(call.event(kind, error=error))
            raise
        decided = await asking.judge.decide(call.principal, plan)
        if plan_only:
            # A look without consequence: nothing is asked, nothing is kept but the audit's lines.
            await self.trail.note(of_decision(call.event(Kind.PLANNED, status=Status.PLANNED), plan, decided))
            return Outcome(
                status=Status.PLANNED,
                message=plan.question,
                action=call.action,
                params=call.params,
                warnings=plan.warnings,
                plan=plan.document(),
            )
        if isinstance(decided.decision, Deny):
            refusal = denied(decided.decision)
            await self.trail.note(of_decision(call.event(Kind.DENIED, error=refusal), plan, decided))
            raise refusal
        outcome = await asking.settle(call, plan, decided, asker)
        return replace(outcome, warnings=tuple(dict.fromkeys((*plan.warnings, *outcome.warnings))))


def stranger_event(stranger: PersonUnknown, surface: Surface) -> AuditEvent:
    """Somebody whom the team file does not name was at a door."""
    account = clean_text(stranger.account, limit=_NAME_LIMIT, lines=False)
    return AuditEvent(
        kind=Kind.DENIED,
        status=Status.REFUSED.value,
        error=stranger.code,
        details={"account": account, "door": surface.value},
    )
