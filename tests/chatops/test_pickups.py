from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from chatops.errors import PickupGone
from chatops.outcome import Outcome, Status
from chatops.pickups import LIFETIME, Pickups
from tests.chatops.conftest import Bench, OpenBench, Person, person

pytestmark = pytest.mark.anyio

CONTENT: Mapping[str, JsonValue] = {"device_token": "dee5081f40c83dde"}
PHONE: Mapping[str, JsonValue] = {"instance_id": "efjy72gs"}


def pickups_of(bench: Bench) -> Pickups:
    found = bench.executor.reading.pickups
    assert found is not None
    return found


async def token(bench: Bench) -> tuple[Outcome, str]:
    outcome = await bench.executor.run(person(assistant=True), "get_device_token", PHONE, Person())
    assert outcome.status is Status.DONE
    return outcome, outcome.message.rpartition(" ")[2]


async def test_assistant_is_told_where_its_person_gets_the_token_and_not_what_it_is(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome, identifier = await token(bench)
        taken = await pickups_of(bench).take(identifier, person())
        secret = str(taken["device_token"])
        assert outcome.message == (
            "A device token for efjy72gs was issued. It is not shown here: it waits for alice, who can pick it up "
            f"once, until 03:05:00 UTC, at a terminal: chatops pickup {identifier}"
        )
        assert secret not in repr(outcome) + str(outcome.payload())
        assert sorted(await bench.kinds()) == ["answered", "left_for_pickup", "picked_up"]


async def test_it_is_given_out_once(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        pickups = pickups_of(bench)
        kept = await pickups.leave(person(assistant=True), "get_device_token", CONTENT)
        assert await pickups.take(kept.id, person()) == CONTENT
        with pytest.raises(PickupGone, match="was picked up before"):
            await pickups.take(kept.id, person())


async def test_another_person_gets_nothing_learns_nothing_and_takes_nothing_away(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        pickups = pickups_of(bench)
        kept = await pickups.leave(person(), "get_device_token", CONTENT)
        told = []
        for identifier in (kept.id, "pk_aaaaaaaaaaaaaaaa"):
            with pytest.raises(PickupGone) as refused:
                await pickups.take(identifier, person(name="bob"))
            told.append(refused.value.message.replace(identifier, ""))
        assert told[0] == told[1]
        assert [event.kind for event in await bench.events()] == ["left_for_pickup", "denied", "denied"]
        assert await pickups.take(kept.id, person()) == CONTENT


async def test_assistant_cannot_pick_up_in_its_persons_place(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        kept = await pickups_of(bench).leave(person(), "get_device_token", CONTENT)
        with pytest.raises(PickupGone):
            await pickups_of(bench).take(kept.id, person(assistant=True))


@pytest.mark.parametrize("sweeps", [False, True])
async def test_what_waits_longer_than_five_minutes_is_erased(open_bench: OpenBench, sweeps: bool) -> None:
    async with open_bench() as bench:
        pickups = pickups_of(bench)
        kept = await pickups.leave(person(), "get_device_token", CONTENT)
        bench.clock.seconds += LIFETIME
        if sweeps:
            await bench.service.recovery.sweep()
            rows = await bench.service.database.read(
                lambda connection: connection.exec_driver_sql("SELECT sealed FROM pickups").scalars().all()
            )
            assert rows == [None]
        with pytest.raises(PickupGone, match="has waited too long and is erased"):
            await pickups.take(kept.id, person())


async def test_token_is_not_even_asked_for_where_it_could_not_wait(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.lose_store()
        outcome = await bench.executor.run(person(assistant=True), "get_device_token", PHONE, Person())
        bench.bring_store_back()
        assert outcome.error is not None
        assert outcome.error.code == "store_unavailable"
        assert outcome.result is None


async def test_person_at_the_terminal_needs_no_pickup(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "get_device_token", PHONE, Person())
        assert outcome.message == "A device token for efjy72gs was issued."
