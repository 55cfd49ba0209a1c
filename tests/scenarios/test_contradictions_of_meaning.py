"""Where the reference leaves open what states, orders and words mean, and what is told."""

import re
from typing import Any

import pytest
from pydantic import JsonValue

from chatops.cloud.catalogue import GATEWAY, KNOWN, STATUSES
from chatops.outcome import Status
from chatops.rendering import render
from tests.chatops.cloud.world import ACTIONS, OK
from tests.requirements import REQUIREMENTS
from tests.tools.stage import Stage, arguments_of, data_of, example_arguments
from tools import AnyAction, Endpoint, Follow, Until

pytestmark = pytest.mark.anyio


def verified_through(name: str) -> str:
    change = ACTIONS[name].change
    assert change is not None
    assert isinstance(change.verify, Until | Follow)
    return change.verify.action.name


@pytest.mark.requirement("conflict:15")
async def test_backup_names_no_task_and_is_followed_through_the_listing(either_stage: Stage) -> None:
    outcome = await either_stage.run("backup_instances")
    assert data_of(outcome) == {}
    assert verified_through("backup_instances") == "list_instances"

    async def state() -> str:
        listed = await either_stage.run("list_instances", {"instance_id": "iRJEVP9"})
        return str(data_of(listed)["instances"][0]["backup_status"])

    seen = [await state()]
    for _ in range(3):
        either_stage.clock.seconds += 3
        seen.append(await state())
    assert seen == ["preparing", "running", "running", "succeeded"]


@pytest.mark.requirement("conflict:15")
@pytest.mark.parametrize("name", ["backup_instances", "reset_instances", "unassign_instances"])
async def test_task_id_that_comes_although_none_is_documented_is_kept(stage: Stage, name: str) -> None:
    outcome = await stage.answered(name, {"data": {"task_id": "t-1"}, **OK})
    assert data_of(outcome) == {"task_id": "t-1"}


@pytest.mark.requirement("conflict:22")
@pytest.mark.parametrize("name", ["start_command", "install_app"])
async def test_job_belongs_to_one_phone(stage: Stage, name: str) -> None:
    jobs = data_of(await stage.run(name))["jobs"]
    assert [job["instance_id"] for job in jobs] == list(ACTIONS[name].examples[0].params.instance_ids)
    several: JsonValue = {"task_id": "t", "cmd_jobs": [{"instance_id": ["a", "b"], "job_id": "j"}]}
    assert (await stage.answered(name, {"data": several, **OK})).status is Status.UNKNOWN


@pytest.mark.requirement("conflict:26")
@pytest.mark.parametrize(
    ("number", "word", "is_over"),
    [
        (0, "pending", False),
        (1, "running", False),
        (2, "succeeded", True),
        (3, "failed", True),
        (-1, "failed", True),
        (4, "unlisted 4", False),
        (99, "unlisted 99", False),
    ],
)
async def test_state_of_a_task_that_nobody_lists_keeps_running(
    stage: Stage, number: int, word: str, is_over: bool
) -> None:
    body: JsonValue = {"jobs": [{"job_id": "j", "status": number}]}
    outcome = await stage.answered("get_task", {"data": body, **OK})
    assert data_of(outcome)["jobs"][0]["status"] == word
    assert outcome.message.startswith("Task ended" if is_over else "Task running")


@pytest.mark.requirement("conflict:27")
async def test_which_phone_a_job_belongs_to_is_told_when_it_starts_because_the_task_will_not(stage: Stage) -> None:
    started = data_of(await stage.run("start_command"))
    stage.clock.seconds += 60
    followed = await stage.run("get_task", {"task_id": started["task_id"]})
    jobs = {job["job_id"]: job["instance_id"] for job in started["jobs"]}
    assert set(jobs.values()) == {"a44uhlf7", "efjy72gs"}
    assert {job["job_id"] for job in data_of(followed)["jobs"]} == set(jobs)
    assert not any("instance_id" in job for job in data_of(followed)["jobs"])
    assert "names jobs, not phones" in ACTIONS["get_task"].details


