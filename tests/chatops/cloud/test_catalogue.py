from collections import Counter

import pytest

from chatops.cloud.catalogue import GATEWAY, KNOWN, STATUSES, Kind
from chatops.simulator.errors import ApiError


def test_every_documented_error_is_known_by_status_and_code() -> None:
    """The simulator's table is its own transcription of section 5.2."""
    printed = {(row.status, row.code.rpartition(".")[2]) for row in ApiError}
    assert set(KNOWN) == printed
    assert len(KNOWN) == 47


def test_thirty_errors_come_with_http_200() -> None:
    assert Counter(status for status, _ in KNOWN)[200] == 30


def test_one_code_stands_for_two_errors() -> None:
    assert KNOWN[403, "6002"].kind is Kind.PERMISSION
    assert KNOWN[500, "6002"].kind is Kind.TOKEN


def test_exactly_four_errors_may_be_read_again() -> None:
    assert {code for (_, code), known in KNOWN.items() if known.read_retries} == {"4999", "9001", "9002", "9003"}


@pytest.mark.parametrize("key", KNOWN, ids=lambda key: f"{key[0]}-{key[1]}")
def test_every_error_says_what_it_means_and_what_to_do(key: tuple[int, str]) -> None:
    known = KNOWN[key]
    assert known.meaning[0].isupper() or known.meaning.startswith("fast_install")
    assert not known.meaning.endswith(".")
    assert known.next_step.endswith(".")
    assert "redis" not in f"{known.meaning}{known.next_step}".lower()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 411, 413, 416, 429, 500, 501, 503])
def test_every_general_status_that_is_an_error_has_a_meaning(status: int) -> None:
    assert STATUSES[status]


def test_codes_of_the_gateway_have_meanings() -> None:
    assert {"0101", "0201", "0301", "0303", "0307", "0308"} <= set(GATEWAY)
