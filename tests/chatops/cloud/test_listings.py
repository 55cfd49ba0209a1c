import pytest

from chatops.errors import UpstreamContractBroken, UpstreamUnavailable
from chatops.simulator import Fault
from tests.chatops.cloud.world import ACTIONS, LIST, OK, SILENCE, ask, page, pages, reply, scripted, unanswered, world

pytestmark = pytest.mark.anyio

SUMMARY = ACTIONS["fleet_summary"]


@pytest.mark.parametrize("dialect", ["table", "example"])
async def test_whole_fleet_is_read_page_by_page(dialect: str) -> None:
    async with world(dialect="table" if dialect == "table" else "example", phones=450) as running:
        answer = await ask(running.client, SUMMARY)
        assert answer.result.phones == len(running.simulator.fleet)
        assert answer.warnings == ()
        queries = [dict(record.query) for record in running.simulator.requests.of("batch-query")]
    assert {query["page_size"] for query in queries} == {"100"}
    assert {query["page_no"] for query in queries} == {"1", "2", "3", "4", "5"}
    assert {query["x-request-id"] for query in queries} == set(answer.request_ids)
    assert len(answer.request_ids) == 5


async def test_first_rows_need_one_page() -> None:
    async with world(phones=450) as running:
        answer = await ask(running.client, LIST, LIST.params(limit=10))
        assert running.arrived("batch-query") == 1
    assert len(answer.result.instances) == 10
    assert answer.result.complete


@pytest.mark.parametrize("drift", ["shift", "duplicate", "repeat", "absurd_total"])
async def test_drifting_pages_are_noticed_and_no_phone_comes_twice(drift: str) -> None:
    async with world(phones=450) as running:
        running.simulator.faults.add(Fault(kind="page_drift", drift=drift))
        answer = await ask(running.client, LIST, LIST.params(name="*", limit=500))
    ids = [phone.instance_id for phone in answer.result.instances]
    assert len(ids) == len(set(ids))
    assert not answer.result.complete
    assert answer.warnings


async def test_page_that_fails_once_is_read_again() -> None:
    async with world(phones=250) as running:
        running.simulator.faults.add(Fault(kind="error", status=503, operation="batch-query", times=1))
        answer = await ask(running.client, SUMMARY)
        assert running.arrived("batch-query") == 4
    assert len(answer.request_ids) == 4


async def test_page_that_stays_away_fails_the_listing_with_every_request_id() -> None:
    two = pages(["a"] * 1, total=300, size=1)
    async with scripted(*two, reply(status=500)) as (client, said):
        with pytest.raises(UpstreamUnavailable) as caught:
            await ask(client, SUMMARY)
    assert len(caught.value.request_ids) == len(said.seen)


async def test_empty_fleet_is_empty_and_an_answer_without_data_is_not() -> None:
    async with scripted(page([], number=1, total=0)) as (client, _):
        assert (await ask(client, SUMMARY)).result.phones == 0
    for body in (OK, {"data": None, **OK}, {"data": "", **OK}):
        async with scripted(reply(body)) as (client, _):
            with pytest.raises(UpstreamContractBroken):
                await ask(client, SUMMARY)


async def test_listing_as_a_whole_has_a_limit() -> None:
    async with scripted(SILENCE, listing_limit=30.0) as (client, said), unanswered(said.asked, then=31.0):
        with pytest.raises(UpstreamUnavailable, match="30 seconds") as caught:
            await ask(client, SUMMARY)
    assert len(caught.value.request_ids) == 1


async def test_names_from_outside_are_cleaned() -> None:
    row = {"instance_id": "a", "instance_name": "x\x1b[31m\u202ey\n"}
    async with scripted(reply({"data": {"result": [row]}, "total_count": 1, **OK})) as (client, _):
        answer = await ask(client, LIST, LIST.params())
    assert answer.result.instances[0].instance_name == "x[31my "
