import pytest

from chatops import values


def test_ids_are_split_at_commas_and_spaces() -> None:
    assert values.words(["a,b c", "d", " e,\n f "]) == ["a", "b", "c", "d", "e", "f"]


def test_ids_that_look_like_numbers_stay_text() -> None:
    assert values.words(["1008600000097131912"]) == ["1008600000097131912"]


def test_a_list_without_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        values.words([" , "])


def test_short_form_and_json_of_a_record_are_the_same() -> None:
    assert values.record("6000/30", ("kbps", "fps")) == values.record('{"kbps": 6000, "fps": 30}', ("kbps", "fps"))


@pytest.mark.parametrize("text", ["6000", "6000/30/1", "6000/", "/"])
def test_another_short_form_is_refused_with_the_right_one(text: str) -> None:
    with pytest.raises(ValueError, match="KBPS/FPS"):
        values.record(text, ("kbps", "fps"))


def test_what_is_no_number_in_a_short_form_is_left_to_the_declaration() -> None:
    assert values.record("fast/30", ("kbps", "fps")) == {"kbps": "fast", "fps": 30}
    assert values.record("9" * 5000 + "/30", ("kbps", "fps")) == {"kbps": "9" * 5000, "fps": 30}


def test_records_come_one_by_one_or_as_a_list() -> None:
    assert values.records(['{"a": 1}', '[{"a": 2}, {"a": 3}]']) == [{"a": 1}, {"a": 2}, {"a": 3}]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "twice"),
        ('{"a": NaN}', "NaN"),
        ("{", "line 1"),
        ("[" * 100_000, "deeply"),
        ('{"a": ' + "9" * 5000 + "}", "digits"),
    ],
)
def test_json_that_is_none_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        values.read_json(text)
