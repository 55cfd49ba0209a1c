"""What acknowledgements do: messages in answer to commands, forms that show errors, change, stack up or go."""

from tests.slack import JsonObject
from tests.slack.delivery import Kind, Receipt
from tests.slack.inspection import inspect_options, inspect_view
from tests.slack.refused import Refused
from tests.slack.responses import say
from tests.slack.state import State
from tests.slack.views import View
from tests.slack.workspace import Message


def answer_command(state: State, payload: JsonObject, receipt: Receipt) -> Message | None:
    """The message an acknowledgement carries, if it carries one."""
    if not receipt.is_ok or not (receipt.body.get("text") or receipt.body.get("blocks")):
        return None
    user, channel = payload["user_id"], payload["channel_id"]
    try:
        return say(state, receipt.body, user=user, channel=channel, where="the acknowledgement of a command")
    except Refused as refused:
        state.complaints.append(f"the acknowledgement of a command was refused: {refused}")
        return None


def answer_submission(state: State, view: View, receipt: Receipt) -> View | None:
    """Errors at fields, another content, a form on top, or the end; the form the person sees then."""
    if not receipt.is_ok:
        return view
    action = receipt.body.get("response_action")
    if action == "errors":
        _check_errors(state, view, receipt.body.get("errors"))
        return view
    if action in ("update", "push"):
        return _shown(state, view, action, receipt.body.get("view"))
    if action == "clear":
        state.views.clear(view.user)
    else:
        if receipt.body:
            state.complaints.append(f"a submission was acknowledged with {sorted(receipt.body)}: Slack shows an error")
        state.views.close(view)
    return state.views.top(view.user)


def answer_action(state: State, receipt: Receipt) -> None:
    """Slack takes nothing with the acknowledgement of a click."""
    if receipt.body:
        state.complaints.append(f"a click was acknowledged with {sorted(receipt.body)}, which nobody ever sees")


def answer_suggestion(state: State, receipt: Receipt, user: str) -> None:
    """Options, or groups of them."""
    if receipt.is_ok:
        inspect_options(state, receipt.body, seen_by=user)


def kind_of(payload: JsonObject) -> Kind:
    """How a payload is delivered."""
    if "command" in payload:
        return Kind.COMMAND
    return Kind.EVENT if payload["type"] == "event_callback" else Kind.INTERACTIVE


def _check_errors(state: State, view: View, errors: object) -> None:
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        state.complaints.append("response_action errors without any error")
    elif strange := sorted(set(errors) - inputs):
        state.complaints.append(f"errors at {strange}, where the form has no input: Slack shows none of them")
    elif not all(isinstance(text, str) and text for text in errors.values()):
        state.complaints.append("an error at a field says nothing")


def _shown(state: State, view: View, action: str, payload: object) -> View | None:
    where = f"response_action {action}"
    if not isinstance(payload, dict):
        state.complaints.append(f"{where} without a view")
        return view
    try:
        inspect_view(state, payload, where=where, seen_by=view.user)
        if action == "push":
            return state.views.push(view.user, payload)
        state.views.replace(view, payload, None)
    except Refused as refused:
        state.complaints.append(f"{where} was refused: {refused}")
    return view
