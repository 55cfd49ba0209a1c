"""Where and by whom something was done, from what Slack says of it."""

from collections.abc import Mapping

from chatops.surfaces.slack.flows.office import Place
from chatops.surfaces.slack.origin import Origin
from chatops.surfaces.slack.received import Kind, Payload, Received


def place_of(received: Received) -> Place:
    """Where it is answered: what came of a form goes where the form was opened."""
    if received.kind in (Kind.SUBMISSION, Kind.CLOSED):
        origin = Origin.read(view_of(received).get("private_metadata")) or Origin()
        return Place(
            channel=origin.channel or received.user,
            user=received.user,
            thread=origin.thread,
            response_url=origin.response_url,
        )
    return Place(
        channel=received.channel or received.user,
        user=received.user,
        thread=_thread(received),
        response_url=received.response_url,
    )


def view_of(received: Received) -> Payload:
    """The form or the home tab in which it was done; empty elsewhere."""
    return part(received.payload, "view")


def action_of(received: Received) -> Payload:
    """What was clicked or chosen."""
    actions = received.payload.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return first if isinstance(first, Mapping) else {}


def name_of(received: Received) -> str:
    """What it is called: the id of what was clicked, of the form or shortcut, or the type of the event."""
    if received.kind is Kind.CLICK:
        return str(action_of(received).get("action_id") or "")
    if received.kind is Kind.EVENT:
        return str(part(received.payload, "event").get("type") or "")
    if received.kind is Kind.SHORTCUT:
        return str(received.payload.get("callback_id") or "")
    return str(view_of(received).get("callback_id") or "")


def part(payload: Payload, name: str) -> Payload:
    """What stands under this name; empty where nothing does."""
    found = payload.get(name)
    return found if isinstance(found, Mapping) else {}


def _thread(received: Received) -> str:
    holder = {Kind.EVENT: "event", Kind.SHORTCUT: "message"}.get(received.kind, "container")
    return str(part(received.payload, holder).get("thread_ts") or "")
