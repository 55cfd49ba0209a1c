"""The one path of a call: parse, permission, decide, consent, send, settle, and a line in the audit for each step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import anyio
from pydantic import JsonValue

from chatops.audit import Audit, Entry
from chatops.cloud import Answer, CloudClient, Grant
from chatops.consent import Asker, Question, Verdict
from chatops.errors import (
    AuditUnavailable,
    ChatopsError,
    ConsentMissing,
    InvalidParams,
    OutcomeUnknown,
    PermissionMissing,
    Refusal,
    UnknownAction,
)
from chatops.outcome import Outcome, Status
from chatops.parsing import parse
from chatops.principal import Principal
from chatops.roles import roles_with
from chatops.team import Team
from tools import AnyAction, Compose, Params, Permission, Result, Risk, Settled, Targets, clean_text

_NAME_LIMIT = 64
_ORDERS = Permission("orders:create")
_STATUS_OF = {
    Settled.ACCEPTED: Status.ACCEPTED,
    Settled.DONE: Status.DONE,
    Settled.PARTIAL: Status.PARTIAL,
    Settled.FAILED: Status.FAILED,
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call on its way; every audit line of it carries its id."""

    id: str
    principal: Principal
    action: AnyAction
    params: Params

    @property
    def risk(self) -> Risk:
        """The risk of these very params."""
        return self.action.risk_of(self.params)

    @property
    def count(self) -> int:
        """How many phones it concerns; confirmation texts read it."""
        return self.action.count_of(self.params)


@dataclass(frozen=True, kw_only=True)
class Executor:
    """Carries calls out, for every door alike. ``now`` gives aware times, ``new_id`` ids that never repeat."""

    actions: Mapping[str, AnyAction]
    client: CloudClient
    audit: Audit
    team: Team
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def offered(self, principal: Principal) -> tuple[AnyAction, ...]:
        """What this person's roles include, in alphabetical order."""
        return tuple(action for action in self.actions.values() if not _missing(action, principal))

    async def run(self, principal: Principal, name: str, arguments: Mapping[str, JsonValue], asker: Asker) -> Outcome:
        """Carry the call out, or say why not. Raises nothing that a door would have to explain."""
        call_id = self.new_id()
        action: AnyAction | None = None
        try:
            action = self._permitted(principal, name)
            params = parse(action, arguments)
        except ChatopsError as error:
            shown = clean_text(name, limit=_NAME_LIMIT, lines=False)
            await self._note(Entry(call=call_id, step="refused", principal=principal, action=shown, params={}), error)
            return _ended(error, action=action)
        call = Call(id=call_id, principal=principal, action=action, params=params)
        try:
            return await (self._read(call) if action.risk is Risk.READ else self._change(call, asker))
        except ChatopsError as error:
            return _ended(error, action=action, params=params)

    def _permitted(self, principal: Principal, name: str) -> AnyAction:
        action = self.actions.get(name)
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
            answer: Answer[Result] = await self.client.read(call.action, call.params)
        except ChatopsError as error:
            await self._note(_entry(call, "answered"), error)
            raise
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                await self._note(_entry(call, "cancelled"))
            raise
        outcome = _answered(call, answer, Status.DONE)
        noted = await self._note(_entry(call, "answered", outcome.status, answer.request_ids))
        return outcome if noted else _unaudited(outcome)

    async def _change(self, call: Call, asker: Asker) -> Outcome:
        try:
            self._check_freeze(call)
            self._check_limits(call)
            declined = await self._consent(call, asker)
        except ChatopsError as error:
            await self._note(_entry(call, "refused"), error)
            raise
        if declined is not None:
            await self._note(_entry(call, "declined", declined.status))
            return declined
        # Once it is written down that it is sent, it is sent and settled: a door that goes away cannot tear that apart.
        with anyio.CancelScope(shield=True):
            await self.audit.write(_entry(call, "sent"))
            outcome = await self._send(call)
        return outcome  # noqa: RET504  # returned inside, the type checker takes the scope for one that swallows

    async def _send(self, call: Call) -> Outcome:
        change = call.action.change
        assert change is not None  # noqa: S101  # the record refuses a changing action without one
        grant = Grant.covering(call.action, call.params, principal=call.principal.person)
        try:
            answer: Answer[Result] = await self.client.change(grant, call.action, call.params)
        except ChatopsError as error:
            await self._note(_entry(call, "settled"), error)
            raise
        outcome = _answered(call, answer, _STATUS_OF[change.settled(call.params, answer.result)])
        noted = await self._note(_entry(call, "settled", outcome.status, answer.request_ids))
        return outcome if noted else _unaudited(outcome)

    def _check_freeze(self, call: Call) -> None:
        for window in self.team.freeze:
            if window.holds(self.now()):
                raise Refusal(
                    f"Changes are frozen until {window.until.isoformat(timespec='minutes')}: {window.reason}.",
                    next_step=f"{call.action.name} changes something; reads go on. The window stands in the team file.",
                )

    def _check_limits(self, call: Call) -> None:
        limits = self.team.limits
        order = call.action.permission == _ORDERS
        most, name = (
            (limits.instances_per_order, "instances_per_order") if order else (limits.max_targets, "max_targets")
        )
        if call.count > most:
            raise Refusal(
                f"{call.count} phones in one call are more than {name} allows ({most}).",
                next_step=f"Name fewer, or have limits: {{{name}: …}} raised in the team file.",
            )

    async def _consent(self, call: Call, asker: Asker) -> Outcome | None:
        """None to go on; an outcome when the person said no."""
        change = call.action.change
        assert change is not None  # noqa: S101  # the record refuses a changing action without one
        if call.risk <= Risk.CHANGE:
            return None
        question = Question(
            action=call.action.name,
            risk=call.risk,
            text=change.confirm(call.params, call),
            undo=change.undo,
            typed=_typed(call),
        )
        reply = await asker.ask(question)
        if reply.verdict is Verdict.CANNOT_ASK:
            raise ConsentMissing(reply.reason, next_step=reply.next_step)
        if reply.verdict is Verdict.NO:
            return Outcome(
                status=Status.DECLINED, message="Declined; nothing was sent.", action=call.action, params=call.params
            )
        return None

    async def _note(self, entry: Entry, error: ChatopsError | None = None) -> bool:
        """Write the line; whether it could be. What has happened is told even if it cannot be written down."""
        if error is not None:
            status = _status_of(error)
            entry = replace(entry, status=status.value, error=error.code, request_ids=error.request_ids)
        try:
            await self.audit.write(entry)
        except AuditUnavailable:
            return False
        return True


