"""One action as a section of the reference: what a person needs to know before they use it."""

import json
import shlex
from collections.abc import Mapping

from pydantic import JsonValue

from chatops.roles import roles_with
from chatops.surfaces.mcp.schemas import input_schema, token_cost
from tools import AnyAction, Endpoint, Own


def action_section(action: AnyAction) -> str:
    """The section, in Markdown."""
    parts = [
        f"## {action.name}",
        f"{action.summary}." + (f" {action.details}" if action.details else ""),
        _facts(action),
    ]
    if params := _params(action):
        parts.append(params)
    parts.append(_example(action))
    return "\n\n".join(parts)


def _facts(action: AnyAction) -> str:
    facts = {
        "Word": f"`{action.word}`",
        "Risk": action.risk.name,
        "Permission": f"`{action.permission}` ({', '.join(roles_with(action.permission))})",
        "API": _api(action),
    }
    if action.change is not None:
        if action.change.eased is not None:
            facts["Eased"] = f"{action.change.eased.to.name} where the command is on the list of those that only read"
        facts["Undo"] = action.change.undo
    facts["Cost to a model"] = f"{token_cost(action)} tokens for name, description and input schema"
    return "\n".join(f"- {name}: {text}" for name, text in facts.items())


def _api(action: AnyAction) -> str:
    source = f"section {action.examples[0].source} of the API reference"
    if isinstance(action.by, Endpoint):
        return f"`{action.by.method} {action.by.path}`, {source}"
    if isinstance(action.by, Own):
        return "none: the service's own state"
    return f"all pages of [`{action.by.needs.name}`](#{action.by.needs.name})"


def _params(action: AnyAction) -> str:
    schema = input_schema(action)
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        return ""
    required = schema.get("required", [])
    rows = ["| param | type | default | meaning |", "| --- | --- | --- | --- |"]
    for name, each in properties.items():
        assert isinstance(each, Mapping)  # noqa: S101  # JSON Schema: properties are objects
        needed = isinstance(required, list) and name in required
        default = "required" if needed else _code(each.get("default"))
        rows.append(
            f"| `{name}` | {_type(each)} | {default} | {str(each.get('description', '')).replace('|', chr(92) + '|')} |"
        )
    return "\n".join(rows)


def _code(value: JsonValue) -> str:
    return "" if value is None else f"`{json.dumps(value)}`"


def _type(schema: Mapping[str, JsonValue]) -> str:
    if isinstance(schema.get("enum"), list):
        return " or ".join(f"`{json.dumps(each)}`" for each in schema["enum"])  # type: ignore[union-attr]  # a list, see above
    kind = str(schema.get("type", "object"))
    low, high = schema.get("minimum", schema.get("minItems")), schema.get("maximum", schema.get("maxItems"))
    bounds = f", {low} to {high}" if low is not None and high is not None else ""
    longest = f", up to {schema['maxLength']} characters" if "maxLength" in schema else ""
    return f"{kind}{bounds}{longest}"


def _example(action: AnyAction) -> str:
    params = action.examples[0].params.model_dump(mode="json", exclude_defaults=True)
    arguments = f" --params {shlex.quote(json.dumps(params))}" if params else ""
    return f"```console\n$ chatops run {action.word}{arguments}\n```"
