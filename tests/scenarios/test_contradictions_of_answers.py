"""Where the reference contradicts itself about answers: how each is read (each number is one of its eighty)."""

from typing import Any

import anyio
import pytest
from pydantic import JsonValue

from chatops.errors import AuthenticationFailed, OutcomeUnknown, UpstreamRejected, UpstreamUnavailable
from chatops.operations.sealing import masked
from chatops.outcome import Status
from chatops.rendering import render
from chatops.simulator import Fault
from tests.chatops.cloud.world import ACTIONS, NO_PHONES, OK, SILENCE, ask, reply, scripted
from tests.reference.calls import CALLS, Call
from tests.tools.stage import Stage, data_of, example_arguments
from tools import Until

pytestmark = pytest.mark.anyio

WRITES = (
    "assign_instances",
    "backup_instances",
    "delete_instances",
    "reboot_instances",
    "reset_instances",
    "set_video",
    "unassign_instances",
)


def armed(stage: Stage, status: int, number: str, *, times: int | None = None) -> None:
    code = number if "." in number else f"KOOPHONE.API.{number}"
    stage.simulator.faults.add(Fault(kind="error", path="/v1/*", status=status, code=code, times=times))


@pytest.mark.requirement("conflict:2")
async def test_error_code_in_an_answer_with_200_is_an_error(stage: Stage) -> None:
    for code in ("KOOPHONE.API.2004", "1", 1, "anything"):
        outcome = await stage.answered("query_status", {**NO_PHONES, "error_code": code})
        assert outcome.status is Status.FAILED
    assert (await stage.answered("query_status", {**NO_PHONES, "error_code": 0})).status is Status.DONE


@pytest.mark.requirement("conflict:3")
async def test_code_and_paging_of_the_listing_are_found_in_either_place(either_stage: Stage) -> None:
    listed = data_of(await either_stage.run("list_instances", {"limit": 500}))
    assert (len(listed["instances"]), listed["matched"], listed["complete"]) == (60, 60, True)
    for place in ({"data": {"error_code": "KOOPHONE.API.1004"}}, {"data": {}, "error_code": "KOOPHONE.API.1004"}):
        assert "not subscribed" in (await either_stage.answered("list_instances", place)).message
    both = {"data": {"result": [], "error_code": "KOOPHONE.API.1004"}, "error_code": "0"}
    assert "not subscribed" in (await either_stage.answered("list_instances", both)).message


@pytest.mark.requirement("conflict:13")
@pytest.mark.parametrize("name", ["assign_instances", "unassign_instances"])
async def test_answer_with_a_code_and_none_at_all_are_both_a_success(
    stage: Stage, printed_stage: Stage, name: str
) -> None:
    with_code, without = await stage.run(name), await printed_stage.run(name)
    assert (with_code.status, without.status) == (Status.ACCEPTED, Status.ACCEPTED)
    assert (len(with_code.warnings), len(without.warnings)) == (0, 1)
    assert "no answer body" in without.warnings[0]


@pytest.mark.requirement("conflict:21")
async def test_task_of_an_installation_is_found_at_either_depth(either_stage: Stage) -> None:
    deep = data_of(await either_stage.run("install_app"))
    either_stage.simulator.faults.add(Fault(kind="flat_install", times=1))
    flat = data_of(await either_stage.run("install_app", example_arguments("install_app", version="9")))
    for started in (deep, flat):
        assert len(started["task_id"]) > 32
        assert [job["instance_id"] for job in started["jobs"]] == ["XvH39QVW", "Vpp8rC4Y"]


@pytest.mark.requirement("conflict:28")
async def test_output_may_be_null_empty_or_missing(stage: Stage) -> None:
    for written in ({"execute_msg": None}, {"execute_msg": ""}, {"execute_msg": "null"}, {}):
        run: JsonValue = {"cmd_results": [{"instance_id": "a44uhlf7", "status": 2, **written}]}
        task: JsonValue = {"jobs": [{"job_id": "j", "status": 2, **written}]}
        for name, data in (("run_command", run), ("get_task", task)):
            outcome = await stage.answered(name, {"data": data, **OK})
            assert "output" not in str(data_of(outcome))
            assert not any("truncated" in warning for warning in outcome.warnings)


@pytest.mark.requirement("conflict:29")
async def test_code_of_a_single_phone_is_shown_as_it_is_spelled(stage: Stage, printed_stage: Stage) -> None:
    seen = {}
    for name, each in (("table", stage), ("example", printed_stage)):
        run = data_of(await each.run("run_command"))
        task = data_of(await each.run("get_task"))
        seen[name] = (run["results"][0]["error_code"], task["jobs"][0]["error_code"])
        assert run["results"][0]["status"] == task["jobs"][0]["status"] == "failed"
    assert seen == {"table": ("CPS.0191", "CPS.0005"), "example": ("CPS.0191", "CPS0005")}


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
@pytest.mark.parametrize(("number", "is_stale"), [("1001", False), ("1003", False), ("6001", True)])
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


