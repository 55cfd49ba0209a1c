from collections.abc import Sequence
from dataclasses import dataclass

import anyio
import anyio.lowlevel
import pytest

from chatops.errors import UpstreamError
from chatops.fleet import FRESH, Fleet
from chatops.simulator import Fault
from tests.chatops.cloud.world import NO_PHONES, World, pages, reply, scripted, world

pytestmark = pytest.mark.anyio

PAGES = 3
PHONES = 250


@dataclass
class Ticking:
    """A clock on which some time passes between any two looks at it."""

    seconds: float = 0.0
    looks: int = 0

    def __call__(self) -> float:
        self.seconds += 0.001
        self.looks += 1
        return self.seconds


def fleet_of(running: World, now: Ticking | None = None) -> Fleet:
    return Fleet(reader=running.client.reader, now=now or Ticking())


def ids_of(running: World, count: int) -> list[str]:
    return [phone.id for phone in running.simulator.fleet][-count:]


def asked_for(running: World) -> list[str | None]:
    """The id in each request of the listing, or None where a page was asked for."""
    return [dict(record.query).get("instance_id") for record in running.simulator.requests.of("batch-query")]


async def test_snapshot_is_the_whole_listing_and_its_moment() -> None:
    now = Ticking(seconds=1000.0)
    async with world(phones=PHONES) as running:
        snapshot = await fleet_of(running, now).snapshot()
        assert {phone.instance_id for phone in snapshot.phones} == {phone.id for phone in running.simulator.fleet}
    assert snapshot.complete
    assert snapshot.phones[0].assign_status is not None, "everything is known of a phone, not the brief row"
    assert 1000.0 < snapshot.read_at <= now.seconds


async def test_snapshot_serves_until_it_is_a_minute_old() -> None:
    now = Ticking()
    async with world(phones=PHONES) as running:
        fleet = fleet_of(running, now)
        first = await fleet.snapshot()
        now.seconds += FRESH - 1
        assert await fleet.snapshot() is first
        now.seconds += 1
        assert await fleet.snapshot() is not first
        assert running.arrived("batch-query") == 2 * PAGES


async def test_older_snapshot_serves_whoever_can_do_with_it() -> None:
    now = Ticking()
    async with world(phones=20) as running:
        fleet = fleet_of(running, now)
        first = await fleet.snapshot()
        now.seconds += 10 * FRESH
        assert await fleet.snapshot(age=3600.0) is first


async def test_snapshot_of_this_moment_is_never_one_of_before() -> None:
    async with world(phones=20) as running:
        fleet = fleet_of(running)
        await fleet.snapshot()
        running.simulator.fleet.remove(ids_of(running, 1))
        assert len((await fleet.snapshot(age=0)).phones) == 19


async def test_however_many_wait_the_fleet_is_read_once() -> None:
    async with world(phones=PHONES) as running:
        fleet = fleet_of(running)
        async with anyio.create_task_group() as group:
            for number in range(20):
                group.start_soon(lambda age: fleet.snapshot(age=age), 0.0 if number % 2 else FRESH)
        assert running.arrived("batch-query") == PAGES


async def test_who_comes_while_the_fleet_is_read_shares_the_next_reading() -> None:
    async with world(phones=20) as running:
        now = Ticking()
        fleet = fleet_of(running, now)
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: fleet.snapshot(age=0))
            while now.looks < 2:
                await anyio.lowlevel.checkpoint()
            # It is under way now, and no answer can have come yet.
            for _ in range(10):
                group.start_soon(lambda: fleet.snapshot(age=0))
        assert running.arrived("batch-query") == 2


async def test_fleet_that_could_not_be_read_is_read_by_the_next() -> None:
    async with world(phones=20) as running:
        running.simulator.faults.add(Fault(kind="error", status=400, code="KOOPHONE.API.0002", times=1))
        fleet = fleet_of(running)
        with pytest.raises(UpstreamError):
            await fleet.snapshot()
        assert len((await fleet.snapshot()).phones) == 20


async def test_size_is_asked_with_one_page() -> None:
    async with world(phones=PHONES) as running:
        assert await fleet_of(running).size() == PHONES
        assert running.arrived("batch-query") == 1


async def test_size_is_that_of_a_fresh_snapshot_and_not_of_an_old_one() -> None:
    now = Ticking()
    async with world(phones=PHONES) as running:
        fleet = fleet_of(running, now)
        await fleet.snapshot()
        assert await fleet.size() == PHONES
        assert running.arrived("batch-query") == PAGES
        running.simulator.fleet.remove(ids_of(running, 1))
        now.seconds += FRESH + 1
        assert await fleet.size() == PHONES - 1


