"""An operation as a card, with the buttons of its state, and the forms behind them.

A button and a form carry the operation's id and its digest, and nothing else: the plan stays in the store.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from chatops.operations.records import Operation
from chatops.operations.states import RequestState, State
from chatops.surfaces.slack import blocks
from chatops.surfaces.slack.escaping import date, escaped, line
from chatops.surfaces.slack.message import Block, Message, View
from chatops.surfaces.slack.speaking import message_of
from tools import AnyAction, Risk, phones

CONFIRM, CONFIRM_FORM, DECLINE = "confirm", "confirm_form", "decline"
APPROVE, DENY, WITHDRAW, SHOW = "approve", "deny", "withdraw", "show"
TYPED, REASON = "typed", "reason"
"""Block and action ids of what is filled in."""
_REASON_LIMIT = 500
MARKS = {
    State.AWAITING_CONFIRMATION: "⏳ Waits for your yes",
    State.AWAITING_APPROVAL: "⏳ Waits for approval",
    State.APPROVED: "👍 Approved",
    State.RUNNING: "🔄 Running",
    State.WATCHING: "🔄 Being verified",
    State.DONE: "✅ Done",
    State.PARTIAL: "⚠️ Partly done",
    State.FAILED: "❌ Failed",
    State.UNKNOWN: "❓ Unknown",
    State.DECLINED: "🚫 Denied",
    State.EXPIRED: "⌛ Expired",
    State.CANCELLED: "🚫 Withdrawn",
    State.REFUSED: "⛔ Refused",
}
_FAILED = frozenset({RequestState.FAILED, RequestState.UNKNOWN, RequestState.NEVER_SENT})


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a button or a form carries."""

    operation: str
    digest: str

    @property
    def text(self) -> str:
        """As a button's value, or a form's metadata."""
        return json.dumps({"operation": self.operation, "digest": self.digest})


def held(text: str) -> Held | None:
    """What a button carried; None where it is not one of ours."""
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.keys() != {"operation", "digest"}:
        return None
    operation, digest = value["operation"], value["digest"]
    return Held(operation=operation, digest=digest) if isinstance(operation, str) and isinstance(digest, str) else None


def confirmation_card(operation: Operation, action: AnyAction, *, must_type: bool) -> Message:
    """The plan for whoever asked, with the verb on the button; ``must_type`` opens a form instead."""
    verb = _verb(operation, action)
    style = "danger" if _destroys(operation) else "primary"
    value = _held(operation).text
    go = blocks.button(f"{verb}…" if must_type else verb, CONFIRM_FORM if must_type else CONFIRM, value, style=style)
    row = blocks.actions(_row(operation), go, blocks.button("Do nothing", DECLINE, value))
    return _card(operation, action, [row])


def approval_card(operation: Operation, action: AnyAction, able: Sequence[str], *, why: str = "") -> Message:
    """The request for those who may decide it; ``why`` is the rule's sentence, ``able`` are who may."""
    value = _held(operation).text
    row = blocks.actions(
        _row(operation),
        blocks.button("Approve…", APPROVE, value, style="danger" if _destroys(operation) else "primary"),
        blocks.button("Deny…", DENY, value),
        blocks.button("Withdraw", WITHDRAW, value),
        blocks.button("Details", SHOW, value),
    )
    extra = [_able(able), blocks.small(f"What became of it so far: chatops audit show --operation {operation.id}")]
    return _card(operation, action, [*([blocks.small(f"Why: {why}")] if why else []), *extra, row])


def waiting_card(operation: Operation, action: AnyAction, able: Sequence[str]) -> Message:
    """The same where it was asked: others decide elsewhere, and whoever asked can take it back."""
    value = _held(operation).text
    buttons = (blocks.button("Withdraw", WITHDRAW, value), blocks.button("Details", SHOW, value))
    return _card(operation, action, [_able(able), blocks.actions(_row(operation), *buttons)])


def state_card(operation: Operation, action: AnyAction, progress: str = "") -> Message:
    """The same operation without buttons: decided, running, or ended; failures first, and how far it is."""
    requests = sorted(operation.requests, key=lambda each: each.state not in _FAILED)
    pairs = [
        (f"request {each.number}", blocks.span(f"{each.state.value}: {phones(len(each.targets))} {each.region or ''}"))
        for each in requests[:10]
    ]
    left = len(requests) - len(pairs)
    made = [blocks.small(progress)] if progress else []
    made += [blocks.named(pairs)] if pairs else []
    made += [blocks.small(f"And {left} more requests; Details has all of them.")] if left > 0 else []
    row = blocks.actions(_row(operation), blocks.button("Details", SHOW, _held(operation).text))
    return _card(operation, action, [*made, row])


