import pytest

from tests.chatops.simulator.harness import Cloud

pytestmark = pytest.mark.anyio


async def _status(cloud: Cloud, *phone_ids: str) -> list[int]:
    answer = await cloud.post("batch-query-status", {"instance_ids": list(phone_ids)})
    return [row["status"] for row in answer.json()["data"]["status_results"]]


async def test_a_reboot_is_seen_in_the_status(cloud: Cloud) -> None:
    assert await _status(cloud, "efjy72gs") == [2]
    await cloud.post("reboot", {"instance_ids": ["efjy72gs"]})
    assert await _status(cloud, "efjy72gs") == [3]
    cloud.time.forward(2)
    assert await _status(cloud, "efjy72gs") == [4]
    cloud.time.forward(4)
    assert await _status(cloud, "efjy72gs") == [2]


async def test_a_reset_destroys_data_and_heals(cloud: Cloud) -> None:
    assert await _status(cloud, "a44uhlf7") == [0]
    await cloud.post("batch-reset", {"instance_ids": ["a44uhlf7", "efjy72gs"]})
    assert cloud.simulator.tenant.wipes == {"a44uhlf7": 1, "efjy72gs": 1}
    cloud.time.forward(10)
    assert await _status(cloud, "a44uhlf7", "efjy72gs") == [2, 2]


async def test_a_refused_reset_destroys_nothing(cloud: Cloud) -> None:
    await cloud.post("batch-reset", {"instance_ids": ["efjy72gs", "nobodys1"]})
    assert cloud.simulator.tenant.wipes == {}


async def test_phones_of_several_regions_can_be_queried_together(cloud: Cloud) -> None:
    other = next(phone for phone in cloud.simulator.fleet if phone.region.id != "cn-north-7")
    assert len(await _status(cloud, "efjy72gs", other.id)) == 2
