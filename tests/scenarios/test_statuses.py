"""Every HTTP status of table 5-1: what it means for a read, and what for a change."""

from dataclasses import dataclass

import pytest

from chatops.outcome import Status
from tests.reference.statuses import STATUSES
from tests.tools.stage import Stage

pytestmark = pytest.mark.anyio

OK = {"data": {"status_results": [], "task_id": "t"}, "error_code": "0"}
ATTEMPTS = 4


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """Code of the error, or none; and how often the request is sent. ``says`` stands in the message."""

    read: str = "upstream_rejected"
    change: str = "upstream_rejected"
    read_attempts: int = 1
    change_attempts: int = 1
    says: str = ""


SUCCESS = Meaning(read="", change="")
BEHIND = Meaning(read="upstream_unavailable", change="outcome_unknown", read_attempts=ATTEMPTS, says="gateway")
MEANINGS = {
    200: SUCCESS,
    201: SUCCESS,
    202: SUCCESS,
    400: Meaning(says="could not make sense of the request"),
    401: Meaning(read="authentication_failed", change="authentication_failed", says="credentials"),
    403: Meaning(says="does not allow this"),
    404: Meaning(says="no such address or thing"),
    405: Meaning(says="method"),
    406: Meaning(says="form"),
    409: Meaning(says="conflicts with the state"),
    411: Meaning(says="without a length"),
    413: Meaning(says="larger than"),
    416: Meaning(says="that part"),
    429: Meaning(
        read="upstream_throttled",
        change="upstream_throttled",
        read_attempts=ATTEMPTS,
        change_attempts=ATTEMPTS,
        says="too many requests",
    ),
    500: Meaning(read="upstream_unavailable", change="outcome_unknown", says="failed inside"),
    501: Meaning(read="upstream_unavailable", change="outcome_unknown", says="cannot do this"),
    502: BEHIND,
    503: Meaning(
        read="upstream_unavailable", change="outcome_unknown", read_attempts=ATTEMPTS, says="cannot serve now"
    ),
    504: BEHIND,
}
BODIES: dict[str, object] = {
    "empty": b"",
    "gateway": {"error_code": "common.00000001", "error_msg": "as it is", "request_id": "b3f2"},
    "service": {"error_code": "common.00000001", "error_msg": "as it is"},
}


def carried(status: int) -> object:
    return pytest.param(status, id=str(status), marks=pytest.mark.requirement(f"status:{status}"))


def test_every_status_of_the_reference_has_a_meaning() -> None:
    assert {*MEANINGS, 204} == set(STATUSES)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", [carried(status) for status in MEANINGS])
async def test_status_is_told_and_decides_who_tries_again(stage: Stage, status: int, body: str) -> None:
    meaning = MEANINGS[status]
    answer = OK if meaning is SUCCESS else BODIES[body]
    read = await stage.answered("query_status", answer, status=status)
    read_attempts = len(stage.records)
    stage.clock.seconds += 301.0  # a key that was refused is left alone for a while
    change = await stage.answered("reboot_instances", answer, status=status)
    assert (read.error.code if read.error else "", read_attempts) == (meaning.read, meaning.read_attempts)
    assert (change.error.code if change.error else "") == meaning.change
    assert len(stage.records) - read_attempts == meaning.change_attempts
    if meaning is not SUCCESS:
        assert meaning.says in read.message
        assert meaning.says in change.message
        assert read.error is not None
        assert read.error.next_step


@pytest.mark.requirement("status:204")
async def test_no_content_accepts_a_change_with_a_warning_and_is_no_answer_to_a_read(stage: Stage) -> None:
    change = await stage.answered("reboot_instances", b"", status=204)
    assert change.status is Status.ACCEPTED
    assert any("no answer body" in warning for warning in change.warnings)
    read = await stage.answered("query_status", b"", status=204)
    assert read.error is not None
    assert read.error.code == "upstream_contract_broken"


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308])
async def test_redirect_is_followed_by_nobody(stage: Stage, status: int) -> None:
    read = await stage.answered("query_status", b"" if status == 304 else OK, status=status)
    assert read.error is not None
    assert read.error.code == "upstream_contract_broken"
    assert len(stage.records) == 1


@pytest.mark.parametrize("status", [418, 422, 431, 451, 499, 505, 511, 599])
async def test_status_that_nobody_lists_is_judged_by_its_hundred(stage: Stage, status: int) -> None:
    read = await stage.answered("query_status", b"", status=status)
    assert read.error is not None
    assert read.error.code == ("upstream_unavailable" if status >= 500 else "upstream_rejected")
    assert str(status) in read.message
