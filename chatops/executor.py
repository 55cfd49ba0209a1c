"""The one path of a call: permission, parse, plan, decide, consent, carry out; every step is in the audit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import anyio
from pydantic import JsonValue

from chatops.asking import Asking
from chatops.audit import AuditEvent, Kind, Trail, Unwritten
from chatops.carrying import Planner
from chatops.cloud import Answer, CloudClient
from chatops.consent import Asker
from chatops.deciding import Decided, ReadGuard, denied, facts_document
from chatops.errors import (
    ChatopsError,
    InvalidParams,
    PermissionMissing,
    PersonUnknown,
    Refusal,
    StoreUnavailable,
    UnknownAction,
)
from chatops.operations.records import Operation
from chatops.operations.sealing import masked
from chatops.outcome import Outcome, Status, ended, status_of
from chatops.parsing import parse
from chatops.planning import Plan
from chatops.policy import Deny
from chatops.principal import Principal, Surface
from chatops.progress import counted
from chatops.roles import missing, roles_with
from tools import AnyAction, Compose, Params, Result, Risk, Targets, clean_text, list_instances

_NAME_LIMIT = 64
_PHONES_A_READ = 100


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call on its way; every event of it carries its id."""

    id: str
    principal: Principal
    action: AnyAction
    params: Params