@pytest.mark.requirement("conflict:40")
async def test_phone_that_was_asked_about_and_not_answered_is_named(printed_stage: Stage) -> None:
    outcome = await printed_stage.run("query_status", {"instance_ids": ["a44uhlf7", "efjy72gs"]})
    assert data_of(outcome)["no_answer"] == ["efjy72gs"]
    assert ("efjy72gs", "no answer") in render(outcome).rows
    assert outcome.warnings == ("No answer for: efjy72gs.",)


@pytest.mark.requirement("conflict:40")
@pytest.mark.parametrize("name", ["query_status", "run_command", "prepare_instances"])
async def test_no_phone_is_ever_lost_between_question_and_answer(stage: Stage, name: str) -> None:
    stage.simulator.faults.add(Fault(kind="missing_ids"))
    asked: JsonValue = ["Vpp8rC4Y", "XvH39QVW"]
    outcome = await stage.run(name, example_arguments(name, instance_ids=asked))
    data = data_of(outcome)
    rows: list[dict[str, Any]] = data.get("phones", data.get("results", []))
    assert sorted([*data["no_answer"], *(row["instance_id"] for row in rows)]) == asked
    assert data["no_answer"] == ["Vpp8rC4Y"]
    assert any("Vpp8rC4Y" in warning for warning in outcome.warnings)


@pytest.mark.requirement("conflict:45")
async def test_sku_is_read_with_texts_and_with_numbers_and_with_keys_that_nobody_documents(
    stage: Stage, printed_stage: Stage
) -> None:
    ids = [
        {image["id"] for sku in data_of(await each.run("list_skus"))["skus"] for image in sku["images"]}
        for each in (stage, printed_stage)
    ]
    assert "40" in ids[0] & ids[1]


@pytest.mark.requirement("conflict:46")
@pytest.mark.parametrize(
    ("printed", "read"),
    [("4,6", [4.0, 6.0]), (" 4 , 6,", [4.0, 6.0]), (6, [6.0]), (4.5, [4.5]), ("", []), ("4", [4.0]), ([4, 8], [4, 8])],
)
async def test_bandwidths_are_numbers_however_they_are_written(
    stage: Stage, printed: JsonValue, read: list[float]
) -> None:
    sku: JsonValue = {"cbcSkuId": "s", "bandSize": printed}
    body: JsonValue = {"skuSpecResponseList": [{"regionId": "r", "skuResponses": [sku]}]}
    assert data_of(await stage.answered("list_skus", {"data": body, **OK}))["skus"][0]["bandwidths_mbps"] == read


@pytest.mark.requirement("conflict:46")
@pytest.mark.parametrize(("asked", "sent"), [(4, 4), (4.0, 4), (4.5, 4.5)])
async def test_bandwidth_of_an_order_is_a_number(stage: Stage, asked: float, sent: float) -> None:
    await stage.run("create_instances", example_arguments("create_instances", bandwidth_mbps=asked))
    body: Any = stage.last.body
    assert (body["bandSize"], type(body["bandSize"])) == (sent, type(sent))


@pytest.mark.requirement("conflict:57")
async def test_data_of_a_deletion_says_nothing_and_the_listing_says_what_is_left(either_stage: Stage) -> None:
    outcome = await either_stage.run("delete_instances")
    assert (outcome.status, data_of(outcome)) == (Status.ACCEPTED, {})
    left = await either_stage.run("list_instances", {"instance_id": "XvH39QVW"})
    assert data_of(left)["instances"] == []
    change = ACTIONS["delete_instances"].change
    assert change is not None
    assert isinstance(change.verify, Until)
    assert change.verify.gone


@pytest.mark.requirement("conflict:58")
@pytest.mark.parametrize("name", WRITES)
async def test_one_code_for_many_phones_is_an_acceptance_and_never_more(either_stage: Stage, name: str) -> None:
    outcome = await either_stage.run(name)
    assert outcome.status is Status.ACCEPTED
    assert "accepted" in outcome.message


@pytest.mark.requirement("conflict:63")
async def test_ports_and_types_are_texts_whatever_they_come_as(stage: Stage, printed_stage: Stage) -> None:
    table, printed = data_of(await stage.run("get_device_token")), data_of(await printed_stage.run("get_device_token"))
    assert table["internal"]["audio_port"] == table["external"]["audio_port"] == "10030"
    assert printed["external"]["audio_type"] == "1"
    assert printed["internal"] == {}
    assert "expired_time" not in printed


