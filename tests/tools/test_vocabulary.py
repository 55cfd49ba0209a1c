import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from tools import Chosen, Coded
from tools._states import (
    AssignState,
    CopyState,
    FrozenState,
    LoginState,
    PrepareState,
    ProgressState,
    RunState,
    TaskState,
)

ALL: tuple[type[Coded], ...] = (
    AssignState,
    CopyState,
    FrozenState,
    LoginState,
    PrepareState,
    ProgressState,
    RunState,
    TaskState,
)
MEMBERS = [member for vocabulary in ALL for member in vocabulary]


class Answer(BaseModel):
    state: RunState


class Question(BaseModel):
    state: Chosen[RunState]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{type(member).__name__}.{member}")
def test_member_is_read_from_its_word_its_number_and_its_number_as_text(member: Coded) -> None:
    vocabulary = type(member)
    for written in (member, member.value, member.code, str(member.code)):
        assert vocabulary.read(written) is member
    assert (str(member), member.shown) == (member.value, f"{member.value} ({member.code})")


@pytest.mark.parametrize("vocabulary", ALL, ids=lambda each: each.__name__)
def test_words_and_numbers_of_a_vocabulary_are_different_ones(vocabulary: type[Coded]) -> None:
    assert (
        len({member.code for member in vocabulary}) == len({member.value for member in vocabulary}) == len(vocabulary)
    )
    assert all(member.value.isidentifier() for member in vocabulary)


@given(number=st.integers(6, 10**9 - 1))
def test_unlisted_number_equals_no_listed_word_and_is_shown(number: int) -> None:
    unlisted = RunState.of(number)
    assert unlisted.value == f"unlisted {number}"
    assert unlisted.shown == f"unlisted {number} ({number})"
    assert unlisted not in set(RunState)
    assert (unlisted == RunState.RUNNING, unlisted == RunState.of(number)) == (False, True)
    assert len(RunState) == 6


def test_failed_task_of_later_versions_is_a_failed_task() -> None:
    assert TaskState.of(3) is TaskState.FAILED
    assert TaskState.read("3") is TaskState.FAILED


@pytest.mark.parametrize(
    "wrong", [None, True, False, 1.0, 2.5, [], {}, b"2", "", "-", "--1", "1.0", "RUNNING", "run", "²"]
)
def test_what_is_neither_word_nor_number_is_refused_with_the_words(wrong: object) -> None:
    with pytest.raises(ValidationError, match="expected one of: unknown, stopped, running"):
        Answer.model_validate({"state": wrong})


@pytest.mark.parametrize(
    "huge",
    [10**9, -(10**9), 10**300, 10**5000, "9" * 10, "-" + "9" * 10, "9" * 5000],
    ids=lambda each: type(each).__name__,
)
def test_number_as_long_as_a_page_is_no_state(huge: object) -> None:
    with pytest.raises(ValidationError, match="expected one of"):
        Answer.model_validate({"state": huge})


@pytest.mark.parametrize("wrong", [6, 99, -1, "6", "unlisted 6"])
def test_unlisted_number_cannot_be_asked_for(wrong: object) -> None:
    with pytest.raises(ValidationError, match="expected one of"):
        Question.model_validate({"state": wrong})


@pytest.mark.parametrize("right", ["running", 2, "2", RunState.RUNNING])
def test_listed_member_can_be_asked_for(right: object) -> None:
    assert Question.model_validate({"state": right}).state is RunState.RUNNING


def test_vocabulary_is_written_as_a_word() -> None:
    assert Answer(state=RunState.RUNNING).model_dump() == {"state": "running"}
    assert Answer(state=RunState.of(7)).model_dump_json() == '{"state":"unlisted 7"}'


def test_schema_lists_the_words_for_a_question_and_says_that_answers_may_have_others() -> None:
    words = [member.value for member in RunState]
    assert Question.model_json_schema()["properties"]["state"]["enum"] == words
    written = Answer.model_json_schema(mode="serialization")["properties"]["state"]
    assert "enum" not in written
    assert "unlisted N" in written["description"]
