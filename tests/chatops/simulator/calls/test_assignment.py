import httpx2
import pytest

from tests.chatops.simulator.harness import Cloud, outcome

pytestmark = pytest.mark.anyio


async def _ask(cloud: Cloud, call: str, *pairs: tuple[str, object]) -> httpx2.Response:
    body = {"user_instances": [{"instance_id": phone_id, "user_id": user} for phone_id, user in pairs]}
    return await cloud.post(call, body)


def _owner(cloud: Cloud, phone_id: str) -> str:
    phone = cloud.simulator.fleet.find(phone_id)
    assert phone is not None
    return phone.owner


async def test_a_free_phone_is_assigned(cloud: Cloud) -> None:
    assert outcome(await _ask(cloud, "assign", ("XvH39QVW", "1008600000104285462"))) == (200, "0")
    assert _owner(cloud, "XvH39QVW") == "1008600000104285462"


async def test_the_phone_of_somebody_else_is_not_assigned_nor_is_any_other_of_the_batch(cloud: Cloud) -> None:
    answer = await _ask(cloud, "assign", ("XvH39QVW", "7"), ("a44uhlf7", "7"))
    assert outcome(answer) == (400, "6000")
    assert (_owner(cloud, "XvH39QVW"), _owner(cloud, "a44uhlf7")) == ("", "1123422")


async def test_taking_a_phone_away_clears_its_owner_and_wipes_it_once(cloud: Cloud) -> None:
    assert outcome(await _ask(cloud, "unassign", ("a44uhlf7", "1123422"))) == (200, "0")
    assert _owner(cloud, "a44uhlf7") == ""
    assert cloud.simulator.tenant.wipes == {"a44uhlf7": 1}


@pytest.mark.parametrize("phone_id", ["a44uhlf7", "XvH39QVW"])
async def test_a_phone_is_not_taken_from_who_does_not_have_it(cloud: Cloud, phone_id: str) -> None:
    assert outcome(await _ask(cloud, "unassign", (phone_id, "7"))) == (400, "6000")
    assert cloud.simulator.tenant.wipes == {}


async def test_two_users_for_one_phone_are_refused(cloud: Cloud) -> None:
    assert outcome(await _ask(cloud, "assign", ("XvH39QVW", "1"), ("XvH39QVW", "2"))) == (400, "6000")


@pytest.mark.parametrize("user", [1123422, 1.0, "", "x" * 33, None])
async def test_a_user_is_text_of_1_to_32_characters(cloud: Cloud, user: object) -> None:
    assert outcome(await _ask(cloud, "assign", ("XvH39QVW", user))) == (400, "1000")


async def test_at_most_a_hundred_pairs_are_taken(cloud: Cloud) -> None:
    assert outcome(await _ask(cloud, "assign", *[("XvH39QVW", "7")] * 101)) == (400, "1000")
    assert outcome(await _ask(cloud, "assign", *[("XvH39QVW", "7")] * 100)) == (200, "0")


async def test_a_frozen_phone_is_not_assigned_but_can_be_taken_away(cloud: Cloud) -> None:
    phone = next(phone for phone in cloud.simulator.fleet if phone.frozen and phone.owner)
    assert outcome(await _ask(cloud, "assign", (phone.id, phone.owner))) == (200, "2004")
    assert outcome(await _ask(cloud, "unassign", (phone.id, phone.owner))) == (200, "0")
