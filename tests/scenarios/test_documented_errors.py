"""The 47 documented errors: what a person is told of each, who tries again, and whose token is replaced."""

import pytest

from chatops.errors import AuthenticationFailed, OutcomeUnknown, UpstreamError, UpstreamRejected, UpstreamUnavailable
from chatops.outcome import Outcome, Status
from chatops.simulator import Fault
from tests.reference.carrying import carrying
from tests.reference.errors import ERRORS, Documented
from tests.tools.stage import Stage

pytestmark = pytest.mark.anyio

READ_AGAIN = {"9001", "9002", "9003", "4999"}
INSIDE = READ_AGAIN | {"9000", "9999"}
"""They say nothing about the request: a change may have been made."""
STALE = {(401, "6001"), (500, "6002")}
INSIDES = ("redis", "phoneid")
ATTEMPTS = 4


def is_stale(row: Documented) -> bool:
    return (row.status, row.number) in STALE


def class_for_a_read(row: Documented) -> type[UpstreamError]:
    if is_stale(row):
        return AuthenticationFailed
    return UpstreamUnavailable if row.number in INSIDE else UpstreamRejected


def armed(stage: Stage, row: Documented, *, times: int | None = None) -> None:
    stage.simulator.faults.add(Fault(kind="error", path="/v1/*", status=row.status, code=row.code, times=times))


def check_what_is_told(outcome: Outcome, row: Documented) -> None:
    error = outcome.payload()["error"]
    assert isinstance(error, dict)
    assert error["upstream_code"] == row.code
    assert row.code in outcome.message
    assert len(str(error["next_step"]).split()) > 1
    assert error["request_id"]
    if row.number in {"3009", "9001", "9002"}:
        assert not any(inside in outcome.message.casefold() for inside in INSIDES)


@pytest.mark.parametrize("row", carrying(ERRORS))
async def test_read_tells_the_error_and_tries_again_only_where_that_helps(stage: Stage, row: Documented) -> None:
    armed(stage, row)
    outcome = await stage.run("query_status")
    assert type(outcome.error) is class_for_a_read(row)
    assert (outcome.status, outcome.exit_code, outcome.is_error) == (Status.FAILED, 1, True)
    assert outcome.error.retryable is (row.number in READ_AGAIN)
    assert len(stage.records) == (ATTEMPTS if row.number in READ_AGAIN else 1)
    check_what_is_told(outcome, row)


@pytest.mark.parametrize("row", carrying(ERRORS))
@pytest.mark.parametrize("name", ["reboot_instances", "create_instances"])
async def test_change_is_sent_once_and_is_unknown_only_where_it_may_have_happened(
    stage: Stage, row: Documented, name: str
) -> None:
    armed(stage, row)
    outcome = await stage.run(name)
    unknown = row.number in INSIDE
    assert type(outcome.error) is (OutcomeUnknown if unknown else class_for_a_read(row))
    assert outcome.status is (Status.UNKNOWN if unknown else Status.FAILED)
    assert outcome.exit_code == (5 if unknown else 1)
    assert outcome.error.retryable is False
    assert len(stage.records) == 1
    check_what_is_told(outcome, row)


@pytest.mark.parametrize("row", carrying(ERRORS))
async def test_token_is_replaced_once_for_the_two_errors_that_mean_a_stale_one(
    token_stage: Stage, row: Documented
) -> None:
    await token_stage.run("query_status")
    token_stage.simulator.requests.clear()
    armed(token_stage, row, times=1)
    outcome = await token_stage.run("reboot_instances")
    fetched = token_stage.simulator.requests.of("iam-token")
    assert len(fetched) == (1 if is_stale(row) else 0)
    assert (outcome.status is Status.ACCEPTED) is is_stale(row)
    assert len(token_stage.simulator.requests.of("reboot")) == (2 if is_stale(row) else 1)


@pytest.mark.parametrize("row", [row for row in ERRORS if is_stale(row)], ids=lambda row: row.id)
async def test_second_stale_token_in_a_row_is_an_error_and_not_a_loop(token_stage: Stage, row: Documented) -> None:
    await token_stage.run("query_status")
    token_stage.simulator.requests.clear()
    armed(token_stage, row)
    outcome = await token_stage.run("query_status")
    assert type(outcome.error) is AuthenticationFailed
    assert len(token_stage.simulator.requests.of("iam-token")) == 1
    assert len(token_stage.simulator.requests.of("batch-query-status")) == 2


@pytest.mark.parametrize("row", [row for row in ERRORS if is_stale(row)], ids=lambda row: row.id)
async def test_order_is_not_sent_again_with_a_new_token(token_stage: Stage, row: Documented) -> None:
    armed(token_stage, row, times=1)
    outcome = await token_stage.run("create_instances")
    assert type(outcome.error) is AuthenticationFailed
    assert len(token_stage.simulator.requests.of("create")) == 1
    assert "never sent twice" in outcome.message
