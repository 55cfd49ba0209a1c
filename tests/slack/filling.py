"""What a person's client does with a form: initial values, what was chosen, what it would not let them send."""

from typing import Any

from tests.slack import JsonObject
from tests.slack.reading import Placed, placed_in

_TEXTS = {"plain_text_input": "", "number_input": "", "email_text_input": "", "url_text_input": ""}
_DATES = {"datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time"}
_PEOPLE = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
}
_ONE = ("static_select", "external_select", "radio_buttons", "overflow")
_MANY = ("multi_static_select", "multi_external_select", "checkboxes")
_PRESSED = ("button", "workflow_button", "icon_button", "feedback_buttons")


def all_options(element: JsonObject) -> list[JsonObject]:
    """Options of an element, those of its groups too."""
    grouped = [option for group in element.get("option_groups") or [] for option in group["options"]]
    return [*(element.get("options") or []), *grouped]


def chosen(element: JsonObject, value: Any, suggested: list[JsonObject]) -> JsonObject:  # noqa: ANN401  # JSON
    """The part of a payload that says what is chosen or typed; ``None`` leaves what the app had filled in.

    Raises:
        AssertionError: Slack's client would not offer that.
    """
    kind = str(element["type"])
    if kind in _ONE:
        option = element.get("initial_option") if value is None else _option(element, value, suggested)
        return {"type": kind, "selected_option": option}
    if kind in _MANY:
        options = [_option(element, one, suggested) for one in value or []]
        return {"type": kind, "selected_options": element.get("initial_options", []) if value is None else options}
    if kind in _TEXTS:
        return {"type": kind, "value": _typed(element, element.get("initial_value") if value is None else str(value))}
    name = {**_DATES, **_PEOPLE}.get(kind)
    assert name is not None, f"nothing can be filled into a {kind}"
    return {"type": kind, name: element.get(name.replace("selected", "initial")) if value is None else value}


def _typed(element: JsonObject, text: str | None) -> str | None:
    """Text the client lets through."""
    if not text:
        return None
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    assert least <= len(text) <= most, f"Slack lets nobody type {len(text)} characters here: {least} to {most}"
    return text


def _option(element: JsonObject, value: str, suggested: list[JsonObject]) -> JsonObject:
    offered = suggested if "external" in element["type"] else all_options(element)
    found = next((option for option in offered if value in (option["value"], option["text"]["text"])), None)
    hint = "; ask for suggestions first" if "external" in element["type"] else ""
    assert found is not None, f"no option {value!r} among {[one['value'] for one in offered]}{hint}"
    return found


def filled(blocks: list[JsonObject], values: JsonObject, suggested: dict[str, list[JsonObject]]) -> JsonObject:
    """``state.values``; ``values`` are named by action id or block id.

    Raises:
        AssertionError: A value for something that is not in the form.
    """
    state: JsonObject = {}
    used: set[str] = set()
    for placed in placed_in(blocks):
        if placed.element["type"] in _PRESSED:
            continue
        name = placed.action_id if placed.action_id in values else placed.block_id
        used.add(name)
        earlier = suggested.get(placed.action_id, [])
        state.setdefault(placed.block_id, {})[placed.action_id] = chosen(placed.element, values.get(name), earlier)
    assert values.keys() <= used, f"the form has nothing named {sorted(values.keys() - used)}; it has {sorted(used)}"
    return state


def missing(blocks: list[JsonObject], state: JsonObject) -> list[str]:
    """Inputs without a value that the client insists on."""
    empty = []
    for placed in placed_in(blocks):
        if placed.block["type"] != "input" or placed.block.get("optional"):
            continue
        told = {name: value for name, value in state[placed.block_id][placed.action_id].items() if name != "type"}
        if not any(told.values()):
            empty.append(f"{placed.block['label']['text']} ({placed.action_id})")
    return empty


def pressed(placed: Placed, value: Any, suggested: list[JsonObject]) -> JsonObject:  # noqa: ANN401  # JSON
    """The entry of ``actions`` for what was pressed or chosen."""
    element = placed.element
    named = {"action_id": placed.action_id, "block_id": placed.block_id}
    if element["type"] in _PRESSED:
        more: JsonObject = {name: element[name] for name in ("value", "text", "style") if name in element}
        return {"type": element["type"], **named, **more}
    assert value is not None, f"say what is chosen in {placed.action_id}"
    return {**named, **chosen(element, value, suggested)}
