"""Where the reference contradicts itself about requests: what is really sent (each number is one of its eighty)."""

from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from chatops.cloud import ClientSettings, CloudClient
from chatops.errors import UpstreamError
from chatops.outcome import Status
from chatops.simulator import DEMO_ACCOUNT, TENANT_ID, Fault
from tests.chatops.cloud.world import ACTIONS, KEY, LIST, OK, USER, ask, page, reply, scripted
from tests.reference.calls import CALLS, Call
from tests.tools.stage import Stage, body_of, data_of, example_arguments
from tools import Endpoint, Targets

pytestmark = pytest.mark.anyio

UNVERSIONED = ["assign_instances", "unassign_instances", "create_instances", "delete_instances"]


def query_of(stage: Stage) -> Mapping[str, str]:
    return dict(stage.last.query)


@pytest.mark.requirement("conflict:1")
async def test_command_with_spaces_runs_as_printed_and_one_with_a_pipe_does_not(either_stage: Stage) -> None:
    await either_stage.run("run_command", example_arguments("run_command", command="ls -l /system"))
    assert body_of(either_stage)["command"] == "ls -l /system"
    either_stage.simulator.requests.clear()
    refused = await either_stage.run("run_command", example_arguments("run_command", command="ls | sh"))
    assert "no pipes, quotes, variables or redirections" in refused.message
    assert either_stage.records == []


@pytest.mark.requirement("conflict:4")
async def test_pool_is_asked_for_in_snake_case_only(either_stage: Stage) -> None:
    await either_stage.run("list_instances", {"scene": "CLOUD_PHONE"})
    assert query_of(either_stage)["pool_scene_tag"] == "CLOUD_PHONE"
    assert "poolSceneTag" not in query_of(either_stage)


@pytest.mark.requirement("conflict:5")
async def test_listing_says_its_request_id_twice_and_alike() -> None:
    async with scripted(page(["a"], number=1, total=1)) as (client, said):
        await ask(client, LIST)
    assert f"x-request-id={said.seen[0].headers['x-request-id']}" in said.seen[0].line.partition("?")[2]


@pytest.mark.requirement("conflict:6")
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
async def test_request_id_is_sent_also_where_a_table_has_none(either_stage: Stage, call: Call) -> None:
    await either_stage.run(call.name)
    assert len(either_stage.last.request_id) == 32


@pytest.mark.requirement("conflict:7")
async def test_request_id_is_hexadecimal_new_each_time_and_kept_for_the_audit(stage: Stage) -> None:
    stage.simulator.faults.add(Fault(kind="throttled", times=1))
    outcome = await stage.world.client.read(ACTIONS["query_status"], ACTIONS["query_status"].examples[0].params)
    ids = [record.request_id for record in stage.records]
    assert len(set(ids)) == 2
    assert all(len(each) == 32 and set(each) <= set("0123456789abcdef") for each in ids)
    assert list(outcome.request_ids) == ids


@pytest.mark.requirement("conflict:8")
async def test_tenant_header_is_not_sent_by_itself_and_its_setting_is_named_when_it_is_missed(stage: Stage) -> None:
    stage.simulator.faults.add(Fault(kind="error", status=200, code="KOOPHONE.API.0001"))
    outcome = await stage.run("query_status")
    assert outcome.error is not None
    assert "CHATOPS_CLOUD_TENANT_ID" in outcome.error.next_step
    async with scripted(reply(OK), tenant_id=TENANT_ID) as (client, said):
        await ask(client, ACTIONS["reboot_instances"])
    assert said.seen[0].headers["x-tenant-id"] == TENANT_ID == DEMO_ACCOUNT.tenant_id


