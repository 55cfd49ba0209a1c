import pytest

from tests.chatops.simulator.harness import Cloud, outcome

pytestmark = pytest.mark.anyio
PHONES = ["a44uhlf7", "efjy72gs"]


@pytest.mark.parametrize(
    "command",
    [
        "ls; reboot",
        "ls | wc",
        "a&b",
        "$HOME",
        "`id`",
        "'x'",
        '"x"',
        "a\nb",
        "a\tb",
        "ä",
        "a>b",
        "a,b",
        "a=b",
        "a*",
        "",
        "x" * 1025,
        "ä" * 600,
    ],
)
@pytest.mark.parametrize("call", ["sync-command", "async-command"])
async def test_a_command_outside_the_documented_characters_or_bytes_is_refused(
    cloud: Cloud, call: str, command: str
) -> None:
    answer = await cloud.post(call, {"command": command, "instance_ids": PHONES})
    assert outcome(answer) == (400, "1000")


@pytest.mark.parametrize("command", ["x" * 1024, "getprop ro.build.version.sdk", "ls -l /a_b:c.d"])
async def test_a_command_of_documented_characters_is_run(cloud: Cloud, command: str) -> None:
    assert outcome(await cloud.post("sync-command", {"command": command, "instance_ids": PHONES})) == (200, "0")


async def test_a_long_synchronous_command_is_answered_as_still_running(cloud: Cloud) -> None:
    answer = await cloud.post("sync-command", {"command": "sleep 60", "instance_ids": ["efjy72gs"]})
    assert answer.json()["data"]["cmd_results"] == [
        {"instance_id": "efjy72gs", "status": 1, "error_code": "", "error_msg": "", "execute_msg": ""}
    ]


async def _jobs(cloud: Cloud, task_id: str) -> list[dict[str, object]]:
    answer = await cloud.send("GET", f"/v1/instances/tasks/{task_id}")
    assert outcome(answer) == (200, "0")
    jobs: list[dict[str, object]] = answer.json()["data"]["jobs"]
    return jobs


async def test_a_task_runs_and_ends_with_what_each_phone_said(cloud: Cloud) -> None:
    body = {"command": "getprop ro.product.model", "instance_ids": PHONES}
    started = (await cloud.post("async-command", body)).json()["data"]
    assert [job["instance_id"] for job in started["cmd_jobs"]] == PHONES
    assert [job["status"] for job in await _jobs(cloud, started["task_id"])] == [1, 1]
    cloud.time.forward(4)
    broken, working = await _jobs(cloud, started["task_id"])
    assert (broken["status"], broken["error_code"], broken["execute_msg"]) == (-1, "CPS.0005", "")
    assert (working["status"], working["error_code"], working["execute_msg"]) == (2, "", "KooPhone")
    assert working["job_id"] == started["cmd_jobs"][1]["job_id"]
    assert "instance_id" not in working


async def test_a_task_spells_its_codes_and_its_silence_as_printed(printed_cloud: Cloud) -> None:
    body = {"command": "ls", "instance_ids": ["a44uhlf7"]}
    started = (await printed_cloud.post("async-command", body)).json()["data"]
    printed_cloud.time.forward(4)
    (job,) = await _jobs(printed_cloud, started["task_id"])
    assert (job["error_code"], job["execute_msg"]) == ("CPS0005", None)


async def test_a_job_takes_as_long_as_its_command(cloud: Cloud) -> None:
    body = {"command": "sleep 30", "instance_ids": ["efjy72gs"]}
    started = (await cloud.post("async-command", body)).json()["data"]
    cloud.time.forward(31)
    assert [job["status"] for job in await _jobs(cloud, started["task_id"])] == [1]
    cloud.time.forward(2)
    assert [job["status"] for job in await _jobs(cloud, started["task_id"])] == [2]


async def test_an_unknown_task_is_an_invalid_parameter(cloud: Cloud) -> None:
    assert outcome(await cloud.send("GET", "/v1/instances/tasks/nothing")) == (400, "6000")
