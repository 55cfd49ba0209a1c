"""``views.*``: forms and home tabs."""

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.inspection import inspect_view
from tests.slack.refused import Refused
from tests.slack.state import State


def open_view(state: State, call: Call) -> JsonObject:
    """A form, with a trigger of the last three seconds."""
    payload = _form(state, call)
    trigger = state.tickets.redeem(call.text("trigger_id"))
    inspect_view(state, payload, where="views.open", seen_by=trigger.user)
    if trigger.view is not None and state.views.top(trigger.user) is not None:
        state.complaints.append("views.open with a trigger of an open form: views.push or views.update is meant")
    return {"view": state.views.open(trigger.user, payload).as_json()}


def push(state: State, call: Call) -> JsonObject:
    """A form on top of the one in which the person pressed something."""
    payload = _form(state, call)
    trigger = state.tickets.redeem(call.text("trigger_id"))
    inspect_view(state, payload, where="views.push", seen_by=trigger.user)
    return {"view": state.views.push(trigger.user, payload).as_json()}


def update(state: State, call: Call) -> JsonObject:
    """Another content of an open form."""
    payload = _form(state, call)
    view = state.views.find(call.text("view_id"), call.text("external_id"))
    inspect_view(state, payload, where="views.update", seen_by=view.user)
    state.views.replace(view, payload, call.text("hash") or None)
    return {"view": view.as_json()}


def publish(state: State, call: Call) -> JsonObject:
    """The home tab of a person."""
    user = state.workspace.user(call.text("user_id")).id
    payload = _payload(call)
    if payload.get("type") != "home":
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] only home tabs are published"]})
    inspect_view(state, payload, where="views.publish", seen_by=user)
    return {"view": state.views.publish(user, payload, call.text("hash") or None).as_json()}


def _payload(call: Call) -> JsonObject:
    payload = call.arguments.get("view")
    if not isinstance(payload, dict) or not isinstance(payload.get("blocks"), list):
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: view"]})
    return payload


def _form(state: State, call: Call) -> JsonObject:
    payload = _payload(call)
    if payload.get("type") != "modal":
        state.complaints.append(f"{call.method} with a view of type {payload.get('type')}")
        raise Refused("invalid_arguments", response_metadata={"messages": ["[ERROR] must be a modal"]})
    return payload
