"""What a click or a form of a card says."""

from collections.abc import Mapping, Sequence
from typing import Any

from chatops.surfaces.slack.cards import Held, filled, held
from chatops.surfaces.slack.received import Received


def held_by(received: Received) -> Held | None:
    """The operation that the button or the form is about; None where it is not one of ours."""
    actions, view = received.payload.get("actions"), received.payload.get("view")
    if isinstance(actions, Sequence) and actions and isinstance(actions[0], Mapping):
        return held(str(actions[0].get("value") or ""))
    return held(str(view.get("private_metadata") or "")) if isinstance(view, Mapping) else None


def filled_in(received: Received, block: str) -> str:
    """What stands in a field of the form; empty where nothing does."""
    view: Any = received.payload.get("view")
    state = view.get("state") if isinstance(view, Mapping) else None
    return filled(state.get("values") if isinstance(state, Mapping) else None, block)


def card_pressed(received: Received) -> str:
    """The time of the message that was pressed; empty where it was none, or one that a single person sees."""
    container: Any = received.payload.get("container")
    if not isinstance(container, Mapping) or container.get("is_ephemeral"):
        return ""
    return str(container.get("message_ts") or "") if container.get("type") == "message" else ""
