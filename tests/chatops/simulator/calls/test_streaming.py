import pytest

from chatops.simulator.phones import Phone, Running
from tests.chatops.simulator.harness import Cloud, outcome

pytestmark = pytest.mark.anyio
USER = "1008600000104285462"


async def _prepared(cloud: Cloud, user: str, *phone_ids: str) -> list[tuple[str, int]]:
    answer = await cloud.post("prepare", {"user_id": user, "instance_ids": list(phone_ids)})
    assert outcome(answer) == (200, "0")
    return [(row["instance_id"], row["status"]) for row in answer.json()["data"]["status_list"]]


async def _progress(cloud: Cloud, user: str, phone_id: str) -> int:
    answer = await cloud.post("prepare-progress", {"user_id": user, "instance_id": phone_id})
    assert outcome(answer) == (200, "0")
    status: int = answer.json()["data"]["status"]
    return status


def _released(cloud: Cloud, *, broken: bool = False) -> Phone:
    resting = (phone for phone in cloud.simulator.fleet if phone.journey is None and phone.owner)
    return next(phone for phone in resting if not phone.on_hardware and phone.broken is broken)


async def test_a_device_token_is_new_each_time(cloud: Cloud) -> None:
    tokens = {
        (await cloud.send("POST", "/v1/instances/Q39YyZvI/auth")).json()["data"]["device_token"] for _ in range(2)
    }
    assert len(tokens) == 2


async def test_a_device_token_is_for_an_id_of_at_most_32_characters(cloud: Cloud) -> None:
    assert outcome(await cloud.send("POST", f"/v1/instances/{'x' * 33}/auth")) == (400, "1000")


async def test_a_broken_phone_gives_no_device_token(cloud: Cloud) -> None:
    assert outcome(await cloud.send("POST", "/v1/instances/a44uhlf7/auth")) == (200, "62010")


async def test_a_released_phone_is_restored_until_it_is_ready(cloud: Cloud) -> None:
    phone = _released(cloud)
    assert await _progress(cloud, phone.owner, phone.id) == 6
    assert await _prepared(cloud, phone.owner, phone.id) == [(phone.id, 1)]
    seen = [await _progress(cloud, phone.owner, phone.id)]
    for seconds in (3, 6):
        cloud.time.forward(seconds)
        seen.append(await _progress(cloud, phone.owner, phone.id))
    assert seen == [1, 2, 0]
    assert await _prepared(cloud, phone.owner, phone.id) == [(phone.id, 0)]


async def test_the_restore_of_a_broken_phone_fails(cloud: Cloud) -> None:
    phone = _released(cloud, broken=True)
    await _prepared(cloud, phone.owner, phone.id)
    cloud.time.forward(9)
    assert await _progress(cloud, phone.owner, phone.id) == -1


async def test_a_stopped_phone_is_started(cloud: Cloud) -> None:
    user = "1008600000097131912"
    assert await _prepared(cloud, user, "5srn5hL8") == [("5srn5hL8", 1)]
    cloud.time.forward(6)
    assert await _progress(cloud, user, "5srn5hL8") == 0


async def test_preparing_twice_does_not_start_over(cloud: Cloud) -> None:
    phone = _released(cloud)
    await _prepared(cloud, phone.owner, phone.id)
    cloud.time.forward(5)
    assert await _prepared(cloud, phone.owner, phone.id) == [(phone.id, 1)]
    cloud.time.forward(4)
    assert await _progress(cloud, phone.owner, phone.id) == 0


async def test_a_phone_without_user_is_to_be_assigned(cloud: Cloud) -> None:
    assert await _prepared(cloud, USER, "XvH39QVW") == [("XvH39QVW", 2)]


async def test_a_phone_that_is_backed_up_says_so(cloud: Cloud) -> None:
    await cloud.post("backup", {"instance_ids": ["iRJEVP96"]})
    assert await _prepared(cloud, USER, "iRJEVP96") == [("iRJEVP96", 3)]
    assert await _progress(cloud, USER, "iRJEVP96") == 3


@pytest.mark.parametrize("call", ["prepare", "prepare-progress"])
async def test_the_phone_of_somebody_else_is_forbidden(cloud: Cloud, call: str) -> None:
    body = {"user_id": "7", "instance_id": "iRJEVP96", "instance_ids": ["iRJEVP96"]}
    assert outcome(await cloud.post(call, body)) == (403, "6002")


async def test_a_frozen_phone_is_not_prepared(cloud: Cloud) -> None:
    phone = next(phone for phone in cloud.simulator.fleet if phone.frozen and phone.owner)
    answer = await cloud.post("prepare", {"user_id": phone.owner, "instance_ids": [phone.id]})
    assert outcome(answer) == (200, "2004")


async def test_a_printed_preparation_answers_others_too_and_in_another_order(printed_cloud: Cloud) -> None:
    assert await _prepared(printed_cloud, USER, "iRJEVP96", "iRJEVP9", "iRJEVP96") == [
        ("a44uhlf7", 0),
        ("iRJEVP9", 0),
        ("iRJEVP96", 0),
    ]


async def test_a_phone_that_is_not_restored_is_not_backed_up(cloud: Cloud) -> None:
    phone = _released(cloud)
    assert outcome(await cloud.post("backup", {"instance_ids": [phone.id]})) == (400, "6000")


async def test_a_backup_can_fail(cloud: Cloud) -> None:
    phone = next(phone for phone in cloud.simulator.fleet if phone.backup_fails)
    await cloud.post("backup", {"instance_ids": [phone.id]})
    cloud.time.forward(8)
    (row,) = (await cloud.list(instance_id=phone.id)).json()["data"]["result"]
    assert (row["backup_status"], row["running_status"]) == (3, Running.RUNNING)


async def test_a_body_with_both_spellings_is_read_by_the_tables(printed_cloud: Cloud) -> None:
    body = {"instance_ids": ["iRJEVP96"], "instance_id": "iRJEVP9", "user_id": USER}
    await printed_cloud.post("backup", body)
    phones = [printed_cloud.simulator.fleet.find(phone_id) for phone_id in ("iRJEVP96", "iRJEVP9")]
    assert [phone is not None and phone.journey is not None for phone in phones] == [True, False]
