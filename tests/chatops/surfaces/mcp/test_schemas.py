import json
from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator
from pydantic import JsonValue

from chatops.control import every_action
from chatops.outcome import Status
from chatops.surfaces.mcp.schemas import TOKEN_BUDGET, description, input_schema, output_schema, token_cost, tool_schema
from tools import AnyAction

ACTIONS = every_action()
EVERY_ACTION = pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)


def nodes(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    """Every object in a schema, names of properties included."""
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(child)


def test_everything_a_model_sees_costs_less_than_it_may() -> None:
    assert TOKEN_BUDGET == 5500
    assert sum(token_cost(action) for action in ACTIONS.values()) < TOKEN_BUDGET


def test_cost_is_a_quarter_of_the_characters_of_compact_json() -> None:
    action = ACTIONS["reboot_instances"]
    seen = {"name": action.name, "description": description(action), "inputSchema": tool_schema(action)}
    characters = len(json.dumps(seen, ensure_ascii=False, separators=(",", ":")))
    assert 0 <= token_cost(action) - characters / 4 < 1


@EVERY_ACTION
def test_schemas_are_valid_and_rooted_in_an_object(action: AnyAction) -> None:
    for schema in (input_schema(action), output_schema(action)):
        Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"


@EVERY_ACTION
def test_unknown_arguments_are_excluded_at_every_depth(action: AnyAction) -> None:
    for node in nodes(input_schema(action)):
        if "properties" in node:
            assert node["additionalProperties"] is False


@EVERY_ACTION
def test_every_argument_is_described_and_none_is_said_to_be_null(action: AnyAction) -> None:
    schema = input_schema(action)
    properties = schema["properties"]
    assert isinstance(properties, dict)
    for each in properties.values():
        assert isinstance(each, dict)
        assert each["description"]
    assert "null" not in json.dumps(schema)


@EVERY_ACTION
def test_no_title_and_no_note_of_ours_is_left(action: AnyAction) -> None:
    for schema in (input_schema(action), output_schema(action)):
        for node in nodes(schema):
            if "type" in node:
                assert not [key for key in node if key == "title" and isinstance(node[key], str)]
            assert not [key for key in node if key.startswith("x-")]


@EVERY_ACTION
def test_every_reference_leads_somewhere(action: AnyAction) -> None:
    for schema in (input_schema(action), output_schema(action)):
        definitions = schema.get("$defs", {})
        assert isinstance(definitions, dict)
        found = {str(node["$ref"]).removeprefix("#/$defs/") for node in nodes(schema) if "$ref" in node}
        assert found <= set(definitions)


@EVERY_ACTION
def test_input_schema_takes_the_example(action: AnyAction) -> None:
    validator = Draft202012Validator(input_schema(action))
    for example in action.examples:
        validator.validate(example.params.model_dump(mode="json", exclude_none=True))


@EVERY_ACTION
def test_output_schema_takes_every_status_and_is_not_open(action: AnyAction) -> None:
    validator = Draft202012Validator(output_schema(action))
    for status in Status:
        validator.validate({"status": status.value, "message": "said"})
    assert not validator.is_valid({"status": "done", "message": "said", "note": "of ours"})
    assert not validator.is_valid({"status": "finished", "message": "said"})
    planned = {"status": "planned", "message": "said", "operation_id": "op_1", "plan": {"count": 1}}
    assert validator.is_valid(planned) is (action.change is not None)


def test_definitions_are_kept_where_that_is_shorter_and_inlined_otherwise() -> None:
    assert set(nodes_of("set_video")) == {"VideoSpec", "Override"}
    assert not any("$defs" in input_schema(action) for name, action in ACTIONS.items() if name != "set_video")


def nodes_of(name: str) -> dict[str, JsonValue]:
    definitions = input_schema(ACTIONS[name])["$defs"]
    assert isinstance(definitions, dict)
    return definitions


def test_optional_arguments_keep_their_type_and_their_words() -> None:
    properties = input_schema(ACTIONS["list_instances"])["properties"]
    assert isinstance(properties, dict)
    assert properties["state"] == {
        "type": "string",
        "description": "Run state",
        "enum": ["unknown", "stopped", "running", "going_offline", "starting", "shut_down"],
    }
    assert properties["limit"] == {
        "type": "integer",
        "description": "Rows to answer",
        "default": 20,
        "maximum": 500,
        "minimum": 1,
    }


def test_what_may_be_unknown_is_not_required_of_an_answer() -> None:
    outcome = output_schema(ACTIONS["list_instances"])["properties"]
    assert isinstance(outcome, dict)
    data = outcome["data"]
    assert isinstance(data, dict)
    assert data["required"] == ["instances", "complete"]
