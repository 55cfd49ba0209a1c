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
from chatops.control import Asked, Control
from chatops.deciding import ReadGuard, denied
from chatops.errors import (
    ChatopsError,
    InvalidParams,
    PermissionMissing,
    Refusal,
    StoreUnavailable,
    UnknownAction,
)
from chatops.operations.records import Operation
from chatops.operations.sealing import masked
from chatops.outcome import Outcome, Status, ended, status_of
from chatops.parsing import parse
from chatops.pickups import Pickups
from chatops.policy import Deny
from chatops.principal import Principal
from chatops.progress import counted
from chatops.roles import roles_with
from tools import OPEN, AnyAction, Own, Params, Result, Risk, Targets, called, clean_text, holds_secret

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

    Without a store there is nobody to ask and nothing of our own to look at: ``asking`` and ``control`` are None,
    ``why_not`` says why, reads of the cloud go on and nothing else does.
    """

    actions: Mapping[str, AnyAction]
    client: CloudClient
    planner: Planner
    guard: ReadGuard
    asking: Asking | None
    control: Control | None
    pickups: Pickups | None
    trail: Trail | Unwritten
    new_id: Callable[[], str]
    why_not: StoreUnavailable | None = None

    async def find(self, operation: str) -> Operation | None:
        """The record of a changing call, or None."""
        return await self.asking.ledger.find(operation) if self.asking is not None else None

    def offered(self, principal: Principal) -> tuple[AnyAction, ...]:
        """What this person's roles include, in alphabetical order."""
        return tuple(action for action in self.actions.values() if not _missing(action, principal))

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
            shown = clean_text(name, limit=_NAME_LIMIT, lines=False)
            kind = Kind.INVALID if isinstance(error, InvalidParams) else Kind.DENIED
            await self.trail.note(_event(kind, principal, shown, call_id, error=error))
            return ended(error, action=action)
        call = Call(id=call_id, principal=principal, action=action, params=params)
        try:
            if action.risk is Risk.READ or isinstance(action.by, Own):
                return await self._read(call)
            return await self._change(call, asker, plan_only)
        except ChatopsError as error:
            return ended(error, action=action, params=params)

    def _permitted(self, principal: Principal, name: str) -> AnyAction:
        action = called(self.actions, name)
        if action is None or (principal.assistant is not None and _missing(action, principal)):
            shown = clean_text(name, limit=_NAME_LIMIT, lines=False)
            raise UnknownAction(f"There is no action {shown!r}.", next_step="Choose one of those that are listed.")
        missing = _missing(action, principal)
        if missing:
            holders = " or ".join(roles_with(missing[0])) or "nobody"
            raise PermissionMissing(
                f"{principal.person} may not {action.name}: it needs {missing[0]}.",
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
        message = call.action.view.say(call.params, answer.result)
        if self._is_left(call):
            message = f"{message} {await self._leave(call, answer.result)}"
        warnings = tuple(call.action.warn(call.params, answer.result)) if call.action.warn else ()
        outcome = Outcome(
            status=Status.DONE,
            message=message,
            action=call.action,
            params=call.params,
            result=answer.result,
            warnings=(*warnings, *answer.warnings, *self.trail.gaps),
        )
        self.trail.later(self._of(call, Kind.ANSWERED, status=outcome.status, request_ids=answer.request_ids))
        return outcome

    @staticmethod
    def _is_left(call: Call) -> bool:
        """Whether the answer holds a secret that its person picks up elsewhere: no assistant is handed one."""
        result: type[Result] = call.action.result
        return call.principal.assistant is not None and holds_secret(result)

    async def _leave(self, call: Call, result: Result) -> str:
        assert self.pickups is not None  # noqa: S101  # it was looked at before the secret was asked for
        content = result.model_dump(mode="json", exclude_none=True, context=OPEN)
        return (await self.pickups.leave(call.principal, call.action.name, content)).told

    async def _answer(self, call: Call) -> tuple[Call, Answer[Result]]:
        """The answer to a read; one about phones is asked for as many at a time as the API takes."""
        action, params = call.action, call.params
        if self._is_left(call) and self.pickups is None:
            raise self.why_not or StoreUnavailable("There is no store in which it could wait for its person.")
        if isinstance(action.by, Own):
            if self.control is None:
                raise self.why_not or StoreUnavailable("There is no store, so there is nothing to look at.")
            asked = Asked(control=self.control, principal=call.principal)
            return call, Answer(result=await action.by.answer(asked, params), request_ids=(), warnings=())
        if not isinstance(params, Targets):
            return call, await self.client.read(action, params)
        ids = await self.planner.ids_of(params)
        pinned = params.pinned(ids)
        answers = [
            await self.client.read(action, params.pinned(ids[begin : begin + _PHONES_A_READ]))
            for begin in counted(range(0, len(ids), _PHONES_A_READ), "requests answered")
        ]
        results: list[Result] = [answer.result for answer in answers]
        joined = results[0] if len(results) == 1 or action.join is None else action.join(pinned, results)
        answer: Answer[Result] = Answer(
            result=joined,
            request_ids=tuple(each for answer in answers for each in answer.request_ids),
            warnings=tuple(dict.fromkeys(each for answer in answers for each in answer.warnings)),
        )
        return replace(call, params=pinned), answer

    async def _change(self, call: Call, asker: Asker, plan_only: bool) -> Outcome:
        if self.asking is None:
            raise self.why_not or StoreUnavailable("There is no store, so nothing is changed.")
        try:
            plan = await self.planner.plan(call.principal, call.action, call.params)
        except ChatopsError as error:
            kind = Kind.DENIED if isinstance(error, Refusal) else Kind.ASKED
            await self.trail.note(self._of(call, kind, error=error))
            raise
        if plan_only:
            # A look without consequence: nothing is asked, nothing is kept but the audit's line.
            await self.trail.note(self._of(call, Kind.PLANNED, status=Status.PLANNED))
            return Outcome(
                status=Status.PLANNED,
                message=plan.question,
                action=call.action,
                params=call.params,
                warnings=plan.warnings,
                plan=plan.document(),
            )
        decided = await self.asking.judge.decide(call.principal, plan)
        if isinstance(decided.decision, Deny):
            refusal = denied(decided.decision)
            await self.trail.note(replace(self._of(call, Kind.DENIED, error=refusal), rules=decided.decision.rules))
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


def _missing(action: AnyAction, principal: Principal) -> tuple[str, ...]:
    return tuple(str(each) for each in action.permissions if str(each) not in principal.permissions)


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