@pytest.mark.requirement("conflict:64")
async def test_text_null_is_nothing(stage: Stage, printed_stage: Stage) -> None:
    wanted: dict[str, JsonValue] = {"instance_id": "5srn5hL8", "detail": True}
    (by_table,) = data_of(await stage.run("list_instances", wanted))["instances"]
    (as_printed,) = data_of(await printed_stage.run("list_instances", wanted))["instances"]
    assert by_table["phone_id"] == "5srn5hL8"
    assert "phone_id" not in as_printed
    assert by_table["instance_id"] == as_printed["instance_id"] == "5srn5hL8"


@pytest.mark.requirement("conflict:69")
async def test_secrets_are_sent_whole_and_shown_nowhere(stage: Stage) -> None:
    token = await stage.run("get_device_token")
    secret = token.payload(reveal=True)["data"]["device_token"]  # type: ignore[index,call-overload]  # JSON
    assert len(str(secret)) == 32
    link = "https://storage.example.com/a.apk?Expires=1&Signature=verySecret%3D"
    install = await stage.run("install_app", example_arguments("install_app", link=link))
    body: Any = stage.last.body
    assert body["install_package_url"] == link
    for outcome in (token, install):
        shown = f"{outcome.payload()}{render(outcome)}{outcome!r}{outcome.params!r}{outcome.result!r}"
        assert str(secret) not in shown
        assert "verySecret" not in shown
    assert install.params is not None
    assert masked(install.params)["link"] == "https://storage.example.com/a.apk?[secret]"


@pytest.mark.requirement("conflict:70")
async def test_client_keeps_to_so_many_requests_at_once() -> None:
    async with scripted(reply(NO_PHONES), SILENCE, concurrent=2) as (client, said):
        await ask(client, ACTIONS["query_status"])  # from here on the key is known to be good
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(ask, client, ACTIONS["query_status"])
            with anyio.fail_after(3):
                while len(said.seen) < 3:
                    await anyio.lowlevel.checkpoint()
            await anyio.wait_all_tasks_blocked()
            assert len(said.seen) == 1 + 2
            group.cancel_scope.cancel()


@pytest.mark.requirement("conflict:70")
@pytest.mark.parametrize("retry_after", ["", "7"])
async def test_flow_control_is_waited_out(stage: Stage, retry_after: str) -> None:
    stage.simulator.faults.add(Fault(kind="throttled", retry_after=retry_after, times=2))
    assert (await stage.run("query_status")).status is Status.DONE
    assert stage.clock.slept == ([7.0, 7.0] if retry_after else [0.5, 1.0])


@pytest.mark.requirement("conflict:74")
@pytest.mark.parametrize(("status", "number"), [(200, "3009"), (200, "9001"), (500, "9002")])
async def test_error_that_speaks_of_the_insides_is_told_neutrally(stage: Stage, status: int, number: str) -> None:
    body = {"error_code": f"KOOPHONE.API.{number}", "error_msg": "redis-7.internal: phoneId lock empty"}
    outcome = await stage.answered("query_status", body, status=status)
    assert f"KOOPHONE.API.{number}" in outcome.message
    assert "redis" not in outcome.message
    assert "phoneId" not in outcome.message


@pytest.mark.requirement("conflict:77")
@pytest.mark.parametrize(("printed", "read"), [(True, True), ("true", True), (False, False), ("false", False)])
async def test_whether_an_image_can_be_ordered_is_a_boolean(stage: Stage, printed: JsonValue, read: bool) -> None:
    image: JsonValue = {"version": "AOSP9", "enable": printed}
    sku: JsonValue = {"cbcSkuId": "s", "poolInfo": {"aosp": [image]}}
    body: JsonValue = {"skuSpecResponseList": [{"regionId": "r", "skuResponses": [sku]}]}
    outcome = await stage.answered("list_skus", {"data": body, **OK})
    assert data_of(outcome)["skus"][0]["images"][0]["enabled"] is read


@pytest.mark.requirement("conflict:80")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
async def test_error_of_no_particular_call_means_the_same_from_every_call(stage: Stage, call: Call) -> None:
    armed(stage, 200, "62010")
    outcome = await stage.run(call.name)
    assert isinstance(outcome.error, UpstreamRejected)
    assert outcome.message.startswith("A phone is abnormal")


@pytest.mark.requirement("conflict:2")
async def test_missing_code_beside_data_is_a_success_with_a_warning() -> None:
    async with scripted(reply({"data": {"status_results": []}})) as (client, _):
        answer = await ask(client, ACTIONS["query_status"])
    assert answer.warnings == ("The API sent no error_code; the answer was taken as a success.",)