def confirmation_form(operation: Operation, action: AnyAction, typed: str) -> View:
    """The plan, and a field for the count or the id that has to be typed, and one for a reason."""
    asked = blocks.entry(TYPED, f"Type {typed} to go on", blocks.text_input(TYPED, most=40))
    return _form(CONFIRM_FORM, "Confirm", _verb(operation, action), operation, [asked, _reason("Reason")])


def approval_form(operation: Operation) -> View:
    """The plan once more, and a field for a reason."""
    return _form(APPROVE, "Approve", "Approve", operation, [_about(operation), _reason("Reason", optional=True)])


def denial_form(operation: Operation) -> View:
    """A field for the reason of a no."""
    return _form(DENY, "Deny", "Deny", operation, [_about(operation), _reason("Why not?")])


def filled(values: JsonValue, block_id: str) -> str:
    """What was typed into TYPED or REASON, from the ``state.values`` of a submission; empty where nothing was."""
    block = values.get(block_id) if isinstance(values, dict) else None
    entry = block.get(block_id) if isinstance(block, dict) else None
    value = entry.get("value") if isinstance(entry, dict) else None
    return value.strip() if isinstance(value, str) else ""


def _card(operation: Operation, action: AnyAction, below: list[Block]) -> Message:
    headline = f"{MARKS[operation.state]}: {action.title}, {phones(operation.count)}"
    made = [blocks.header(headline), _about(operation), blocks.paragraph(_plan(operation))]
    if action.change is not None and "\nUndo: " not in _plan(operation):
        made.append(blocks.small(f"Undo: {action.change.undo}"))
    if operation.reason:
        made.append(blocks.small(f"Reason, as it was given: {line(operation.reason, 1000)}"))
    if operation.decided_by:
        at = f" {date(operation.decided_at)}" if operation.decided_at is not None else ""
        made.append(blocks.markup(f"{_decided(operation)} by {escaped(operation.decided_by, 200)}{at}"))
    return message_of([*made, *below])


def _decided(operation: Operation) -> str:
    said = {State.DECLINED: "Denied", State.CANCELLED: "Withdrawn"}
    return said.get(operation.state, "Approved" if operation.approver else "Confirmed")


def _about(operation: Operation) -> Block:
    pairs = [
        ("operation", blocks.span(operation.id)),
        ("asked by", blocks.span(f"{operation.person} ({operation.door})")),
    ]
    if operation.assistant:
        pairs.append(("through the assistant", blocks.span(operation.assistant)))
    pairs += [("risk", blocks.span(operation.risk.lower())), ("asked", blocks.moment(operation.asked_at))]
    if operation.rules:
        pairs.append(("rules", blocks.span(line(", ".join(operation.rules), 500))))
    if operation.state in (State.AWAITING_APPROVAL, State.AWAITING_CONFIRMATION):
        pairs.append(("until", blocks.moment(operation.expires_at)))
    return blocks.named(pairs)


def _plan(operation: Operation) -> str:
    return str(operation.plan.get("text") or operation.action)


def _form(callback: str, title: str, submit: str, operation: Operation, entries: Sequence[Block]) -> View:
    shown = [blocks.paragraph(_plan(operation)), *entries]
    return blocks.modal(callback, title, shown, submit=submit, metadata=_held(operation).text)


def _reason(label: str, *, optional: bool = False) -> Block:
    field = blocks.text_input(REASON, multiline=True, most=_REASON_LIMIT)
    return blocks.entry(REASON, label, field, optional=optional)


def _verb(operation: Operation, action: AnyAction) -> str:
    return f"{action.word.capitalize()} {phones(operation.count)}"


def _destroys(operation: Operation) -> bool:
    return operation.risk == Risk.DESTRUCTIVE.name


def _able(able: Sequence[str]) -> Block:
    return blocks.small(f"May decide: {', '.join(able) or 'nobody'}.")


def _held(operation: Operation) -> Held:
    return Held(operation=operation.id, digest=operation.digest)


def _row(operation: Operation) -> str:
    """Another id in each state: Slack keeps what was typed and pressed under the ids it knows."""
    return f"{operation.id}:{operation.state.value}"
