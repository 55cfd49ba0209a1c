"""The params of an action as what is typed and filled in sees them, read from their JSON schema."""

from dataclasses import dataclass
from enum import Enum
from functools import cache

from pydantic import JsonValue

from tools import AnyAction, Params

_PLACES = ("instance_ids", "instance_id", "task_id", "operation_id", "action")


class Kind(Enum):
    """How a parameter is written down."""

    TEXT = "text"
    TIME = "time"
    CHOICE = "choice"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    SECRET = "secret"  # noqa: S105  # the name of a kind, no secret
    WORDS = "words"
    RECORD = "record"
    RECORDS = "records"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter. ``parts`` are the fields of a record in the order of its short form, ``6000/30``."""

    name: str
    kind: Kind
    description: str
    required: bool
    default: JsonValue
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    above: float | None = None
    parts: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """The option: ``--user-id``."""
        return "--" + self.name.replace("_", "-")

    @property
    def shown_default(self) -> str | None:
        """The default as help shows it; None where there is none to speak of."""
        return None if self.default in (None, "", False, []) else str(self.default)


def parameters_of(action: AnyAction) -> tuple[Parameter, ...]:
    """The parameters in the order in which they are declared."""
    params: type[Params] = action.params
    return _declared(params)


@cache
def _declared(params: type[Params]) -> tuple[Parameter, ...]:
    schema = params.model_json_schema()
    required = schema.get("required", [])
    definitions = schema.get("$defs", {})
    return tuple(
        _parameter(name, _plain(entry, definitions), required=name in required, definitions=definitions)
        for name, entry in schema.get("properties", {}).items()
    )


def place_of(parameters: tuple[Parameter, ...]) -> Parameter | None:
    """The parameter that may also stand without an option: the phones, the phone or the task a call is about."""
    required = {each.name: each for each in parameters if each.required or each.name == _PLACES[0]}
    return next((required[name] for name in _PLACES if name in required), None)


def _parameter(
    name: str, entry: dict[str, JsonValue], *, required: bool, definitions: dict[str, dict[str, JsonValue]]
) -> Parameter:
    kind = _kind(entry, definitions)
    words, properties = entry.get("enum"), entry.get("properties")
    return Parameter(
        name=name,
        kind=kind,
        description=str(entry.get("description", "")),
        required=required,
        default=entry.get("default"),
        choices=tuple(str(word) for word in words) if isinstance(words, list) else (),
        least=_number(entry.get("minimum")),
        most=_number(entry.get("maximum")),
        above=_number(entry.get("exclusiveMinimum")),
        parts=tuple(properties) if isinstance(properties, dict) else (),
    )


def _kind(entry: dict[str, JsonValue], definitions: dict[str, dict[str, JsonValue]]) -> Kind:
    written = entry.get("type")
    if written == "string":
        return _text_kind(entry)
    if written == "array":
        items = entry.get("items")
        inner = _plain(items, definitions) if isinstance(items, dict) else {}
        return Kind.WORDS if inner.get("type") == "string" else Kind.RECORDS
    kinds = {"integer": Kind.INTEGER, "number": Kind.NUMBER, "boolean": Kind.FLAG, "object": Kind.RECORD}
    return kinds[str(written)]


def _text_kind(entry: dict[str, JsonValue]) -> Kind:
    if entry.get("x-secret"):
        return Kind.SECRET
    if "enum" in entry:
        return Kind.CHOICE
    return Kind.TIME if entry.get("format") == "date-time" else Kind.TEXT


def _plain(entry: dict[str, JsonValue], definitions: dict[str, dict[str, JsonValue]]) -> dict[str, JsonValue]:
    """The entry without its reference and without the null that only says that it may be left out."""
    branches = entry.get("anyOf")
    if isinstance(branches, list):
        branch = next(each for each in branches if isinstance(each, dict) and each.get("type") != "null")
        entry = {**branch, **{key: value for key, value in entry.items() if key != "anyOf"}}
    reference = entry.get("$ref")
    if isinstance(reference, str):
        entry = {**definitions[reference.rpartition("/")[2]], **entry}
    return entry


def _number(value: JsonValue) -> float | None:
    return value if isinstance(value, (int, float)) else None
