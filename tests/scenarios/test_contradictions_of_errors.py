"""Where the reference contradicts itself about errors: what each means (each number is one of its eighty)."""

import pytest
from pydantic import JsonValue

from chatops.errors import AuthenticationFailed, OutcomeUnknown, UpstreamRejected, UpstreamUnavailable
from chatops.outcome import Status
from chatops.simulator import Fault
from tests.chatops.cloud.world import NO_PHONES, OK
from tests.reference.calls import CALLS, Call
from tests.tools.stage import Stage

pytestmark = pytest.mark.anyio


def armed(stage: Stage, status: int, number: str, *, times: int | None = None) -> None:
    code = number if "." in number else f"KOOPHONE.API.{number}"
    stage.simulator.faults.add(Fault(kind="error", path="/v1/*", status=status, code=code, times=times))


@pytest.mark.requirement("conflict:30")
@pytest.mark.parametrize("family", ["KOOPHONE.API", "KooPhone.API", "koophone.api", "KP.API", "kp.api"])
async def test_family_of_a_code_is_known_in_any_case(stage: Stage, family: str) -> None:
    armed(stage, 200, f"{family}.2004")
    assert (await stage.run("query_status")).message.startswith("A phone is frozen")


@pytest.mark.requirement("conflict:30")
@pytest.mark.parametrize("code", ["common.00000400", "AS.0001", "KOOPHONE.2004", "KooPhone.API.1001", "x." * 250])
async def test_family_that_nobody_knows_is_judged_by_the_status(stage: Stage, code: str) -> None:
    armed(stage, 400, code)
    outcome = await stage.run("query_status")
    assert isinstance(outcome.error, UpstreamRejected)
    assert (outcome.error.upstream_code or "") == code[:64]


@pytest.mark.requirement("conflict:31")
async def test_one_number_is_a_permission_with_403_and_a_stale_token_with_500(token_stage: Stage) -> None:
    await token_stage.run("query_status")
    for status, error, fetched in ((403, UpstreamRejected, 0), (500, type(None), 1)):
        token_stage.simulator.requests.clear()
        armed(token_stage, status, "6002", times=1)
        outcome = await token_stage.run("query_status")
        assert isinstance(outcome.error, error)
        assert len(token_stage.simulator.requests.of("iam-token")) == fetched


@pytest.mark.requirement("conflict:32")
async def test_failure_behind_the_api_is_not_the_callers_fault_whatever_its_status(stage: Stage) -> None:
    for status, number in ((400, "4999"), (500, "9003")):
        stage.simulator.faults.clear()
        armed(stage, status, number, times=2)
        stage.simulator.requests.clear()
        assert (await stage.run("query_status")).status is Status.DONE
        assert len(stage.records) == 3
        armed(stage, status, number)
        assert isinstance((await stage.run("query_status")).error, UpstreamUnavailable)
        assert isinstance((await stage.run("reset_instances")).error, OutcomeUnknown)


@pytest.mark.requirement("conflict:33")
@pytest.mark.parametrize(
    ("number", "is_stale"),
    [
        ("1001", False),
        ("1003", False),
        ("6001", True),
        ("APIGW.0301", True),
        ("APIGW.0307", True),
        ("APIG.0301", True),
        ("APIG.0307", True),
        ("APIGW.0302", False),
    ],
)
async def test_401_alone_replaces_no_token(token_stage: Stage, number: str, is_stale: bool) -> None:
    await token_stage.run("query_status")
    token_stage.simulator.requests.clear()
    armed(token_stage, 401, number)
    outcome = await token_stage.run("query_status")
    assert isinstance(outcome.error, AuthenticationFailed) is is_stale
    assert len(token_stage.simulator.requests.of("iam-token")) == int(is_stale)


@pytest.mark.requirement("conflict:33")
async def test_empty_401_replaces_no_token(token_stage: Stage) -> None:
    await token_stage.run("query_status")
    token_stage.simulator.requests.clear()
    token_stage.simulator.faults.add(Fault(kind="raw", status=401, path="/v1/*"))
    assert isinstance((await token_stage.run("query_status")).error, AuthenticationFailed)
    assert [record.operation for record in token_stage.records] == ["batch-query-status"]


@pytest.mark.requirement("conflict:34")
async def test_codes_are_compared_whole(stage: Stage) -> None:
    said = {}
    for number in ("4001", "40010", "400", "400100", "62", "6200600"):
        stage.simulator.faults.clear()
        armed(stage, 200, number)
        said[number] = (await stage.run("query_status")).message
    assert said["4001"].startswith("A phone does not exist")
    assert said["40010"].startswith("Not enough phones are in stock")
    assert all(said[number].startswith("The API answered with HTTP status 200") for number in ("400", "400100", "62"))


@pytest.mark.requirement("conflict:35")
@pytest.mark.parametrize("status", [400, 500])
async def test_placeholder_of_a_printed_error_means_no_more_than_its_status(stage: Stage, status: int) -> None:
    body = {"error_code": "string", "error_msg": "string"}
    outcome = await stage.answered("get_device_token", body, status=status)
    assert isinstance(outcome.error, UpstreamRejected if status == 400 else UpstreamUnavailable)


@pytest.mark.requirement("conflict:36")
@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 299])
async def test_any_2xx_is_a_success(stage: Stage, status: int) -> None:
    assert (await stage.answered("query_status", NO_PHONES, status=status)).status is Status.DONE
    assert (await stage.answered("reboot_instances", OK, status=status)).status is Status.ACCEPTED


@pytest.mark.requirement("conflict:37")
@pytest.mark.parametrize("text", ["ok", "OK", "return sku messages success", "failed", "error", "", None, 7, ["no"]])
async def test_text_never_decides_whether_it_is_a_success(stage: Stage, text: JsonValue) -> None:
    good = await stage.answered("query_status", {**NO_PHONES, "error_msg": text})
    bad = await stage.answered("query_status", {**NO_PHONES, "error_msg": text, "error_code": "KOOPHONE.API.2004"})
    assert (good.status, bad.status) == (Status.DONE, Status.FAILED)


@pytest.mark.requirement("conflict:74")
@pytest.mark.parametrize(("status", "number"), [(200, "3009"), (200, "9001"), (500, "9002")])
async def test_error_that_speaks_of_the_insides_is_told_neutrally(stage: Stage, status: int, number: str) -> None:
    body = {"error_code": f"KOOPHONE.API.{number}", "error_msg": "redis-7.internal: phoneId lock empty"}
    outcome = await stage.answered("query_status", body, status=status)
    assert f"KOOPHONE.API.{number}" in outcome.message
    assert "redis" not in outcome.message
    assert "phoneId" not in outcome.message


@pytest.mark.requirement("conflict:80")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
async def test_error_of_no_particular_call_means_the_same_from_every_call(stage: Stage, call: Call) -> None:
    armed(stage, 200, "62010")
    outcome = await stage.run(call.name)
    assert isinstance(outcome.error, UpstreamRejected)
    assert outcome.message.startswith("A phone is abnormal")
