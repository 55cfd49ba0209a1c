"""Where the reference contradicts itself about installations (each number is one of its eighty)."""

import pytest

from chatops.outcome import Status
from chatops.simulator import Fault
from tests.tools.stage import Stage, body_of, data_of, example_arguments

pytestmark = pytest.mark.anyio


@pytest.mark.requirement("conflict:16")
@pytest.mark.parametrize(("fast", "sent"), [(True, "1"), (False, "0")])
async def test_kind_of_installation_is_a_text(either_stage: Stage, fast: bool, sent: str) -> None:
    outcome = await either_stage.run("install_app", example_arguments("install_app", fast=fast))
    assert outcome.status is Status.ACCEPTED
    assert body_of(either_stage)["fast_install"] == sent


@pytest.mark.requirement("conflict:17")
async def test_size_of_a_package_is_a_number_here_and_a_text_there(either_stage: Stage) -> None:
    await either_stage.run("install_app", example_arguments("install_app", size_mb=2048))
    assert body_of(either_stage)["object_size"] == "2048"
    assert (await either_stage.run("install_app", example_arguments("install_app", size_mb="120"))).status == "invalid"
    assert (await either_stage.run("install_app", example_arguments("install_app", size_mb=2049))).status == "invalid"


@pytest.mark.requirement("conflict:18")
async def test_digest_of_a_package_is_always_sent_and_empty_unless_given(either_stage: Stage) -> None:
    await either_stage.run("install_app")
    assert body_of(either_stage)["content_md5"] == ""
    await either_stage.run("install_app", example_arguments("install_app", md5="a" * 32))
    assert body_of(either_stage)["content_md5"] == "a" * 32
    assert (await either_stage.run("install_app", example_arguments("install_app", md5="fghfg"))).status == "invalid"


@pytest.mark.requirement("conflict:19")
async def test_transfer_mode_is_sent_as_a_mime_type(either_stage: Stage) -> None:
    await either_stage.run("install_app")
    assert body_of(either_stage)["content_type"] == "application/octet-stream"


@pytest.mark.requirement("conflict:20")
async def test_package_may_be_called_otherwise_than_its_file(either_stage: Stage) -> None:
    arguments = example_arguments("install_app", package="com.tencent.mm", file_name="meituan.apk")
    assert (await either_stage.run("install_app", arguments)).status is Status.ACCEPTED


@pytest.mark.requirement("conflict:21")
async def test_task_of_an_installation_is_found_at_either_depth(either_stage: Stage) -> None:
    deep = data_of(await either_stage.run("install_app"))
    either_stage.simulator.faults.add(Fault(kind="flat_install", times=1))
    flat = data_of(await either_stage.run("install_app", example_arguments("install_app", version="9")))
    for started in (deep, flat):
        assert len(started["task_id"]) > 32
        assert [job["instance_id"] for job in started["jobs"]] == ["XvH39QVW", "Vpp8rC4Y"]
