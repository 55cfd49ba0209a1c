import pytest

from chatops.errors import UpstreamThrottled
from chatops.outcome import Outcome, Status, describe


@pytest.mark.parametrize(
    ("status", "exit_code", "is_error"),
    [
        ("accepted", 0, False),
        ("done", 0, False),
        ("partial", 1, True),
        ("failed", 1, True),
        ("unknown", 5, True),
        ("declined", 3, False),
        ("refused", 3, True),
        ("invalid", 2, True),
    ],
)
def test_status_has_the_published_exit_code_and_error_mark(status: str, exit_code: int, is_error: bool) -> None:
    outcome = Outcome(status=Status(status), message="x")
    assert (outcome.exit_code, outcome.is_error) == (exit_code, is_error)


def test_absent_keys_are_left_out() -> None:
    assert Outcome(status=Status.DONE, message="x").payload() == {"status": "done", "message": "x"}


def test_error_says_what_it_is_whether_to_repeat_and_what_to_do() -> None:
    error = UpstreamThrottled(
        "busy",
        next_step="Wait.",
        retry_after=2.0,
        upstream_code="APIGW.0308",
        upstream_message="slow\ndown",
        request_ids=["a", "b"],
    )
    assert describe(error) == {
        "code": "upstream_throttled",
        "message": "busy",
        "retryable": True,
        "retry_after": 2.0,
        "next_step": "Wait.",
        "upstream_code": "APIGW.0308",
        "upstream_message": "slow down",
        "request_id": "b",
    }


def test_text_of_the_upstream_in_an_error_is_cleaned_and_bounded() -> None:
    hostile = "\x1b[31m\u202e" + "x" * 5000
    described = describe(UpstreamThrottled(hostile, upstream_message=hostile))
    for name, most in (("message", 1000), ("upstream_message", 256)):
        assert "\x1b" not in str(described[name])
        assert len(str(described[name])) <= most
