import pytest

from chatops.control import every_action
from chatops.errors import ConfigurationError
from chatops.runbooks import check_calls, load_runbooks
from tests.chatops.runbooks.pages import HEAD, runbook

ACTIONS = every_action()


@pytest.mark.parametrize("name", load_runbooks())
def test_whatever_a_shipped_runbook_calls_exists_and_takes_its_arguments(name: str) -> None:
    check_calls(load_runbooks()[name], ACTIONS)


@pytest.mark.parametrize(
    ("head", "text", "message"),
    [
        (HEAD.replace("name: black_screen", "name: white_screen"), "", "line 2: the name is white_screen"),
        (HEAD.replace("name: region", "name: instance_id"), "", "line 5: two arguments have one name"),
        (
            HEAD.replace("example: cn-north-7", "example: cn north"),
            "",
            "line 14: the example is no region: a region is",
        ),
        (HEAD.replace("region={region}", "region={place}"), "", "line 21: {place} is no argument"),
        (HEAD.replace("region={region}", "region={words}"), "", "line 21: {words} is a text"),
        (HEAD, "1. Go.\n2. Ask {somebody}.\n", "line 24: {somebody} is no argument"),
        (HEAD, "1. The user says {words}.\n", "line 23: {words} is a text and stands below the steps"),
    ],
)
def test_form_that_does_not_hold_is_refused_with_file_and_line(head: str, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        runbook(head, text)
    assert raised.value.message.startswith("prompts/black_screen.md, ")
    assert message in raised.value.message


@pytest.mark.parametrize(
    ("head", "text", "message"),
    [
        (HEAD, "1. `reset_phones instance_ids=PHONES`\n", "line 23: there is no action reset_phones"),
        (HEAD, "1. `list_instances colour=red`\n", "line 23: list_instances: unknown argument 'colour'"),
        (HEAD, "1. `list_instances limit=900`\n", "line 23: list_instances: limit"),
        (HEAD, "1. `list_instances limit=many`\n", "line 23: list_instances: limit cannot be 'many'"),
        (HEAD, "1. `get_task`\n", "line 23: get_task: task_id is missing"),
        (HEAD.replace("query_status", "reboot_instances"), "", "line 20: reboot_instances changes something"),
    ],
)
def test_call_that_cannot_be_made_is_refused_with_file_and_line(head: str, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        check_calls(runbook(head, text), ACTIONS)
    assert message in raised.value.message


def test_words_in_capitals_stand_for_values_of_whoever_follows_it() -> None:
    check_calls(
        runbook(
            text="1. `install_app where=state=running package=PACKAGE file_name=FILE version=VERSION "
            "size_mb=SIZE link=LINK`\n"
        ),
        ACTIONS,
    )