@pytest.mark.requirement("conflict:9")
async def test_page_of_another_size_than_asked_is_believed() -> None:
    rows = [str(number) for number in range(120)]
    pages = [page(rows[start : start + 50], number=start // 50 + 1, total=120, size=50) for start in (0, 50, 100)]
    async with scripted(*pages) as (client, said):
        answer = await ask(client, LIST, LIST.params(limit=200))
    assert [phone.instance_id for phone in answer.result.instances] == rows
    assert all("page_size=100" in seen.line for seen in said.seen)
    assert answer.result.complete


@pytest.mark.requirement("conflict:10")
async def test_counting_of_pages_begins_with_one(either_stage: Stage) -> None:
    await either_stage.run("list_instances")
    assert query_of(either_stage)["page_no"] == "1"


@pytest.mark.requirement("conflict:11")
async def test_user_ids_keep_all_their_digits_as_text_and_numbers_are_refused(stage: Stage) -> None:
    for name in ("assign_instances", "prepare_instances"):
        await stage.run(name, {"instance_ids": ["XvH39QVW"], "user_id": "1008600000104285462"})
        assert '"1008600000104285462"' in str(body_of(stage)).replace("'", '"')
    stage.simulator.requests.clear()
    for number in (1008600000104285462, 1123422, 1e18):
        outcome = await stage.run("assign_instances", {"instance_ids": ["XvH39QVW"], "user_id": number})
        assert "write the id as text" in outcome.message
    assert stage.records == []


@pytest.mark.requirement("conflict:12")
@pytest.mark.parametrize("name", UNVERSIONED)
async def test_path_has_its_version_also_where_the_printed_one_has_none(either_stage: Stage, name: str) -> None:
    await either_stage.run(name)
    assert either_stage.last.path.startswith("/v1/instances/")
    with pytest.raises(ValueError, match="conflict 12"):
        Endpoint(method="POST", path="/instances/assign")


@pytest.mark.requirement("conflict:14")
async def test_backup_sends_the_list_of_the_table_in_either_dialect(either_stage: Stage) -> None:
    outcome = await either_stage.run("backup_instances", {"instance_ids": ["iRJEVP9", "iRJEVP96"]})
    assert outcome.status is Status.ACCEPTED
    assert body_of(either_stage) == {"instance_ids": ["iRJEVP9", "iRJEVP96"]}


@pytest.mark.requirement("conflict:23")
async def test_installation_is_authenticated_although_its_table_makes_the_token_optional() -> None:
    async with scripted(reply(OK)) as (client, said):
        await ask_and_forget(client, "install_app")
    assert "authorization" in said.seen[0].headers
    token = reply(
        {"token": {"expires_at": "2025-08-28T00:00:00Z"}}, status=201, headers={"X-Subject-Token": "the-token"}
    )
    async with scripted(token, reply(OK), credentials=USER) as (client, said):
        await ask_and_forget(client, "install_app")
    assert said.seen[1].headers["x-auth-token"] == "the-token"


async def ask_and_forget(client: CloudClient, name: str) -> None:
    with pytest.raises(UpstreamError, match="not what the reference describes"):
        await ask(client, ACTIONS[name])


@pytest.mark.requirement("conflict:24")
@pytest.mark.parametrize("header", ["x-subject-token", "X-Subject-Token", "X-SUBJECT-TOKEN"])
async def test_token_header_has_no_case(header: str) -> None:
    token = reply({"token": {"expires_at": "2025-08-28T00:00:00Z"}}, status=201, headers={header: "the-token"})
    async with scripted(token, reply(OK), credentials=USER) as (client, said):
        await ask(client, ACTIONS["reboot_instances"])
    assert said.seen[1].headers["x-auth-token"] == "the-token"


@pytest.mark.requirement("conflict:25")
@pytest.mark.parametrize(
    "task", ["ZGCAorI8ocwK7U7_t0AfH26P-DjwDw8Yknf4", "FULFILL" + "x" * 100, "a%2Fb?c#d&e=f..", "~"]
)
async def test_task_id_is_opaque_and_encoded_whole(stage: Stage, task: str) -> None:
    outcome = await stage.run("get_task", {"task_id": task})
    assert stage.last.operation == "task"
    encoded = stage.last.path.removeprefix("/v1/instances/tasks/")
    assert not set(encoded) & set("/?#&=")
    assert outcome.error is None or "no such task" in outcome.error.quote


@pytest.mark.requirement("conflict:43")
def test_every_call_takes_its_phones_under_one_name_and_sends_them_under_its_own() -> None:
    assert all(
        "instance_ids" in action.params.model_fields for action in ACTIONS.values() if takes_phones(action.params)
    )
    names = {"delete_instances": "instanceIdList", "install_app": "instance_id_list"}
    for name, action in ACTIONS.items():
        sends = action.examples[0].sends
        if takes_phones(action.params) and name not in ("assign_instances", "unassign_instances"):
            assert sends is not None
            assert names.get(name, "instance_ids") in sends
    for name in ("assign_instances", "unassign_instances"):
        assert set(ACTIONS[name].examples[0].sends or ()) == {"user_instances"}


def takes_phones(params: type) -> bool:
    return issubclass(params, Targets)


@pytest.mark.requirement("conflict:44")
async def test_type_of_the_skus_is_always_sent(either_stage: Stage) -> None:
    await either_stage.run("list_skus")
    assert query_of(either_stage) == {"type": "0"}


@pytest.mark.requirement("conflict:60")
async def test_ids_of_a_reboot_are_as_short_as_all_others(stage: Stage) -> None:
    assert (await stage.run("reboot_instances", {"instance_ids": ["a" * 33]})).status == "invalid"
    assert stage.records == []
    await stage.run("reboot_instances", {"instance_ids": ["a" * 32]})
    assert len(stage.records) == 1


@pytest.mark.requirement("conflict:61", "conflict:62")
async def test_video_settings_are_six_from_one_specification_and_are_never_claimed_to_be_read_back(
    either_stage: Stage,
) -> None:
    outcome = await either_stage.run("set_video")
    settings = body_of(either_stage)["instance_settings"]
    assert len({(each["network_type"], each["encoding_type"]) for each in settings}) == len(settings) == 6
    assert all(len(each["video_spec_groups"]) == 1 for each in settings)
    assert outcome.status is Status.ACCEPTED
    change = ACTIONS["set_video"].change
    assert change is not None
    assert "reads video settings back" in getattr(change.verify, "why", "")


@pytest.mark.requirement("conflict:65")
async def test_post_without_a_body_says_a_length_of_zero_and_signs_nothing(stage: Stage) -> None:
    async with scripted(reply({"data": {"device_token": "t"}, **OK})) as (client, said):
        await ask(client, ACTIONS["get_device_token"])
    assert (said.seen[0].headers["content-length"], said.seen[0].body) == ("0", b"")
    outcome = await stage.run("get_device_token")
    assert (outcome.error, stage.last.verdict, stage.last.authentication) == (None, "0", "signature")


@pytest.mark.requirement("conflict:67")
@pytest.mark.parametrize("phone", ["a", "a44uhlf7", "A" * 32, "a.b:c@d_e-f"])
async def test_id_of_one_to_thirty_two_safe_characters_is_sent_as_it_is(stage: Stage, phone: str) -> None:
    await stage.run("query_status", {"instance_ids": [phone]})
    assert body_of(stage) == {"instance_ids": [phone]}


@pytest.mark.requirement("conflict:67")
@pytest.mark.parametrize("phone", ["", "a/b", "../a", "a b", "a\tb", "a\x00", "a\u202e", "a" * 33, "-a", ".", "é"])
async def test_id_that_could_be_something_else_is_refused(stage: Stage, phone: str) -> None:
    assert (await stage.run("query_status", {"instance_ids": [phone]})).status == "invalid"
    assert (await stage.run("get_device_token", {"instance_id": phone})).status == "invalid"
    assert stage.records == []


@pytest.mark.requirement("conflict:68")
async def test_project_is_a_setting_with_a_default() -> None:
    assert ClientSettings(credentials=KEY).project == "cn-north-4"
    projects = reply({"projects": [{"id": "p", "name": "cn-south-1"}]})
    async with scripted(projects, reply(OK), project_id=None, project="cn-south-1") as (client, said):
        await ask(client, ACTIONS["reboot_instances"])
    assert "name=cn-south-1" in said.seen[0].line
    assert said.seen[1].headers["x-project-id"] == "p"


@pytest.mark.requirement("conflict:71")
def test_nothing_sets_a_resolution() -> None:
    action = ACTIONS["set_video"]
    assert "bit rate and frame rate" in action.doc.lower()
    assert "resolution" not in action.doc.lower()
    assert set(action.params.model_fields) == {"instance_ids", "where", "p540", "p720", "p1080", "overrides"}
    assert "resolution" not in str(action.examples[0].sends).lower()


@pytest.mark.requirement("conflict:72")
async def test_unassignment_takes_as_many_phones_as_an_assignment(stage: Stage) -> None:
    taken, given = (ACTIONS[name].by for name in ("unassign_instances", "assign_instances"))
    assert isinstance(taken, Endpoint)
    assert isinstance(given, Endpoint)
    assert taken.batch == given.batch
    phones: list[JsonValue] = [f"p{number}" for number in range(501)]
    assert (await stage.run("unassign_instances", {"instance_ids": phones, "user_id": "u"})).status == "invalid"
    assert stage.records == []
    await stage.run("unassign_instances", {"instance_ids": phones[:100], "user_id": "u"})
    assert len(body_of(stage)["user_instances"]) == 100


@pytest.mark.requirement("conflict:79")
async def test_what_the_api_filtered_is_filtered_again(either_stage: Stage) -> None:
    part = await either_stage.run("list_instances", {"name": "demo-0000"})
    assert data_of(part)["instances"] == []
    whole = await either_stage.run("list_instances", {"name": "demo-00001"})
    assert [phone["instance_name"] for phone in data_of(whole)["instances"]] == ["demo-00001"]
    pattern = await either_stage.run("list_instances", {"name": "demo-0000*"})
    assert "instance_name" not in query_of(either_stage)
    assert len(data_of(pattern)["instances"]) == 9
