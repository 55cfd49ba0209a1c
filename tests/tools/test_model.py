import pytest
from pydantic import Field, ValidationError

from tools import Accepted, NoParams, Params, Result


class Asked(Params):
    """Some params."""

    count: int = Field(description="Phones")
    name: str = Field(default="x", description="Name")


class Told(Result):
    """Some result."""

    name: str = "x"
    count: int = 0


@pytest.mark.parametrize("arguments", [{"count": 1, "phones": 2}, {"count": 1, "Count": 1}, {"count": 1, "": None}])
def test_argument_that_is_not_known_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Asked.model_validate(arguments)
    with pytest.raises(ValidationError):
        NoParams.model_validate(arguments)


@pytest.mark.parametrize("count", ["1", 1.0, True, None, [1]])
def test_argument_of_another_type_is_refused_rather_than_guessed_at(count: object) -> None:
    with pytest.raises(ValidationError):
        Asked.model_validate({"count": count})


def test_refusal_does_not_repeat_what_was_given() -> None:
    with pytest.raises(ValidationError) as caught:
        Asked.model_validate({"count": "verySecret"})
    assert "verySecret" not in str(caught.value)
    with pytest.raises(ValidationError) as caught:
        Told.model_validate({"count": "verySecret"})
    assert "verySecret" not in str(caught.value)


def test_params_and_results_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Asked(count=1).count = 2  # type: ignore[misc]  # that it cannot be is the test
    with pytest.raises(ValidationError):
        Told().count = 2  # type: ignore[misc]  # that it cannot be is the test


def test_field_that_the_api_adds_is_ignored_and_number_in_place_of_a_text_is_read() -> None:
    assert Told.model_validate({"name": 7, "count": "3", "added": {"a": 1}}) == Told(name="7", count=3)


@pytest.mark.parametrize(("task", "read"), [("t-1", "t-1"), (17, "17"), (None, None), ("\x1b[2Jt\u202e\n", "[2Jt")])
def test_acceptance_keeps_a_task_id_that_comes_with_it_cleaned(task: object, read: str | None) -> None:
    assert Accepted.model_validate({"task_id": task}).task_id == read
    assert Accepted.model_validate({}).task_id is None
