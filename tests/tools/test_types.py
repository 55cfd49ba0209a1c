import pytest
from pydantic import TypeAdapter, ValidationError

from tools import InstanceId, InstanceIds, RegionId, Targets, TaskId, UserId

IDS = [TypeAdapter[str](InstanceId), TypeAdapter[str](UserId)]
TASK = TypeAdapter[str](TaskId)
REGION = TypeAdapter[str](RegionId)
PHONES = TypeAdapter[tuple[str, ...]](InstanceIds)


@pytest.mark.parametrize("text", ["a", "a44uhlf7", "1008600000104285462", "A" * 32, "a_b.c:d@e-f", "0"])
def test_id_is_taken_as_it_is(text: str) -> None:
    assert [each.validate_python(text) for each in IDS] == [text, text]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a" * 33,
        "a b",
        " a",
        "a ",
        "a\n",
        "a/b",
        "../a",
        ".",
        "..",
        "-a",
        "_a",
        "@a",
        "a\x00",
        "a\u202e",
        "é",
        "中",
        "\u0661",
        "a\\b",
        "a?b",
        "a#b",
        "a%2Fb",
        "a'b",
        'a"b',
        "<a>",
        "a,b",
    ],
    ids=ascii,
)
def test_id_that_could_be_something_else_is_refused(text: str) -> None:
    for each in IDS:
        with pytest.raises(ValidationError):
            each.validate_python(text)


@pytest.mark.parametrize("number", [7, 1008600000104285462, 1.5, True])
def test_number_in_place_of_an_id_is_refused_with_the_reason(number: float) -> None:
    for each in (*IDS, TASK):
        with pytest.raises(ValidationError, match="write the id as text, in quotes: as a number it may lose digits"):
            each.validate_python(number)


@pytest.mark.parametrize("wrong", [None, b"a", ["a"], {"a": 1}])
def test_anything_but_text_is_refused(wrong: object) -> None:
    for each in (*IDS, TASK, REGION):
        with pytest.raises(ValidationError):
            each.validate_python(wrong, strict=True)


@pytest.mark.parametrize("count", [1, 500])
def test_so_many_phones_can_be_named(count: int) -> None:
    assert len(PHONES.validate_python(tuple(f"p{number}" for number in range(count)))) == count


@pytest.mark.parametrize("count", [0, 501])
def test_so_many_phones_cannot_be_named(count: int) -> None:
    with pytest.raises(ValidationError):
        PHONES.validate_python(tuple(f"p{number}" for number in range(count)))


def test_phone_named_twice_is_one_phone_and_order_is_kept() -> None:
    assert PHONES.validate_python(("b", "a", "b", "c", "a")) == ("b", "a", "c")


def test_targets_say_what_they_are() -> None:
    assert Targets.model_fields["instance_ids"].description == "Phones, 1-500 ids"


@pytest.mark.parametrize("text", ["a", "ZGCAorI8ocwK7U7_t0AfH26P-DjwDw8Yknf4", "x" * 128, "a%?#&=;,!~", "..."])
def test_task_id_is_opaque(text: str) -> None:
    assert TASK.validate_python(text) == text


@pytest.mark.parametrize("text", ["", "x" * 129, ".", "..", "a/b", "/", "a b", "a\n", "é", "\x7f"], ids=ascii)
def test_task_id_that_would_change_the_path_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        TASK.validate_python(text)


@pytest.mark.parametrize("text", ["a", "cn-north-7", "x" * 64, "A_b-1"])
def test_region_is_taken(text: str) -> None:
    assert REGION.validate_python(text) == text


@pytest.mark.parametrize("text", ["", "x" * 65, "cn north", "cn.north", "cn/north", "é", "a\n"], ids=ascii)
def test_other_region_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        REGION.validate_python(text)
