import pytest

from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.errors import (
    OutcomeUnknown,
    UpstreamContractBroken,
    UpstreamError,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnavailable,
)


def problem(
    error: type[UpstreamError] = UpstreamUnavailable, fate: Fate = Fate.UNCERTAIN, *, transient: bool = False
) -> Problem:
    return Problem(
        error=error, message="It failed.", fate=fate, transient=transient, retry_after=2.0, upstream_code="X.1"
    )


@pytest.mark.parametrize("error", [UpstreamUnavailable, UpstreamContractBroken])
def test_uncertain_change_is_an_unknown_outcome(error: type[UpstreamError]) -> None:
    raised = problem(error).when_changing().exception(["a", "b"])
    assert isinstance(raised, OutcomeUnknown)
    assert raised.upstream_code == "X.1"
    assert raised.request_ids == ("a", "b")
    assert not raised.retryable


@pytest.mark.parametrize("fate", [Fate.UNSENT, Fate.UNPROCESSED, Fate.REFUSED])
def test_certain_failure_of_a_change_stays_what_it_is(fate: Fate) -> None:
    assert problem(fate=fate).when_changing() == problem(fate=fate)


def test_unknown_outcome_is_never_called_retryable() -> None:
    assert not problem(transient=True).when_changing().exception([]).retryable


def test_retryable_follows_the_kind_and_the_code() -> None:
    assert problem(UpstreamThrottled, transient=True).exception([]).retryable
    assert problem(UpstreamRejected, transient=True).exception([]).retryable
    assert not problem(UpstreamRejected).exception([]).retryable


def test_what_was_asked_for_travels_with_the_error() -> None:
    raised = problem().noting("Once more.").exception(["a"])
    assert raised.message == "It failed. Once more."
    assert raised.retry_after == 2.0
    assert AttemptFailed(problem()).problem == problem()
