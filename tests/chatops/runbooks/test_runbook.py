import pytest

from chatops.errors import InvalidParams
from tests.chatops.runbooks.pages import runbook


def test_values_are_what_was_given_and_an_empty_one_counts_as_not_given() -> None:
    given = {"instance_id": " a44uhlf7 ", "region": "", "words": "All\u202e is\nblack"}
    assert runbook().values(given) == {"instance_id": "a44uhlf7", "words": "All is black"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "instance_id: it is missing"),
        ({"instance_id": " "}, "instance_id: it is missing"),
        ({"instance_id": "two words"}, "instance_id: an id is 1 to 32 letters"),
        ({"instance_id": "a", "shoe": "44"}, "unknown argument 'shoe'"),
        ({"instance_id": "a", "\x1b[2J" + "x" * 99: "44"}, "unknown argument '"),
    ],
)
def test_wrong_argument_is_named_with_the_valid_ones(given: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidParams) as raised:
        runbook().values(given)
    assert message in raised.value.message
    assert "\x1b" not in raised.value.message
    assert raised.value.next_step == "Valid arguments: instance_id, region, words."


def test_text_has_the_values_and_words_in_capitals_where_there_is_none() -> None:
    text = runbook().text_with({"instance_id": "a44uhlf7"})
    assert "`query_status instance_ids=a44uhlf7`" in text
    assert "In REGION:" in text


def test_value_that_looks_like_a_gap_stays_one_value() -> None:
    assert "instance_ids={region}`" in runbook().text_with({"instance_id": "{region}", "region": "cn-north-7"})


def test_reads_have_the_values() -> None:
    calls = runbook().reads_with({"instance_id": "a44uhlf7"})
    assert [each.text for each in calls] == ["query_status instance_ids=a44uhlf7", "fleet_summary"]