@pytest.mark.requirement("conflict:38")
async def test_one_number_is_three_states_and_is_always_shown_with_its_word(stage: Stage) -> None:
    rows: dict[str, JsonValue] = {
        "query_status": {"status_results": [{"instance_id": "a44uhlf7", "status": 2}]},
        "prepare_instances": {"status_list": [{"instance_id": "iRJEVP96", "status": 2}]},
        "get_prepare_progress": {"status": 2, "waitingCount": 0},
    }
    shown = {}
    for name, data in rows.items():
        outcome = await stage.answered(name, {"data": data, **OK})
        cells = [str(cell) for row in render(outcome).rows for cell in row]
        shown[name] = next(cell for cell in cells if "(2)" in cell)
    assert shown == {
        "query_status": "running (2)",
        "prepare_instances": "to_be_assigned (2)",
        "get_prepare_progress": "restoring (2)",
    }


@pytest.mark.requirement("conflict:39")
async def test_phone_named_twice_is_sent_once_and_answers_are_matched_by_id(printed_stage: Stage) -> None:
    twice: JsonValue = ["iRJEVP96", "iRJEVP96"]
    outcome = await printed_stage.run("prepare_instances", example_arguments("prepare_instances", instance_ids=twice))
    body: Any = printed_stage.last.body
    assert body["instance_ids"] == ["iRJEVP96"]
    assert {phone["instance_id"] for phone in data_of(outcome)["phones"]} == {"a44uhlf7", "iRJEVP96"}
    assert outcome.message == "1 of 1 phone ready for user 1008600000104285462."
    assert "The API answered for phones that were not asked about: a44uhlf7." in outcome.warnings


@pytest.mark.requirement("conflict:39")
async def test_answer_about_others_only_is_no_answer(stage: Stage) -> None:
    outcome = await stage.answered("prepare_instances", ACTIONS["prepare_instances"].examples[0].answers)
    assert outcome.status is Status.FAILED
    assert data_of(outcome)["no_answer"] == ["iRJEVP96"]


@pytest.mark.requirement("conflict:39")
async def test_many_others_are_counted_and_the_first_of_them_named(stage: Stage) -> None:
    others: list[JsonValue] = [{"instance_id": f"p{number}", "status": 0} for number in range(8)]
    outcome = await stage.answered("prepare_instances", {"data": {"status_list": others}, **OK})
    assert outcome.warnings[-1].endswith("not asked about: p0, p1, p2, p3, p4 and 3 more.")


@pytest.mark.requirement("conflict:41")
async def test_waiting_count_has_no_unit(stage: Stage) -> None:
    outcome = await stage.answered("get_prepare_progress", {"data": {"status": 1, "waitingCount": 17}, **OK})
    assert data_of(outcome)["waiting_count"] == 17
    assert ("waiting", 17) in render(outcome).rows
    assert "17" not in outcome.message


@pytest.mark.requirement("conflict:42")
@pytest.mark.parametrize("number", [-1, 0, 1, 2, 3, 4, 5, 6])
async def test_only_normal_is_the_proof_of_a_preparation(stage: Stage, number: int) -> None:
    change = ACTIONS["prepare_instances"].change
    assert change is not None
    assert isinstance(change.verify, Until)
    outcome = await stage.answered("get_prepare_progress", {"data": {"status": number, "waitingCount": 0}, **OK})
    assert outcome.result is not None
    params = ACTIONS["prepare_instances"].examples[0].params
    assert change.verify.reached(params, outcome.result) is (number == 0)
    assert ("offline (6)" in outcome.message) is (number == 6)


@pytest.mark.requirement("conflict:47")
async def test_billing_of_a_phone_is_shown_as_it_came_and_judged_by_nobody(stage: Stage) -> None:
    phone = next(phone for phone in stage.simulator.fleet if phone.pay_per_use)
    listed = await stage.run("list_instances", {"instance_id": phone.id, "detail": True})
    assert data_of(listed)["instances"][0]["billing_mode"] == "2"
    assert {sku["charge_mode"] for sku in data_of(await stage.run("list_skus"))["skus"]} == {"both"}
    outcome = await stage.run("delete_instances", {"instance_ids": [phone.id]})
    assert outcome.error is not None
    assert outcome.error.upstream_code == "KOOPHONE.API.5001"
    assert "pay-per-use" in outcome.message
    assert stage.last.operation == "delete"


