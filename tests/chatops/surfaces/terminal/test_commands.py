from collections.abc import Mapping

import click
import pytest
from pydantic import JsonValue

from chatops.surfaces.terminal.commands import ActionCommand
from chatops.surfaces.terminal.request import Request
from tools import load_actions

ACTIONS = load_actions()


def typed(action: str, *words: str) -> Request:
    requests: list[Request] = []

    def keep(request: Request) -> int:
        requests.append(request)
        return 7

    assert ActionCommand(ACTIONS[action], keep).main(list(words), standalone_mode=False) == 7
    return requests[0]


def arguments(action: str, *words: str) -> Mapping[str, JsonValue]:
    return typed(action, *words).arguments.values


def test_phones_stand_alone_in_options_and_separated() -> None:
    given = arguments("reboot_instances", "--instance-ids", "a,b", "c", "--instance-ids", "d e", "f")
    assert given == {"instance_ids": ["a", "b", "d", "e", "c", "f"]}


def test_options_may_be_spelt_like_params() -> None:
    assert arguments("assign_instances", "a", "--user_id", "7") == {"instance_ids": ["a"], "user_id": "7"}
    assert arguments("assign_instances", "a", "--user_id=a_b") == {"instance_ids": ["a"], "user_id": "a_b"}


def test_a_text_with_underscores_behind_two_dashes_stays_as_it_is() -> None:
    assert arguments("reboot_instances", "--", "--instance_ids") == {"instance_ids": ["--instance_ids"]}


def test_the_one_phone_of_a_call_is_given_once() -> None:
    assert arguments("get_device_token", "Q39") == {"instance_id": "Q39"}
    assert arguments("get_device_token", "--instance-id", "Q39") == {"instance_id": "Q39"}
    with pytest.raises(click.UsageError, match="given twice"):
        typed("get_device_token", "Q39", "--instance-id", "Q38")


def test_what_is_missing_is_left_to_the_executor() -> None:
    assert arguments("reset_instances") == {}


def test_flags_are_given_or_denied_or_absent() -> None:
    assert arguments("list_instances", "--detail") == {"detail": True}
    assert arguments("list_instances", "--no-detail") == {"detail": False}
    assert arguments("list_instances") == {}


def test_how_to_ask_and_to_answer_is_kept_apart_from_the_arguments() -> None:
    request = typed("list_instances", "--json", "--yes", "--reveal")
    assert (request.as_json, request.yes, request.reveal, request.arguments.values) == (True, True, True, {})
