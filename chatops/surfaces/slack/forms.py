"""An action as a form, generated from its params, and what was filled in as raw arguments."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

from chatops.errors import InvalidParams
from chatops.parameters import Kind, Parameter, parameters_of
from chatops.parsing import problems_of
from chatops.surfaces.slack import blocks, limits
from chatops.surfaces.slack.assigned import converted
from chatops.surfaces.slack.message import Block, View
from chatops.surfaces.slack.origin import Origin
from tools import AnyAction

CALLBACK = "run"
FIELD = "value"
"""The action id of every field that answers nothing by itself."""
SOURCES = {
    "instance_ids": "phones",
    "instance_id": "phones",
    "region": "regions",
    "user_id": "users",
    "assignee": "users",
    "package": "packages",
    "file_name": "apps",
}
"""Params that are chosen from what is known; the action id of such a field is ``suggest:`` and the source."""
SUGGEST = "suggest:"
_BLOCK = "param:"
PLAN_ONLY = "plan_only"
"""The block of the checkbox with which a change is only looked at."""
_LONG = frozenset({"command"})
_PROBLEM_LIMIT = 300
_DIGITS = 10


@dataclass(frozen=True, kw_only=True)
class Filled:
    """Raw arguments from a form; ``problems`` are sentences by block id, as the acknowledgement takes them."""

    arguments: Mapping[str, JsonValue]
    problems: Mapping[str, str]
    plan_only: bool = False


def form(
    action: AnyAction, given: Mapping[str, JsonValue], *, origin: Origin | None = None, plan_only: bool = False
) -> View:
    """The form of an action, filled with what is known already; ``origin`` is where its results will be told.

    Raises:
        InvalidParams: something that is given does not fit into it, and would be lost.

    """
    fields = [_field(each, given.get(each.name)) for each in parameters_of(action)]
    if action.change is not None:
        fields.append(_plan_field(is_chosen=plan_only))
    shown = [blocks.paragraph(action.summary + "."), *fields]
    metadata = (origin or Origin(action=action.name)).text
    return blocks.modal(CALLBACK, action.title, shown, submit="Go on", metadata=metadata)


def read_form(action: AnyAction, state: JsonValue) -> Filled:
    """What was filled in, from the ``state.values`` of a submission."""
    arguments: dict[str, JsonValue] = {}
    problems: dict[str, str] = {}
    for each in parameters_of(action):
        try:
            value = _read(each, _entry(state, block_id(each.name)))
        except ValueError as error:
            problems[block_id(each.name)] = str(error)[:_PROBLEM_LIMIT]
        else:
            if value not in (None, []) and not (value is False and each.default in (None, False)):
                arguments[each.name] = value
    if not problems:
        problems = _mistakes(action, arguments)
    plan_only = bool(_entry(state, PLAN_ONLY).get("selected_options"))
    return Filled(arguments=arguments, problems=problems, plan_only=plan_only)


def block_id(name: str) -> str:
    """The block of a param."""
    return f"{_BLOCK}{name}"


def _field(parameter: Parameter, given: JsonValue) -> Block:
    name = parameter.name.replace("_", " ").capitalize()
    hint = parameter.description
    optional = not parameter.required or parameter.kind is Kind.FLAG
    return blocks.entry(block_id(parameter.name), name, _element(parameter, given), hint=hint, optional=optional)


def _plan_field(*, is_chosen: bool) -> Block:
    yes = blocks.option("Only show what would happen", "yes")
    element: Block = {"type": "checkboxes", "action_id": FIELD, "options": [yes]}
    if is_chosen:
        element["initial_options"] = [yes]
    return blocks.entry(PLAN_ONLY, "Plan", element, optional=True)


def _element(parameter: Parameter, given: JsonValue) -> Block:
    kind = parameter.kind
    if parameter.name in SOURCES and _can_be_chosen(given):
        return _suggested(parameter, given)
    if kind is Kind.FLAG:
        return _checkbox(parameter, given)
    if kind is Kind.CHOICE:
        return _select(parameter, given)
    if kind in (Kind.INTEGER, Kind.NUMBER):
        return _number(parameter, given)
    if kind is Kind.TIME and (given is None or _seconds(given) is not None):
        return _moment(given)
    initial = "" if given is None or kind is Kind.SECRET else _written(parameter, given)
    if len(initial) > limits.INPUT_TEXT:
        raise InvalidParams(
            f"What is given for {parameter.name} is too long for a form, which takes {limits.INPUT_TEXT} characters.",
            next_step="Type everything that it needs into the command, or choose phones with a filter (where).",
        )
    many = kind in (Kind.RECORDS, Kind.WORDS) or parameter.name in _LONG
    return blocks.text_input(FIELD, initial=initial, multiline=many)


def _can_be_chosen(given: JsonValue) -> bool:
    """Whether what is given fits into a menu; it is written into a text otherwise, so that nothing of it is lost."""
    words = given if isinstance(given, list) else [given]
    return len(words) <= limits.OPTIONS and all(len(str(each)) <= limits.OPTION_VALUE for each in words)


def _moment(given: JsonValue) -> Block:
    made: dict[str, JsonValue] = {"type": "datetimepicker", "action_id": FIELD}
    seconds = _seconds(given)
    return made if seconds is None else {**made, "initial_date_time": seconds}


def _seconds(given: JsonValue) -> int | None:
    """A moment as a picker takes it; None where it cannot: it knows whole seconds, in ten digits."""
    try:
        moment = datetime.fromisoformat(str(given))
    except ValueError:
        return None
    seconds = moment.timestamp() if moment.tzinfo is not None else 0.0
    return int(seconds) if seconds == int(seconds) and len(str(int(seconds))) == _DIGITS else None


def _written(parameter: Parameter, given: JsonValue) -> str:
    if parameter.kind is Kind.WORDS and isinstance(given, list):
        return " ".join(str(each) for each in given)
    if isinstance(given, dict) and set(given) == set(parameter.parts):
        return "/".join(str(given[part]) for part in parameter.parts)
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def _suggested(parameter: Parameter, given: JsonValue) -> Block:
    many = parameter.kind is Kind.WORDS
    made: dict[str, JsonValue] = {
        "type": "multi_external_select" if many else "external_select",
        "action_id": SUGGEST + SOURCES[parameter.name],
        "min_query_length": 0,
        "placeholder": blocks.plain("Type to search", limits.PLACEHOLDER),
    }
    known = [str(each) for each in (given if isinstance(given, list) else [given]) if each not in (None, "")]
    options = [blocks.option(each, each) for each in known]
    if many and options:
        return {**made, "initial_options": [*options]}
    return {**made, "initial_option": options[0]} if options else made


def _checkbox(parameter: Parameter, given: JsonValue) -> Block:
    yes = blocks.option("Yes", "yes")
    made: dict[str, JsonValue] = {"type": "checkboxes", "action_id": FIELD, "options": [yes]}
    return {**made, "initial_options": [yes]} if (parameter.default if given is None else given) is True else made


def _select(parameter: Parameter, given: JsonValue) -> Block:
    options: list[JsonValue] = [blocks.option(each, each) for each in parameter.choices[: limits.OPTIONS]]
    made: dict[str, JsonValue] = {"type": "static_select", "action_id": FIELD, "options": options}
    chosen = parameter.default if given is None else given
    return {**made, "initial_option": blocks.option(str(chosen), str(chosen))} if chosen in parameter.choices else made


def _number(parameter: Parameter, given: JsonValue) -> Block:
    made: dict[str, JsonValue] = {
        "type": "number_input",
        "action_id": FIELD,
        "is_decimal_allowed": parameter.kind is Kind.NUMBER,
    }
    bounds = {"min_value": parameter.least, "max_value": parameter.most}
    made |= {name: f"{bound:.15g}" for name, bound in bounds.items() if bound is not None}
    value = parameter.default if given is None else given
    return {**made, "initial_value": str(value)} if isinstance(value, (int, float)) else made


def _entry(state: JsonValue, block: str) -> Mapping[str, JsonValue]:
    entries = state.get(block) if isinstance(state, dict) else None
    entry = next(iter(entries.values()), None) if isinstance(entries, dict) else None
    return entry if isinstance(entry, dict) else {}


def _read(parameter: Parameter, entry: Mapping[str, JsonValue]) -> JsonValue:
    if parameter.kind is Kind.FLAG:
        return bool(entry.get("selected_options"))
    many = entry.get("selected_options")
    if isinstance(many, list):
        return [each["value"] for each in many if isinstance(each, dict)]
    moment = entry.get("selected_date_time")
    if isinstance(moment, int):
        return datetime.fromtimestamp(moment, UTC).isoformat()
    chosen = entry.get("selected_option")
    text = chosen.get("value") if isinstance(chosen, dict) else entry.get("value")
    return converted(parameter, text.strip()) if isinstance(text, str) and text.strip() else None


def _mistakes(action: AnyAction, arguments: Mapping[str, JsonValue]) -> dict[str, str]:
    """What the params say is wrong, at its field; what concerns several stands at the first."""
    names = [each.name for each in parameters_of(action)]
    found: dict[str, str] = {}
    for each in problems_of(action, arguments):
        name = str(each.place[0]) if each.place else ""
        found.setdefault(block_id(name if name in names else names[0]), each.sentence[:_PROBLEM_LIMIT])
    return found
