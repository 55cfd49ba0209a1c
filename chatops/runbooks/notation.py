"""A call on one line, as a runbook writes it: ``list_instances region={region} state=stopped``."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from tools import AnyAction, Targets

GAP = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""Stands for an argument of the runbook."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_BOOLEANS: Mapping[str, bool] = {"yes": True, "true": True, "no": False, "false": False}


@dataclass(frozen=True, kw_only=True)
class WrittenCall:
    """The action's name and its arguments as text, in which gaps may stand; ``line`` is where it is written."""

    line: int
    action: str
    words: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, text: str, *, line: int) -> "WrittenCall":
        """The call that this text writes.

        Raises:
            ValueError: it is not a name followed by ``name=value``.

        """
        action, *rest = shlex.split(text)
        words: dict[str, str] = {}
        for word in rest:
            name, sign, value = word.partition("=")
            if not sign or not _NAME.fullmatch(name):
                raise ValueError(f"write each argument as name=value, not {word!a}")
            if name in words:
                raise ValueError(f"{name} stands there twice")
            words[name] = value
        return cls(line=line, action=action, words=tuple(words.items()))

    @property
    def text(self) -> str:
        """The call on one line."""
        return " ".join([self.action, *(f"{name}={shlex.quote(value)}" for name, value in self.words)])

    @property
    def gaps(self) -> frozenset[str]:
        """What it refers to."""
        return frozenset(gap for _, value in self.words for gap in GAP.findall(value))

    def filled(self, values: Mapping[str, str]) -> "WrittenCall":
        """The call with these values; an argument that refers to something not given is left out."""
        kept = [(name, value) for name, value in self.words if set(GAP.findall(value)) <= set(values)]
        return replace(self, words=tuple((name, GAP.sub(lambda gap: values[gap[1]], value)) for name, value in kept))

    def missing(self, action: AnyAction) -> tuple[str, ...]:
        """What the action needs and is not given here."""
        given = {name for name, _ in self.words}
        if issubclass(action.params, Targets) and not given & {"instance_ids", "where"}:
            return ("instance_ids",)
        fields = action.params.model_fields.items()
        return tuple(name for name, field in fields if field.is_required() and name not in given)

    def arguments(self, action: AnyAction) -> dict[str, JsonValue]:
        """The arguments as the action takes them.

        Raises:
            ValueError: one cannot be read as what its param is.

        """
        schema = action.params.model_json_schema()
        properties, definitions = schema.get("properties", {}), schema.get("$defs", {})
        return {name: _value(name, text, _types(properties.get(name, {}), definitions)) for name, text in self.words}


def _types(schema: Mapping[str, JsonValue], definitions: Mapping[str, Mapping[str, JsonValue]]) -> frozenset[str]:
    """The JSON types that a param may have."""
    reference, branches = schema.get("$ref"), schema.get("anyOf", [])
    if isinstance(reference, str):
        return _types(definitions[reference.rpartition("/")[2]], definitions)
    found = {str(schema["type"])} if "type" in schema else set[str]()
    assert isinstance(branches, list)  # noqa: S101  # JSON Schema says so
    return frozenset(found).union(*(_types(each, definitions) for each in branches if isinstance(each, dict)))


def _value(name: str, text: str, types: frozenset[str]) -> JsonValue:
    if "string" in types:
        return text
    if "array" in types and not text.startswith("["):
        return [part.strip() for part in text.split(",")]
    if "boolean" in types and text in _BOOLEANS:
        return _BOOLEANS[text]
    if not types & {"array", "object", "integer", "number", "boolean"}:
        return text
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        raise ValueError(f"{name} cannot be {text!a}") from None
    return value
