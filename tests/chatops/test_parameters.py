import pytest

from chatops.parameters import Kind, parameters_of, place_of
from tools import AnyAction, load_actions

ACTIONS = load_actions()
RESERVED = {"positional", "source", "as_json", "yes", "reveal", "params", "json", "help", "plan"}


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_every_param_becomes_a_parameter_and_none_hides_an_option_of_ours(action: AnyAction) -> None:
    names = [parameter.name for parameter in parameters_of(action)]
    assert names == list(action.params.model_fields)
    assert not set(names) & RESERVED


def test_types_ranges_choices_and_defaults_are_those_of_the_declaration() -> None:
    found = {each.name: each for each in parameters_of(ACTIONS["list_instances"])}
    assert found["limit"].kind is Kind.INTEGER
    assert (found["limit"].least, found["limit"].most, found["limit"].shown_default) == (1, 500, "20")
    assert "going_offline" in found["state"].choices
    assert found["since"].kind is Kind.TIME
    assert found["detail"].kind is Kind.FLAG
    assert not found["region"].required


def test_nested_params_and_secrets_are_recognised() -> None:
    video = {each.name: each for each in parameters_of(ACTIONS["set_video"])}
    assert video["p540"].parts == ("kbps", "fps")
    assert video["overrides"].kind is Kind.RECORDS
    install = {each.name: each for each in parameters_of(ACTIONS["install_app"])}
    assert install["link"].kind is Kind.SECRET


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("reset_instances", "instance_ids"),
        ("get_device_token", "instance_id"),
        ("get_task", "task_id"),
        ("list_instances", None),
        ("create_instances", None),
    ],
)
def test_what_a_call_is_about_may_stand_without_an_option(name: str, place: str | None) -> None:
    found = place_of(parameters_of(ACTIONS[name]))
    assert (found.name if found else None) == place
