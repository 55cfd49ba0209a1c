import pytest

from chatops.surfaces.slack.calls import Carried
from chatops.surfaces.slack.limits import BUTTON_VALUE
from chatops.surfaces.slack.origin import Origin


def test_an_origin_comes_back_from_the_metadata_of_a_form() -> None:
    origin = Origin(action="reset_instances", channel="C1", thread="1.2", response_url="https://x", share=True)
    assert Origin.read(origin.text) == origin
    assert Origin.read(Origin().text) == Origin()


@pytest.mark.parametrize("text", [None, "", "?", "[]", '{"share": "perhaps"}'])
def test_what_is_no_origin_and_no_call_is_nothing(text: object) -> None:
    assert Origin.read(text) is None
    assert Carried.read(text) is None


def test_a_call_comes_back_from_a_button_unless_it_is_too_long_for_one() -> None:
    carried = Carried(action="list_instances", arguments={"limit": 3, "name": "\u00e9"}, plan_only=True)
    assert Carried.read(carried.text) == carried
    assert Carried(action="list_instances", arguments={"name": "a" * BUTTON_VALUE}).text is None
