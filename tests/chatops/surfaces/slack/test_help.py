import pytest

from chatops.control import every_action
from chatops.surfaces.slack import limits
from chatops.surfaces.slack.asked import Help, Misread
from chatops.surfaces.slack.help import OWN, help_on, misread, overview
from chatops.surfaces.slack.words import OWN_COMMANDS, read
from tools import AnyAction

ACTIONS = every_action()


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_help_says_what_an_action_takes_and_a_line_that_works(action: AnyAction) -> None:
    made = help_on(action)
    assert f"/phone {action.word}" in made.text
    assert all(name in made.text for name in action.params.model_fields)
    assert len(made.text) < limits.SECTION_TEXT


def test_the_overview_has_only_what_this_person_may_do() -> None:
    made = overview({"list_instances": ACTIONS["list_instances"]})
    assert "list" in made.text
    assert "reset" not in made.text


def test_what_was_typed_pings_nobody() -> None:
    assert (
        "<!channel>" not in misread(Misread(problem="<!channel>", pointed="<!channel>\n^", example="/phone help")).text
    )


def test_the_commands_of_the_door_itself_are_listed() -> None:
    assert {each.split()[0] for each in OWN} == set(OWN_COMMANDS)
    assert '/phone freeze --reason "…" --for 30m' in overview(ACTIONS).text
    assert read("help freeze", ACTIONS) == Help()
