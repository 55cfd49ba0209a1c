import anyio
import httpx2
import pytest

from chatops.simulator import Fault
from chatops.simulator.gateway import ConnectionDroppedError
from tests.chatops.simulator.harness import REQUEST_ID, Cloud, outcome

pytestmark = pytest.mark.anyio
REBOOT = "/v1/instances/reboot"
BODY = {"instance_ids": ["efjy72gs"]}


@pytest.mark.parametrize(
    "path", ["/", "/v1/instances", "/v1/instances/reboot/", "/v2/instances/reboot", "/_simulator/faults"]
)
async def test_an_unknown_path_gets_the_gateways_answer_and_is_recorded(cloud: Cloud, path: str) -> None:
    answer = await cloud.send("POST", path, {})
    assert outcome(answer) == (404, "APIGW.0101")
    assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert cloud.simulator.requests[-1].operation == "unknown"


async def test_head_is_not_served(cloud: Cloud) -> None:
    assert (await cloud.send("HEAD", "/v1/instances/sku")).status_code == 405


async def test_a_request_is_recorded_with_all_that_tells_about_its_sender(cloud: Cloud) -> None:
    await cloud.send("POST", REBOOT, {**BODY, "odd": 1}, params={"trace": "1"})
    record = cloud.simulator.requests[-1]
    assert (record.operation, record.method, record.path) == ("reboot", "POST", REBOOT)
    assert record.query == (("trace", "1"),)
    assert record.request_id == REQUEST_ID
    assert record.authentication == "token"
    assert record.body == {**BODY, "odd": 1}
    assert (record.status, record.verdict, record.processed) == (200, "0", True)
    assert set(record.unknown) == {"?trace", "odd"}


async def test_a_password_is_not_recorded(cloud: Cloud) -> None:
    await cloud.sign_in()
    assert cloud.simulator.requests[-1].operation == "iam-token"
    assert cloud.simulator.requests[-1].body is None


async def test_a_body_that_is_no_json_is_recorded_as_none(cloud: Cloud) -> None:
    assert outcome(await cloud.send("POST", REBOOT, content=b"nonsense")) == (400, "1000")
    assert cloud.simulator.requests[-1].body is None


async def test_a_request_without_length_is_refused(cloud: Cloud) -> None:
    await cloud.sign_in()

    async def chunks() -> object:
        yield b"{}"

    answer = await cloud.client.post(REBOOT, content=chunks())  # type: ignore[arg-type]  # any asynchronous iterator will do
    assert outcome(answer) == (411, "APIGW.0201")


async def test_a_post_without_body_has_a_length_and_is_served(cloud: Cloud) -> None:
    assert outcome(await cloud.send("POST", "/v1/instances/Q39YyZvI/auth")) == (200, "0")


async def test_a_body_beyond_all_limits_is_refused(cloud: Cloud) -> None:
    answer = await cloud.send("POST", REBOOT, content=b" " * (32 * 1024 * 1024 + 1))
    assert outcome(answer) == (413, "APIGW.0201")


async def test_a_target_that_is_too_long_is_refused(cloud: Cloud) -> None:
    assert outcome(await cloud.list(instance_name="x" * 8192)) == (414, "APIGW.0201")


@pytest.mark.parametrize(("accept", "status"), [("text/html", 406), ("application/json", 200), ("*/*", 200)])
async def test_only_json_is_answered(cloud: Cloud, accept: str, status: int) -> None:
    answer = await cloud.send("POST", REBOOT, BODY, headers={"Accept": accept})
    assert answer.status_code == status


async def test_a_connection_dropped_before_processing_leaves_everything_as_it_was(cloud: Cloud) -> None:
    await cloud.sign_in()
    cloud.simulator.faults.add(Fault(kind="drop_before", times=1))
    with pytest.raises(ConnectionDroppedError):
        await cloud.post("delete", {"instanceIdList": ["XvH39QVW"]})
    assert cloud.simulator.fleet.find("XvH39QVW") is not None
    record = cloud.simulator.requests[-1]
    assert (record.status, record.verdict, record.processed) == (0, "fault:drop_before", False)


async def test_a_connection_dropped_after_processing_leaves_the_effect(cloud: Cloud) -> None:
    await cloud.sign_in()
    cloud.simulator.faults.add(Fault(kind="drop_after", times=1))
    with pytest.raises(ConnectionDroppedError):
        await cloud.post("delete", {"instanceIdList": ["XvH39QVW"]})
    assert cloud.simulator.fleet.find("XvH39QVW") is None
    record = cloud.simulator.requests[-1]
    assert (record.status, record.verdict, record.processed) == (0, "fault:drop_after", True)


async def test_an_expired_token_is_renewed_by_signing_in_again(cloud: Cloud) -> None:
    await cloud.sign_in()
    cloud.simulator.faults.add(Fault(kind="expired_token", times=1))
    assert outcome(await cloud.post("reboot", BODY)) == (401, "6001")
    await cloud.sign_in()
    assert outcome(await cloud.post("reboot", BODY)) == (200, "0")


async def test_a_skewed_clock_expires_tokens_while_it_lasts(cloud: Cloud) -> None:
    await cloud.sign_in()
    cloud.simulator.faults.add(Fault(kind="clock_skew", seconds=90_000.0, times=1))
    assert outcome(await cloud.post("reboot", BODY)) == (401, "6001")
    assert outcome(await cloud.post("reboot", BODY)) == (200, "0")


async def test_a_slow_answer_comes_late_but_at_once_when_the_simulator_ends(cloud: Cloud) -> None:
    await cloud.sign_in()
    cloud.simulator.faults.add(Fault(kind="slow", seconds=60.0, times=1))
    answers: list[httpx2.Response] = []

    async def ask() -> None:
        answers.append(await cloud.post("reboot", BODY))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        assert answers == []
        cloud.simulator.closing.set()
    assert outcome(answers[0]) == (200, "0")
