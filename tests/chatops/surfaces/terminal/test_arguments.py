import click
import pytest

from chatops.parameters import parameters_of
from chatops.surfaces.terminal.arguments import gather
from tools import load_actions

ACTIONS = load_actions()
LIST = parameters_of(ACTIONS["list_instances"])
RESET = parameters_of(ACTIONS["reset_instances"])


def test_options_win_over_params_and_the_conflict_is_said() -> None:
    arguments = gather(LIST, {"limit": 2, "region": None}, '{"limit": 5, "region": "cn-north-7"}')
    assert arguments.values == {"limit": 2, "region": "cn-north-7"}
    assert arguments.notes == ("--limit replaces limit of --params.",)


def test_the_same_value_twice_is_no_conflict() -> None:
    assert gather(LIST, {"limit": 5}, '{"limit": 5}').notes == ()


def test_false_is_a_value_and_nothing_is_none() -> None:
    assert gather(LIST, {"detail": False, "name": None}, None).values == {"detail": False}


def test_phones_are_those_named_each_once() -> None:
    assert gather(RESET, {"instance_ids": ("a,b", "a")}, None).phones == ("a", "b")
    assert gather(RESET, {}, '{"instance_ids": ["c"]}').phones == ("c",)
    assert gather(RESET, {}, '{"instance_ids": 5}').phones == ()


@pytest.mark.parametrize(("source", "said"), [("[1]", "a JSON object"), ("{", "no JSON"), ("nonsense", "no JSON")])
def test_params_that_are_no_object_are_refused(source: str, said: str) -> None:
    with pytest.raises(click.UsageError, match=said):
        gather(LIST, {}, source)


def test_a_value_of_the_wrong_form_names_its_option() -> None:
    video = parameters_of(ACTIONS["set_video"])
    with pytest.raises(click.UsageError, match="--p540: write it as KBPS/FPS"):
        gather(video, {"p540": "6000"}, None)
