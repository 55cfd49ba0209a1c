"""An action as a form, generated from its params, and what was filled in as raw arguments."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue, ValidationError

from chatops import values
from chatops.mistakes import mistake
from chatops.parameters import Kind, Parameter, parameters_of
from chatops.surfaces.slack import blocks, limits
from chatops.surfaces.slack.message import Block, View
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
_LONG = frozenset({"command"})
_PROBLEM_LIMIT = 300


@dataclass(frozen=True, kw_only=True)
class Filled:
    """Raw arguments from a form; ``problems`` are sentences by block id, as the acknowledgement takes them."""

    arguments: Mapping[str, JsonValue]
    problems: Mapping[str, str]


def form(action: AnyAction, given: Mapping[str, JsonValue], *, channel: str = "") -> View:
    """The form of an action, filled with what is known already; ``channel`` is where its results will be said."""
    metadata = json.dumps({"action": action.name, "channel": channel})
    fields = [_field(each, given.get(each.name)) for each in parameters_of(action)]
    shown = [blocks.paragraph(action.summary + "."), *fields]
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
    return Filled(arguments=arguments, problems=problems)


def block_id(name: str) -> str:
    """The block of a param."""
    return f"{_BLOCK}{name}"


def _field(parameter: Parameter, given: JsonValue) -> Block:
    name = parameter.name.replace("_", " ").capitalize()
    hint = parameter.description
    optional = not parameter.required or parameter.kind is Kind.FLAG
    return blocks.entry(block_id(parameter.name), name, _element(parameter, given), hint=hint, optional=optional)


def _element(parameter: Parameter, given: JsonValue) -> Block:
    kind = parameter.kind
    if parameter.name in SOURCES:
        return _suggested(parameter, given)
    if kind is Kind.FLAG:
        return _checkbox(parameter, given)
    if kind is Kind.CHOICE:
        return _select(parameter, given)
    if kind in (Kind.INTEGER, Kind.NUMBER):
        return _number(parameter, given)
    if kind is Kind.TIME:
        return {"type": "datetimepicker", "action_id": FIELD}
    initial = "" if given is None or kind is Kind.SECRET else _written(parameter, given)
    many = kind in (Kind.RECORDS, Kind.WORDS) or parameter.name in _LONG
    return blocks.text_input(FIELD, initial=initial, multiline=many)


def _written(parameter: Parameter, given: JsonValue) -> str:
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
    options = [blocks.option(each, each) for each in known if len(each) <= limits.OPTION_VALUE]
    if many and options:
        return {**made, "initial_options": [*options[: limits.OPTIONS]]}
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
    return _converted(parameter, text.strip()) if isinstance(text, str) and text.strip() else None


def _converted(parameter: Parameter, text: str) -> JsonValue:
    if parameter.kind is Kind.WORDS:
        return values.words([text])
    if parameter.kind is Kind.RECORD:
        return values.record(text, parameter.parts)
    if parameter.kind is Kind.RECORDS:
        return values.records([text])
    return values.read_json(text) if parameter.kind in (Kind.INTEGER, Kind.NUMBER) else text


def _mistakes(action: AnyAction, arguments: Mapping[str, JsonValue]) -> dict[str, str]:
    """What the params say is wrong, at its field; what concerns several stands at the first."""
    names = [each.name for each in parameters_of(action)]
    try:
        action.params.model_validate_json(json.dumps(dict(arguments)).encode("utf-8", "surrogatepass"))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        at = [(str(each["loc"][0]) if each["loc"] else "", mistake(each)) for each in found]
        return {block_id(name if name in names else names[0]): said[:_PROBLEM_LIMIT] for name, said in at}
    return {}
