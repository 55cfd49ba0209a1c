import pytest

from tests.chatops.simulator.harness import Cloud, outcome

pytestmark = pytest.mark.anyio
BODY: dict[str, object] = {
    "fast_install": "0",
    "object_name": "com.tencent.mm",
    "file_name": "meituan.apk",
    "object_version": "8.0.58",
    "object_size": "120",
    "biz_type": "apk",
    "content_type": "application/octet-stream",
    "content_md5": "",
    "install_package_url": "https://obs.example.com/meituan.apk?Signature=x",
    "instance_id_list": ["XvH39QVW", "Vpp8rC4Y"],
}


@pytest.mark.parametrize("name", [name for name in BODY if name != "fast_install"])
async def test_every_documented_key_is_required_but_fast_install(cloud: Cloud, name: str) -> None:
    answer = await cloud.post("app/install", {key: value for key, value in BODY.items() if key != name})
    assert outcome(answer) == (400, "1000")
    kept = {key: value for key, value in BODY.items() if key != "fast_install"}
    assert outcome(await cloud.post("app/install", kept)) == (200, "0")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"fast_install": 1}, (400, "1000")),
        ({"fast_install": ""}, (200, "3008")),
        ({"fast_install": "true"}, (200, "3008")),
        ({"object_name": "x" * 101}, (400, "1000")),
        ({"file_name": ""}, (400, "1000")),
        ({"object_version": 8}, (400, "1000")),
        ({"object_size": 120}, (400, "1000")),
        ({"object_size": "120MB"}, (200, "62006")),
        ({"object_size": "-1"}, (200, "62006")),
        ({"object_size": ""}, (200, "62006")),
        ({"object_size": "2049"}, (200, "62015")),
        ({"biz_type": "APK"}, (400, "1000")),
        ({"content_type": "x" * 65}, (400, "1000")),
        ({"content_md5": "x" * 201}, (400, "1000")),
        ({"install_package_url": "https://" + "x" * 1993}, (400, "1000")),
        ({"install_package_url": "ftp://obs.example.com/a.apk"}, (200, "62017")),
        ({"install_package_url": "https://[broken/a.apk"}, (200, "62017")),
        ({"instance_id_list": []}, (400, "1000")),
    ],
)
async def test_an_installation_outside_the_tables_is_refused(
    cloud: Cloud, change: dict[str, object], expected: tuple[int, str]
) -> None:
    assert outcome(await cloud.post("app/install", {**BODY, **change})) == expected
    assert cloud.simulator.tenant.packages.installed("XvH39QVW") == {}


@pytest.mark.parametrize("size", ["2048", "0.5", "1"])
async def test_sizes_are_numeric_text_up_to_two_gigabytes(cloud: Cloud, size: str) -> None:
    assert outcome(await cloud.post("app/install", {**BODY, "object_size": size})) == (200, "0")


async def test_a_task_installs_and_the_package_is_there(cloud: Cloud) -> None:
    task = (await cloud.post("app/install", BODY)).json()["data"]["data"]
    assert task["task_id"].startswith("ZGCA")
    assert len(task["task_id"]) == 36
    path = f"/v1/instances/tasks/{task['task_id']}"
    assert [job["status"] for job in (await cloud.send("GET", path)).json()["data"]["jobs"]] == [1, 1]
    cloud.time.forward(7)
    assert [job["status"] for job in (await cloud.send("GET", path)).json()["data"]["jobs"]] == [2, 2]
    body = {"command": "pm list packages", "instance_ids": ["XvH39QVW"]}
    (result,) = (await cloud.post("sync-command", body)).json()["data"]["cmd_results"]
    assert "package:com.tencent.mm" in result["execute_msg"]


async def test_a_fast_installation_has_the_other_prefix_by_the_tables_only(cloud: Cloud, printed_cloud: Cloud) -> None:
    tables, printed = [
        (await each.post("app/install", {**BODY, "fast_install": "1"})).json()["data"]["data"]["task_id"]
        for each in (cloud, printed_cloud)
    ]
    assert tables.startswith("FULFILL")
    assert printed.startswith("ZGCA")


async def test_jobs_fail_on_phones_that_are_broken_or_down(cloud: Cloud) -> None:
    body = {**BODY, "instance_id_list": ["a44uhlf7", "5srn5hL8", "efjy72gs"]}
    task = (await cloud.post("app/install", body)).json()["data"]["data"]
    cloud.time.forward(10)
    jobs = (await cloud.send("GET", f"/v1/instances/tasks/{task['task_id']}")).json()["data"]["jobs"]
    assert [(job["status"], job["error_code"]) for job in jobs] == [(-1, "CPS.0191"), (-1, "CPS.0005"), (2, "")]
    assert cloud.simulator.tenant.packages.installed("a44uhlf7") == {}


async def test_a_reset_takes_packages_away(cloud: Cloud) -> None:
    await cloud.post("app/install", BODY)
    await cloud.post("batch-reset", {"instance_ids": ["XvH39QVW"]})
    assert cloud.simulator.tenant.packages.installed("XvH39QVW") == {}
    assert cloud.simulator.tenant.packages.installed("Vpp8rC4Y") == {"com.tencent.mm": "8.0.58"}