@pytest.mark.requirement("conflict:56")
async def test_call_that_the_overview_takes_for_a_query_deletes(stage: Stage) -> None:
    before = len(stage.simulator.fleet)
    await stage.run("delete_instances")
    assert (stage.last.method, stage.last.path) == ("POST", "/v1/instances/delete")
    assert len(stage.simulator.fleet) == before - 1


@pytest.mark.requirement("conflict:59")
async def test_batch_says_that_its_phones_share_a_region_and_what_to_do_if_they_do_not(stage: Stage) -> None:
    batches = {
        name: action.by.batch
        for name, action in ACTIONS.items()
        if isinstance(action.by, Endpoint) and action.by.batch is not None
    }
    assert {batch.per_call for batch in batches.values()} == {100}
    assert {name for name, batch in batches.items() if not batch.one_region} == {"query_status", "delete_instances"}
    other = next(phone for phone in stage.simulator.fleet if phone.region.id != "cn-north-7" and not phone.frozen)
    outcome = await stage.run("reboot_instances", {"instance_ids": ["efjy72gs", other.id]})
    assert outcome.error is not None
    assert outcome.error.upstream_code == "KOOPHONE.API.1002"
    assert outcome.error.next_step == "Ask for one region at a time."


@pytest.mark.requirement("conflict:66")
async def test_times_are_asked_for_in_utc_and_answered_as_they_came(stage: Stage) -> None:
    await stage.run("list_instances", {"since": "2023-08-15T22:30:45+08:00", "until": "2023-08-15T14:30:45Z"})
    query = dict(stage.last.query)
    assert query["query_start_time"] == query["query_end_time"] == "2023-08-15 14:30:45"
    assert (await stage.run("list_instances", {"since": "2023-08-15T22:30:45"})).status is Status.INVALID
    listed = await stage.run("list_instances", {"instance_id": "5srn5hL8", "detail": True})
    assert data_of(listed)["instances"][0]["backup_time"] == "2024-05-24 17:34:58"


@pytest.mark.requirement("conflict:73")
async def test_phone_of_nobody_is_to_be_assigned_and_no_error(either_stage: Stage) -> None:
    outcome = await either_stage.run(
        "prepare_instances", example_arguments("prepare_instances", instance_ids=["Vpp8rC4Y"])
    )
    assert outcome.error is None
    states = {phone["instance_id"]: phone["status"] for phone in data_of(outcome)["phones"]}
    assert states["Vpp8rC4Y"] == "to_be_assigned"
    assert "To be assigned to the user first: 1 phone." in outcome.warnings


@pytest.mark.requirement("conflict:75")
async def test_command_that_goes_on_says_that_its_result_cannot_be_had(either_stage: Stage) -> None:
    outcome = await either_stage.run("run_command", {"command": "sleep 60", "instance_ids": ["Vpp8rC4Y"]})
    assert outcome.status is Status.ACCEPTED
    assert outcome.warnings == ("Still running on 1 phone; their result cannot be fetched later. Use start_command.",)


NOISE = re.compile(
    r"文档|版权|[\u3000-\u9fff\uff00-\uffef]|A PI|instance_ setti|\bfasle\b|CloudDevice 服务|\bData string\b"
)


def read_by_people_and_models(action: AnyAction) -> list[str]:
    change = action.change
    texts = [action.title, action.doc, *(field.description or "" for field in action.params.model_fields.values())]
    texts += [str(action.params.model_json_schema()), str(action.result.model_json_schema(mode="serialization"))]
    if change is not None:
        texts += [change.undo, getattr(change.verify, "why", "")]
    return texts


@pytest.mark.requirement("conflict:78")
def test_noise_of_the_printing_is_in_nothing_that_is_read() -> None:
    errors = [text for known in KNOWN.values() for text in (known.meaning, known.next_step)]
    texts = [text for action in ACTIONS.values() for text in read_by_people_and_models(action)]
    everything = [*texts, *errors, *STATUSES.values(), *GATEWAY.values(), *REQUIREMENTS.values()]
    assert len(everything) > 300
    assert [text for text in everything if NOISE.search(text)] == []
    assert [
        arguments for action in ACTIONS.values() if NOISE.search(arguments := str(arguments_of(first(action))))
    ] == []


def first(action: AnyAction) -> Any:  # noqa: ANN401  # params of whichever action
    return action.examples[0].params
