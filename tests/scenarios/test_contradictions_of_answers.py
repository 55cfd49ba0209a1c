"""Where the reference contradicts itself about answers: how each is read (each number is one of its eighty)."""

from typing import Any

import anyio
import pytest
from pydantic import JsonValue

from chatops.operations.sealing import masked
from chatops.outcome import Status
from chatops.rendering import render
from chatops.simulator import Fault
from tests.chatops.cloud.world import ACTIONS, NO_PHONES, OK, SILENCE, ask, reply, scripted
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


@pytest.mark.requirement("conflict:77")
@pytest.mark.parametrize(("printed", "read"), [(True, True), ("true", True), (False, False), ("false", False)])
async def test_whether_an_image_can_be_ordered_is_a_boolean(stage: Stage, printed: JsonValue, read: bool) -> None:
    image: JsonValue = {"version": "AOSP9", "enable": printed}
    sku: JsonValue = {"cbcSkuId": "s", "poolInfo": {"aosp": [image]}}
    body: JsonValue = {"skuSpecResponseList": [{"regionId": "r", "skuResponses": [sku]}]}
    outcome = await stage.answered("list_skus", {"data": body, **OK})
    assert data_of(outcome)["skus"][0]["images"][0]["enabled"] is read


@pytest.mark.requirement("conflict:2")
async def test_missing_code_beside_data_is_a_success_with_a_warning() -> None:
    async with scripted(reply({"data": {"status_results": []}})) as (client, _):
        answer = await ask(client, ACTIONS["query_status"])
    assert answer.warnings == ("The API sent no error_code; the answer was taken as a success.",)
