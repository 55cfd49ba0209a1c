import pytest
from pydantic import JsonValue

from chatops.errors import InvalidParams
from chatops.parsing import Problem, parse, problems_of
from tools import load_actions

ACTIONS = load_actions()


def refused(action: str, arguments: dict[str, JsonValue]) -> InvalidParams:
    with pytest.raises(InvalidParams) as caught:
        parse(ACTIONS[action], arguments)
    return caught.value


def test_unknown_argument_is_refused_with_the_valid_ones() -> None:
    error = refused("query_status", {"instance_ids": ["a"], "ids": ["b"]})
    assert "unknown argument 'ids'" in error.message
    assert "instance_ids" in error.next_step


def test_missing_argument_is_named() -> None:
    assert "command is missing" in refused("run_command", {"instance_ids": ["a"]}).message


def test_id_written_as_a_number_is_refused_because_digits_get_lost() -> None:
    assert "as text" in refused("prepare_instances", {"instance_ids": ["a"], "user_id": 1008600000104285462}).message


@pytest.mark.parametrize("value", ["5", 5.0, True, None, [5]])
def test_number_of_another_type_is_not_guessed_at(value: JsonValue) -> None:
    assert "limit" in refused("list_instances", {"limit": value}).message


def test_word_that_is_none_of_the_vocabulary_is_answered_with_the_words() -> None:
    message = refused("list_instances", {"state": "sleeping"}).message
    assert "running" in message
    assert "stopped" in message


def test_number_in_place_of_a_word_is_refused_when_nothing_stands_for_it() -> None:
    assert "running" in refused("list_instances", {"state": 17}).message


def test_secret_in_a_refused_argument_is_not_repeated() -> None:
    arguments: dict[str, JsonValue] = {
        "instance_ids": ["a"],
        "package": "p",
        "file_name": "f",
        "version": "1",
        "size_mb": 1,
        "link": "ftp://host/app.apk?Signature=S3cr3t",
    }
    error = refused("install_app", arguments)
    assert "link" in error.message
    assert "S3cr3t" not in error.message + error.next_step
    assert "S3cr3t" not in repr(error.__cause__) + repr(error.__context__ and error.__suppress_context__)


def test_every_problem_is_named_up_to_a_bound() -> None:
    message = refused("run_command", {str(number): 1 for number in range(20)}).message
    assert "more problems" in message
    assert len(message) < 1000


def test_hostile_argument_names_are_cleaned_before_they_are_shown() -> None:
    assert "\x1b" not in refused("query_status", {"\x1b[31mx": 1}).message


def test_arguments_beyond_the_bound_are_refused_before_they_are_looked_at() -> None:
    assert "fewer phones" in refused("query_status", {"instance_ids": ["a" * 32] * 5000}).next_step


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_json_does_not_have_are_refused(value: float) -> None:
    assert "not JSON" in refused("list_instances", {"limit": value}).message


def test_deep_nesting_is_refused_without_a_traceback() -> None:
    deep: JsonValue = []
    for _ in range(100_000):
        deep = [deep]
    assert refused("list_instances", {"limit": deep}).code == "invalid_params"


def test_lone_surrogates_are_refused_without_a_traceback() -> None:
    assert refused("query_status", {"instance_ids": ["\ud800"]}).code == "invalid_params"


def test_problems_are_told_one_by_one_with_their_places() -> None:
    found = problems_of(ACTIONS["assign_instances"], {"instance_ids": ["a44uhlf7", "-"], "force": True})
    assert [(problem.place, problem.is_missing) for problem in found] == [
        (("instance_ids", 1), False),
        (("user_id",), True),
        (("force",), False),
    ]
    assert found[2].sentence == "is not known here"


def test_problem_of_all_arguments_together_has_no_place() -> None:
    (problem,) = problems_of(ACTIONS["query_status"], {})
    assert problem == Problem(place=(), sentence="name the phones with instance_ids or with where, one of both")


def test_arguments_that_are_no_json_are_one_problem() -> None:
    (problem,) = problems_of(ACTIONS["query_status"], {"instance_ids": [float("nan")]})
    assert problem.place == ()
    assert "JSON" in problem.sentence


def test_arguments_that_are_right_have_no_problem() -> None:
    assert problems_of(ACTIONS["query_status"], {"instance_ids": ["a44uhlf7"]}) == ()