@dataclass(frozen=True, kw_only=True)
class Executor:
    """Carries calls out, for every door alike. ``new_id`` gives ids that never repeat.

    Without a store there is nobody to ask: ``asking`` is None, ``why_not`` says why, reads go on and changes do not.
    """

    actions: Mapping[str, AnyAction]
    client: CloudClient
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
            return await (self._read(call) if action.risk is Risk.READ else self._change(call, asker, plan_only))
        except ChatopsError as error:
            return ended(error, action=action, params=params)

    def _refused(
        self, principal: Principal, name: str, arguments: Mapping[str, JsonValue], call_id: str, error: ChatopsError
    ) -> AuditEvent:
        """A call that was no call yet: what of its arguments cannot be read is named, and never written down."""
        kind = Kind.INVALID if isinstance(error, InvalidParams) else Kind.DENIED
        event = _event(kind, principal, clean_text(name, limit=_NAME_LIMIT, lines=False), call_id, error=error)
        action = self.actions.get(name)
        if action is None:
            return event
        try:
            return replace(event, params=masked(parse(action, arguments)))
        except InvalidParams as invalid:
            return replace(event, details={"problems": [*invalid.problems]})

    def _permitted(self, principal: Principal, name: str) -> AnyAction:
        action = self.actions.get(name)
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
            self.trail.later(self._of(call, Kind.DENIED, error=refusal))
            raise
        try:
            call, answer = await self._answer(call)
        except ChatopsError as error:
            self.trail.later(self._of(call, Kind.ANSWERED, error=error))
            raise
        except anyio.get_cancelled_exc_class():
            self.trail.later(self._of(call, Kind.CANCELLED))
            raise
        warnings = tuple(call.action.warn(call.params, answer.result)) if call.action.warn else ()
        outcome = Outcome(
            status=Status.DONE,
            message=call.action.view.say(call.params, answer.result),
            action=call.action,
            params=call.params,
            result=answer.result,
            warnings=(*warnings, *answer.warnings, *self.trail.gaps),
        )
        self.trail.later(self._of(call, Kind.ANSWERED, status=outcome.status, request_ids=answer.request_ids))
        return outcome

    async def _answer(self, call: Call) -> tuple[Call, Answer[Result]]:
        """The answer to a read; one about phones is asked for as many at a time as the API takes."""
        action, params = call.action, call.params
        if not isinstance(params, Targets):
            return call, await self._whole(action, params)
        picked = await self.planner.picked(params)
        ids, look = picked.ids, picked.look
        pinned = params.pinned(ids)
        answers = [
            await self.client.read(action, params.pinned(ids[begin : begin + _PHONES_A_READ]))
            for begin in counted(range(0, len(ids), _PHONES_A_READ), "requests answered")
        ]
        results: list[Result] = [answer.result for answer in answers]
        joined = results[0] if len(results) == 1 or action.join is None else action.join(pinned, results)
        answer: Answer[Result] = Answer(
            result=joined,
            request_ids=(
                *(look.request_ids if look else ()),
                *(each for answer in answers for each in answer.request_ids),
            ),
            warnings=tuple(
                dict.fromkeys((*(look.notes if look else ()), *(each for one in answers for each in one.warnings)))
            ),
        )
        return replace(call, params=pinned), answer

    async def _whole(self, action: AnyAction, params: Params) -> Answer[Result]:
        """What is counted over the whole fleet is made of the last listing, unless that is old."""
        by = action.by
        asked = by.ask(params) if isinstance(by, Compose) else None
        if not isinstance(by, Compose) or not isinstance(asked, list_instances.EveryInstance):
            return await self.client.read(action, params)
        look = await self.planner.look()
        listed = list_instances.chosen(asked, look.snapshot.phones, complete=look.snapshot.complete)
        return Answer(result=by.answer(params, listed), request_ids=look.request_ids, warnings=look.notes)

    async def _change(self, call: Call, asker: Asker, plan_only: bool) -> Outcome:
        if self.asking is None:
            raise self.why_not or StoreUnavailable("There is no store, so nothing is changed.")
        await self.trail.note(self._of(call, Kind.ASKED))
        try:
            plan = await self.planner.plan(call.principal, call.action, call.params)
        except ChatopsError as error:
            kind = Kind.DENIED if isinstance(error, Refusal) else Kind.ANSWERED
            await self.trail.note(self._of(call, kind, error=error))
            raise
        decided = await self.asking.judge.decide(call.principal, plan)
        if plan_only:
            # A look without consequence: nothing is asked, nothing is kept but the audit's lines.
            await self.trail.note(_decided(self._of(call, Kind.PLANNED, status=Status.PLANNED), plan, decided))
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
            await self.trail.note(_decided(self._of(call, Kind.DENIED, error=refusal), plan, decided))
            raise refusal
        outcome = await self.asking.settle(call.principal, plan, decided, asker)
        return replace(outcome, warnings=tuple(dict.fromkeys((*plan.warnings, *outcome.warnings))))

    @staticmethod
    def _of(
        call: Call,
        kind: Kind,
        *,
        status: Status | None = None,
        error: ChatopsError | None = None,
        request_ids: tuple[str, ...] = (),
    ) -> AuditEvent:
        event = _event(kind, call.principal, call.action.name, call.id, error=error)
        return replace(
            event,
            params=masked(call.params),
            status=status.value if status else event.status,
            request_ids=request_ids or event.request_ids,
        )


def stranger_event(stranger: PersonUnknown, surface: Surface) -> AuditEvent:
    """Somebody whom the team file does not name was at a door."""
    account = clean_text(stranger.account, limit=_NAME_LIMIT, lines=False)
    return AuditEvent(
        kind=Kind.DENIED,
        status=Status.REFUSED.value,
        error=stranger.code,
        details={"account": account, "door": surface.value},
    )


def _decided(event: AuditEvent, plan: Plan, decided: Decided) -> AuditEvent:
    """The event, with the plan it is about and on which facts that was decided by which rules."""
    return replace(
        event,
        targets=tuple(target.instance_id for target in plan.targets),
        facts=facts_document(decided.facts),
        rules=decided.decision.rules,
        plan_digest=plan.digest,
    )


def _event(
    kind: Kind, principal: Principal, action: str, call: str, *, error: ChatopsError | None = None
) -> AuditEvent:
    return AuditEvent(
        kind=kind,
        principal=principal,
        action=action,
        call=call,
        status=status_of(error).value if error else None,
        error=error.code if error else None,
        request_ids=error.request_ids if error else (),
    )
