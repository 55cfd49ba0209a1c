"""why, op and audit: what would be decided, what became of a call, and what happened; told to whoever asks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from chatops import values
from chatops.audit import Filter
from chatops.auditing import events_table, visible_events
from chatops.consent import NobodyToAsk
from chatops.errors import InvalidParams
from chatops.operations.by_phone import by_phone, rows
from chatops.operations.visible import find_visible
from chatops.principal import Principal
from chatops.showing import approval
from chatops.store import now
from chatops.surfaces.slack import words
from chatops.surfaces.slack.asked import Asked, Misread, pointed_at
from chatops.surfaces.slack.drawing import drawn, drawn_outcome
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.flows.telling import whisper
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.options import Grammar, Unread

_WHY = "why reboot PHONE"
_OP = Grammar(example="op op_0123456789abcdef", words=("the id of an operation",))
_AUDIT = Grammar(
    example="audit --since 2h --denied",
    valued=("since", "person", "action", "operation", "limit"),
    flags=("denied",),
)
_EVENTS, _MOST_EVENTS = 20, 90


async def why(office: Office, place: Place, principal: Principal, rest: str, begin: Begin) -> None:  # noqa: ARG001  # reads may be done again
    """Say what would be decided of a call, by which rules, and who could approve it. Nothing is done."""
    executor = office.service.executor
    found = words.read(rest, executor.actions, command=f"{office.command} why", own=())
    if isinstance(found, Misread):
        raise Unread(found)
    if not isinstance(found, Asked):
        raise _incomplete(office, rest, "why needs the call that is meant")
    if found.missing:
        raise _incomplete(office, rest, f"{', '.join(found.missing)} of {found.action.word} must be known to say why")
    asked: dict[str, JsonValue] = {"action": found.action.name, "arguments": dict(found.arguments)}
    outcome = await executor.run(principal, "explain_decision", asked, NobodyToAsk())
    await whisper(office, place, drawn_outcome(outcome).message)


def _incomplete(office: Office, rest: str, problem: str) -> Unread:
    line = f"why {rest}".rstrip()
    pointed = pointed_at(office.command, line, len(line) - 1, len(line))
    return Unread(Misread(problem=problem, pointed=pointed, example=f"{office.command} {_WHY}"))


async def op(office: Office, place: Place, principal: Principal, rest: str, begin: Begin) -> None:  # noqa: ARG001  # reads may be done again
    """Show one operation with its plan, its requests, and what is known of each phone, failures first."""
    identifier = _OP.read("op", rest, office.command).words[0]
    service = office.service
    await service.ledger.expire()
    operation = await find_visible(service.ledger, identifier, principal)
    shown = approval(operation, service.people.approvers(operation.person, operation.approver_roles))
    known = by_phone(operation, service.actions.get(operation.action))
    elsewhere = f"chatops operations show {operation.id}"
    whole = replace(shown, rows=(*shown.rows, *rows(known, f"{elsewhere} --json")))
    await whisper(office, place, drawn(whole, rest=f"{elsewhere}, at a terminal,").message)


async def audit(office: Office, place: Place, principal: Principal, rest: str, begin: Begin) -> None:  # noqa: ARG001  # reads may be done again
    """Show the newest events: one's own, or all to approvers and admins."""
    given = _AUDIT.read("audit", rest, office.command)
    asked = given.values
    wanted = Filter(
        since=await _since(office, asked["since"]) if "since" in asked else None,
        person=asked.get("person"),
        action=asked.get("action"),
        operation=asked.get("operation"),
        denied="denied" in given.flags,
    )
    limit = _limit(asked.get("limit", str(_EVENTS)))
    await office.service.trail.flush()
    events = await visible_events(office.service.database, wanted, principal, limit=limit)
    await whisper(office, place, drawn(events_table(events), rest="chatops audit show, at a terminal,").message)


async def _since(office: Office, text: str) -> datetime:
    """A time ago such as 2h, by the store's clock, or a moment; one without a zone is in UTC."""
    try:
        ago = values.seconds(text)
    except ValueError:
        pass
    else:
        return datetime.fromtimestamp(await office.service.database.read(now), UTC) - timedelta(seconds=ago)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidParams(f"--since: {text[:40]!a} is no time.", next_step="Write 2h, 1d or 2026-11-24.") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= _MOST_EVENTS):
        raise InvalidParams(f"--limit: say a number up to {_MOST_EVENTS}.", next_step="Say --limit 20.")
    return int(text)