def _missing(action: AnyAction, principal: Principal) -> tuple[str, ...]:
    needed = [str(action.permission)]
    if isinstance(action.by, Compose):
        needed.append(str(action.by.needs.permission))
    return tuple(permission for permission in needed if permission not in principal.permissions)


def _typed(call: Call) -> str:
    if isinstance(call.params, Targets) and len(call.params.instance_ids) == 1:
        return call.params.instance_ids[0]
    return str(call.count)


def _entry(call: Call, step: str, status: Status | None = None, request_ids: tuple[str, ...] = ()) -> Entry:
    return Entry(
        call=call.id,
        step=step,
        principal=call.principal,
        action=call.action.name,
        params=call.params.model_dump(mode="json", exclude_none=True),
        status=status.value if status else None,
        request_ids=request_ids,
    )


def _answered(call: Call, answer: Answer[Result], status: Status) -> Outcome:
    action = call.action
    warnings = tuple(action.warn(call.params, answer.result)) if action.warn else ()
    return Outcome(
        status=status,
        message=action.view.say(call.params, answer.result),
        action=action,
        params=call.params,
        result=answer.result,
        warnings=(*warnings, *answer.warnings),
    )


def _unaudited(outcome: Outcome) -> Outcome:
    warning = "This call could not be written to the audit; tell whoever runs this service."
    return replace(outcome, warnings=(*outcome.warnings, warning))


def _status_of(error: ChatopsError) -> Status:
    if isinstance(error, InvalidParams):
        return Status.INVALID
    if isinstance(error, (Refusal, AuditUnavailable)):
        return Status.REFUSED
    return Status.UNKNOWN if isinstance(error, OutcomeUnknown) else Status.FAILED


def _ended(error: ChatopsError, *, action: AnyAction | None = None, params: Params | None = None) -> Outcome:
    return Outcome(status=_status_of(error), message=error.message, action=action, params=params, error=error)
