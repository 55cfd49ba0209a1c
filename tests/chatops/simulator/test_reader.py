import pytest

from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.reader import Query, Reader, parse_object


def _is_refused(read: object) -> None:
    assert callable(read)
    with pytest.raises(RefusedError) as caught:
        read()
    assert caught.value.error is ApiError.PARAMETER_ERROR


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        b"[]",
        b"null",
        b'"text"',
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":"\xff"}',
        b"\xef\xbb\xbf{}",
        b'{"user_id": \xe2\x80\x9c1123422\xe2\x80\x9d}',
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"{'a': 1}",
        b'{"a": 1} {}',
    ],
)
def test_a_body_that_is_no_object_of_strict_json_is_refused(body: bytes) -> None:
    _is_refused(lambda: parse_object(body))


@pytest.mark.parametrize("value", [1, 1.0, True, None, [], {}, "", "x" * 33])
def test_text_is_text_of_the_right_length(value: object) -> None:
    _is_refused(lambda: Reader({"key": value}).text("key", 32))


def test_a_missing_key_is_refused() -> None:
    _is_refused(lambda: Reader({}).text("key", 32))


@pytest.mark.parametrize("value", ["x", "x" * 32, "ü" * 32])
def test_lengths_are_counted_in_characters(value: str) -> None:
    assert Reader({"key": value}).text("key", 32) == value


@pytest.mark.parametrize("value", ["1", 1.0, 1.5, True, None, 0, 11, -1, 10**30])
def test_integers_are_integers_in_their_range(value: object) -> None:
    _is_refused(lambda: Reader({"key": value}).whole("key", 1, 10))


@pytest.mark.parametrize("value", ["4", True, None, 0, -1.5])
def test_numbers_are_numbers_above_zero(value: object) -> None:
    _is_refused(lambda: Reader({"key": value}).number("key"))


@pytest.mark.parametrize("value", [4, 4.0, 0.5])
def test_a_double_may_be_written_as_an_integer(value: float) -> None:
    assert Reader({"key": value}).number("key") == value


@pytest.mark.parametrize("value", [[], "a", None, ["a"] * 101, ["a", ""], ["a", 1], ["x" * 33], [None]])
def test_lists_of_ids_hold_one_to_a_hundred_ids(value: object) -> None:
    _is_refused(lambda: Reader({"key": value}).texts("key"))


@pytest.mark.parametrize("length", [1, 100])
def test_lists_of_ids_may_be_as_long_as_documented(length: int) -> None:
    assert len(Reader({"key": ["x" * 32] * length}).texts("key")) == length


@pytest.mark.parametrize("value", ["h264", "", None, 264, ["H264"]])
def test_enumerations_are_exact(value: object) -> None:
    _is_refused(lambda: Reader({"key": value}).choice("key", ("H264", "H265")))


def test_a_number_is_text_only_where_printed_examples_have_it_so() -> None:
    _is_refused(lambda: Reader({"user_id": 1123422}).text("user_id", 32))
    assert Reader({"user_id": 1123422}, numbers_as_text=True).text("user_id", 32) == "1123422"


def test_what_was_not_asked_for_is_unknown_at_any_depth() -> None:
    reader = Reader({"known": "x", "odd": 1, "list": [{"known": "x", "odd": 1}], "child": {"odd": 1}})
    reader.text("known", 1)
    reader.children("list", 100)[0].text("known", 1)
    reader.child("child")
    assert reader.unknown() == ["odd", "list[0].odd", "child.odd"]


def test_a_child_must_be_an_object() -> None:
    _is_refused(lambda: Reader({"child": []}).child("child"))


def test_a_query_parameter_may_stand_there_once() -> None:
    _is_refused(lambda: Query([("page_no", "1"), ("page_no", "2")]))


@pytest.mark.parametrize("value", ["", "0", "-1", "+1", "1.0", " 1", "1e3", "٣", "9" * 30])
def test_a_page_number_is_plain_digits_from_one(value: str) -> None:
    _is_refused(lambda: Query([("page_no", value)]).whole("page_no"))


def test_a_query_tells_what_nobody_asked_for() -> None:
    query = Query([("page_no", "2"), ("poolSceneTag", "CLOUD_PHONE")])
    assert query.whole("page_no") == 2
    assert query.text("instance_id") is None
    assert query.unknown() == ["?poolSceneTag"]


def test_an_empty_filter_is_refused() -> None:
    _is_refused(lambda: Query([("instance_id", "")]).text("instance_id"))
