from typing import Any

import pytest

from chatops.runbooks import WrittenCall
from tools import load_actions

ACTIONS = load_actions()


def call(text: str) -> WrittenCall:
    return WrittenCall.read(text, line=1)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("fleet_summary", {}),
        ("query_status instance_ids=a44uhlf7,efjy72gs", {"instance_ids": ["a44uhlf7", "efjy72gs"]}),
        ("""query_status instance_ids='["a44uhlf7"]'""", {"instance_ids": ["a44uhlf7"]}),
        ("query_status where=region=cn-north-7,state=stopped", {"where": "region=cn-north-7,state=stopped"}),
        ("list_instances state=stopped detail=yes limit=5", {"state": "stopped", "detail": True, "limit": 5}),
        ("list_instances detail=false instance_id=1123422", {"detail": False, "instance_id": "1123422"}),
        ('run_command instance_ids=a command="df -h"', {"instance_ids": ["a"], "command": "df -h"}),
        ("create_instances bandwidth_mbps=4.5 payment=manual", {"bandwidth_mbps": 4.5, "payment": "manual"}),
        ("""set_video p540='{"kbps": 2000, "fps": 30}'""", {"p540": {"kbps": 2000, "fps": 30}}),
        ("fleet_summary shoe=44", {"shoe": "44"}),
    ],
)
def test_arguments_are_what_the_action_takes(text: str, arguments: dict[str, Any]) -> None:
    written = call(text)
    assert written.arguments(ACTIONS[written.action]) == arguments


@pytest.mark.parametrize("text", ["list_instances limit=many", "list_instances detail=maybe", "set_video p540={"])
def test_value_of_another_kind_is_refused(text: str) -> None:
    written = call(text)
    with pytest.raises(ValueError, match="cannot be"):
        written.arguments(ACTIONS[written.action])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reboot_instances a44uhlf7", "name=value, not 'a44uhlf7'"),
        ("reboot_instances --where=x", "name=value"),
        ("list_instances limit=1 limit=2", "limit stands there twice"),
        ("""run_command command="df""", "No closing quotation"),
    ],
)
def test_what_is_no_call_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(text)


def test_text_is_the_call_again() -> None:
    text = "run_command instance_ids=a command='df -h'"
    assert call(text).text == text


def test_given_values_fill_their_gaps_and_what_was_not_given_is_left_out() -> None:
    written = call("list_instances region={region} name={prefix}-* where=state=stopped,region={region} limit=5")
    assert written.gaps == {"region", "prefix"}
    filled = written.filled({"region": "cn-north-7"})
    assert filled.text == "list_instances region=cn-north-7 where=state=stopped,region=cn-north-7 limit=5"


def test_value_never_becomes_another_argument() -> None:
    filled = call("list_instances name={name}").filled({"name": "x state=stopped {region}"})
    assert filled.arguments(ACTIONS["list_instances"]) == {"name": "x state=stopped {region}"}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("get_task", ("task_id",)),
        ("get_prepare_progress instance_id=a", ("user_id",)),
        ("query_status", ("instance_ids",)),
        ("query_status where=state=stopped", ()),
        ("fleet_summary", ()),
    ],
)
def test_what_the_action_needs_besides_is_named(text: str, missing: tuple[str, ...]) -> None:
    written = call(text)
    assert written.missing(ACTIONS[written.action]) == missing
