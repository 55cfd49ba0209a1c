import json

import pytest
from pydantic import JsonValue

from chatops.control import every_action
from chatops.errors import InvalidParams
from chatops.parameters import parameters_of
from chatops.surfaces.slack import limits
from chatops.surfaces.slack.forms import PLAN_ONLY, block_id, form, read_form
from chatops.surfaces.slack.message import View
from chatops.surfaces.slack.origin import Origin
from tests.slack.limits import view_findings
from tools import AnyAction

ACTIONS = every_action()


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_every_action_has_a_form_within_limits(action: AnyAction) -> None:
    for example in action.examples:
        origin = Origin(action=action.name, channel="C1")
        view = form(action, example.params.model_dump(mode="json", exclude_unset=True), origin=origin)
        shown = view["blocks"]
        assert isinstance(shown, list)
        more = 1 if action.change is None else 2
        assert len(shown) == len(action.params.model_fields) + more <= limits.VIEW_BLOCKS
        assert Origin.read(view["private_metadata"]) == origin
        assert not view_findings(view)


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


def element_of(view: View, block: str) -> dict[str, JsonValue]:
    shown = view["blocks"]
    assert isinstance(shown, list)
    (found,) = [each for each in shown if isinstance(each, dict) and each.get("block_id") == block]
    element = found["element"]
    assert isinstance(element, dict)
    return element


@pytest.mark.parametrize("count", [1, 100, 101, 300])
def test_phones_that_were_typed_are_all_in_the_form(count: int) -> None:
    phones: list[JsonValue] = [f"phone{number:03}" for number in range(count)]
    view = form(ACTIONS["reset_instances"], {"instance_ids": phones})
    assert not view_findings(view)
    element = element_of(view, block_id("instance_ids"))
    chosen = element.get("initial_options")
    entry: dict[str, JsonValue] = (
        {"selected_options": chosen} if isinstance(chosen, list) else {"value": element["initial_value"]}
    )
    filled = read_form(ACTIONS["reset_instances"], {block_id("instance_ids"): {"any": entry}})
    assert filled.arguments == {"instance_ids": phones}


def test_what_does_not_fit_into_a_form_is_refused_and_not_lost() -> None:
    with pytest.raises(InvalidParams, match="too long for a form"):
        form(ACTIONS["reset_instances"], {"instance_ids": [f"phone{number:03}" for number in range(500)]})


@pytest.mark.parametrize("since", ["2026-01-01T00:00:00+00:00", "1990-01-01T00:00:00+00:00"])
def test_a_time_that_was_typed_stands_in_the_form(since: str) -> None:
    view = form(ACTIONS["list_instances"], {"since": since})
    assert not view_findings(view)
    element = element_of(view, block_id("since"))
    entry = {"selected_date_time": element.get("initial_date_time"), "value": element.get("initial_value")}
    assert read_form(ACTIONS["list_instances"], {block_id("since"): {"value": entry}}).arguments["since"] == since


@pytest.mark.parametrize("plan_only", [True, False])
def test_a_change_may_only_be_looked_at_from_the_form(plan_only: bool) -> None:  # pytest's
    element = element_of(form(ACTIONS["reset_instances"], {}, plan_only=plan_only), PLAN_ONLY)
    state: JsonValue = {
        block_id("instance_ids"): {"suggest:phones": picked("a44uhlf7")},
        PLAN_ONLY: {"value": {"selected_options": element.get("initial_options") or []}},
    }
    filled = read_form(ACTIONS["reset_instances"], state)
    assert filled.plan_only is plan_only
    assert filled.arguments == {"instance_ids": ["a44uhlf7"]}


def test_a_read_has_no_plan() -> None:
    assert PLAN_ONLY not in json.dumps(form(ACTIONS["list_instances"], {}))


def test_a_number_beyond_all_numbers_is_a_mistake_in_the_form() -> None:
    filled = read_form(ACTIONS["list_instances"], {block_id("limit"): {"value": {"value": "1e999"}}})
    assert filled.problems
    assert {each.removeprefix("param:") for each in filled.problems} <= {
        each.name for each in parameters_of(ACTIONS["list_instances"])
    }