async def test_size_is_not_known_where_the_api_does_not_say() -> None:
    async with scripted(*pages(["a", "b"], total=None)) as (client, _):
        assert await Fleet(reader=client.reader, now=Ticking()).size() is None


@pytest.mark.parametrize("size", [PHONES, 100_000, None])
async def test_few_phones_are_read_one_by_one_however_large_the_fleet(size: int | None) -> None:
    async with world(phones=PHONES) as running:
        wanted = ids_of(running, 50 if size != PHONES else PAGES)
        found = await fleet_of(running).read(wanted, size)
        assert sorted(found) == sorted(wanted)
        assert sorted(each or "" for each in asked_for(running)) == sorted(wanted)


async def test_many_phones_are_read_with_everything_where_that_is_fewer_requests() -> None:
    async with world(phones=PHONES) as running:
        wanted = ids_of(running, PAGES + 1)
        found = await fleet_of(running).read(wanted, PHONES)
        assert sorted(found) == sorted(wanted)
        assert asked_for(running) == [None] * PAGES


@pytest.mark.parametrize("count", [1, 10])
async def test_phones_that_the_tenant_does_not_have_are_left_out(count: int) -> None:
    async with world(phones=20) as running:
        known = ids_of(running, count)
        assert sorted(await fleet_of(running).read([*known, "nobody"], 20)) == sorted(known)


async def test_phone_is_read_as_it_is_now_and_not_from_a_snapshot() -> None:
    async with world(phones=20) as running:
        fleet = fleet_of(running)
        await fleet.snapshot()
        changed = running.simulator.fleet.find(ids_of(running, 1)[0])
        assert changed is not None
        changed.owner = "somebody"
        for others in (0, 5):
            found = await fleet.read(ids_of(running, 1 + others), 20)
            assert found[changed.id].assign_user == "somebody"


async def test_what_half_a_listing_does_not_show_is_read_by_itself() -> None:
    async with world(phones=PHONES) as running:
        # Every page begins a row too late, so that some phones are on none.
        running.simulator.faults.add(Fault(kind="page_drift", drift="shift", times=PAGES))
        first = next(phone.id for phone in running.simulator.fleet)
        wanted = [first, *ids_of(running, PAGES)]
        assert sorted(await fleet_of(running).read(wanted, PHONES)) == sorted(wanted)
        assert asked_for(running)[PAGES:] == [first]


async def test_first_failure_stops_the_reading_and_is_raised_as_itself() -> None:
    async with scripted(reply(status=400, body={"error_code": "KOOPHONE.API.0002", "error_msg": "no"})) as (
        client,
        said,
    ):
        ids: Sequence[str] = [f"p{number}" for number in range(100)]
        with pytest.raises(UpstreamError):
            await Fleet(reader=client.reader, now=Ticking()).read(ids, None)
    assert len(said.seen) <= 8


async def test_nothing_is_read_where_nothing_is_asked_for() -> None:
    async with scripted(reply(NO_PHONES)) as (client, said):
        assert await Fleet(reader=client.reader, now=Ticking()).read([], None) == {}
    assert said.seen == []


async def test_what_is_at_hand_may_be_old_and_costs_no_request() -> None:
    now = Ticking()
    async with world(phones=PHONES) as running:
        fleet = fleet_of(running, now)
        first = await fleet.snapshot()
        before = len(asked_for(running))
        now.seconds += 500
        assert await fleet.at_hand(age=600, most=1) is first
        assert len(asked_for(running)) == before


async def test_small_fleet_is_read_when_nothing_is_at_hand() -> None:
    async with world(phones=PHONES) as running:
        known = await fleet_of(running).at_hand(age=600, most=PHONES)
        assert known is not None
        assert len(known.phones) == PHONES


async def test_large_fleet_is_not_read_and_what_is_older_is_better_than_nothing() -> None:
    now = Ticking()
    async with world(phones=PHONES) as running:
        fleet = fleet_of(running, now)
        assert await fleet.at_hand(age=600, most=PHONES - 1) is None
        assert len(asked_for(running)) == 1
        old = await fleet.snapshot()
        now.seconds += 700
        assert await fleet.at_hand(age=600, most=PHONES - 1) is old
