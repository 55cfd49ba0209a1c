import pytest

from chatops.simulator import FOREIGN_PHONE_ID
from tests.chatops.simulator.harness import Cloud, outcome

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("call", "key"),
    [
        ("reboot", "instance_ids"),
        ("batch-reset", "instance_ids"),
        ("batch-query-status", "instance_ids"),
        ("backup", "instance_ids"),
        ("delete", "instanceIdList"),
    ],
)
@pytest.mark.parametrize(
    ("phone_id", "expected"),
    [(FOREIGN_PHONE_ID, (401, "1001")), ("nobodys1", (200, "1012"))],
    ids=["foreign", "unknown"],
)
async def test_one_phone_that_is_not_the_tenants_refuses_the_batch(
    cloud: Cloud, call: str, key: str, phone_id: str, expected: tuple[int, str]
) -> None:
    answer = await cloud.post(call, {key: ["efjy72gs", phone_id]})
    assert outcome(answer) == expected
    phone = cloud.simulator.fleet.find("efjy72gs")
    assert phone is not None
    assert phone.journey is None


async def test_a_phone_that_does_not_exist_is_4001_where_it_is_asked_for_alone(cloud: Cloud) -> None:
    assert outcome(await cloud.send("POST", "/v1/instances/nobodys1/auth")) == (200, "4001")


async def test_a_phone_named_twice_is_meant_once(cloud: Cloud) -> None:
    answer = await cloud.post("batch-query-status", {"instance_ids": ["efjy72gs", "efjy72gs"]})
    assert len(answer.json()["data"]["status_results"]) == 1
