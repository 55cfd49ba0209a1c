import json

import pytest
from pydantic import JsonValue

from chatops.control import every_action
from chatops.surfaces.slack import limits
from chatops.surfaces.slack.forms import block_id, form, read_form
from tools import AnyAction

ACTIONS = every_action()


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_every_action_has_a_form_within_limits(action: AnyAction) -> None:
    for example in action.examples:
        view = form(action, example.params.model_dump(mode="json", exclude_unset=True), channel="C1")
        shown = view["blocks"]
        assert isinstance(shown, list)
        assert len(shown) == len(action.params.model_fields) + 1 <= limits.VIEW_BLOCKS
        assert json.loads(str(view["private_metadata"])) == {"action": action.name, "channel": "C1"}


def picked(*names: str) -> JsonValue:
    return {"selected_options": [{"value": name} for name in names]}


def test_what_is_filled_in_becomes_arguments() -> None:
    state: JsonValue = {block_id("instance_ids"): {"suggest:phones": picked("a44uhlf7")}}
    filled = read_form(ACTIONS["reset_instances"], state)
    assert filled.arguments == {"instance_ids": ["a44uhlf7"]}
    assert not filled.problems


def test_mistakes_stand_at_their_fields() -> None:
    nothing = read_form(ACTIONS["reset_instances"], {})
    assert list(nothing.problems) == [block_id("instance_ids")]
    state: JsonValue = {
        block_id("limit"): {"value": {"value": "9999"}},
        block_id("since"): {"value": {"selected_date_time": 0}},
        block_id("state"): {"value": {"selected_option": {"value": "stopped"}}},
    }
    filled = read_form(ACTIONS["list_instances"], state)
    assert filled.problems == {block_id("limit"): "must be at most 500"}
    assert filled.arguments["state"] == "stopped"


def test_a_secret_is_never_put_into_a_form() -> None:
    assert "https://secret" not in json.dumps(form(ACTIONS["install_app"], {"link": "https://secret"}))
