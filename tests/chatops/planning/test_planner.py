from dataclasses import replace
from typing import Any

import anyio
import pytest
from pydantic import JsonValue

from chatops.errors import Refusal, TargetsEmpty, TargetsUnknown, UpstreamError
from chatops.fleet import Fleet
from chatops.parsing import parse
from chatops.planning.plan import differences
from chatops.planning.planner import Planner
from chatops.principal import Surface
from chatops.simulator import Fault
from tests.chatops.cloud.world import ACTIONS, pages, scripted
from tests.chatops.conftest import person
from tests.chatops.planning.stage import desk
from tests.tools.stage import example_arguments
from tools import RunState, Targets

pytestmark = pytest.mark.anyio

PAIR: list[JsonValue] = ["efjy72gs", "a44uhlf7"]
ORDER: dict[str, Any] = example_arguments("create_instances", count=3)


async def test_plan_pins_phones_each_once_and_sorted() -> None:
    async with desk() as at:
        plan = await at.plan("reset_instances", instance_ids=[*PAIR, *PAIR])
    assert [each.instance_id for each in plan.targets] == ["a44uhlf7", "efjy72gs"]
    assert isinstance(plan.pinned, Targets)
    assert plan.pinned.instance_ids == ("a44uhlf7", "efjy72gs")
    assert (plan.count, plan.fleet_size, plan.person, plan.account) == (2, 60, "alice", "tests")


async def test_planning_only_reads() -> None:
    async with desk() as at:
        await at.plan("delete_instances", where="name=*")
        await at.plan("create_instances", **ORDER)
        assert at.changes == 0


async def test_plan_holds_what_the_phone_is_like_now() -> None:
    async with desk() as at:
        phone = at.phone("a44uhlf7")
        phone.owner, phone.in_use, phone.frozen = "7", True, True
        (found,) = (await at.plan("reboot_instances", instance_ids=["a44uhlf7"])).targets
        assert (found.assignee, found.in_use, found.frozen, found.region) == ("7", True, True, phone.region.id)
        phone.owner, phone.in_use, phone.frozen = "", False, False
        (found,) = (await at.plan("reboot_instances", instance_ids=["a44uhlf7"])).targets
        assert (found.assignee, found.in_use, found.frozen) == (None, False, False)
        assert (found.name, found.state) == (phone.name, RunState.of(int(phone.running)))


async def test_phone_of_which_the_listing_says_little_counts_as_in_use() -> None:
    async with scripted(*pages(["a"], total=1)) as (client, _):
        fleet = Fleet(reader=client.reader, now=anyio.current_time)
        planner = Planner(fleet=fleet, account="tests", now=anyio.current_time)
        action = ACTIONS["reboot_instances"]
        plan = await planner.plan(person(), action, action.params(instance_ids=("a",)))
    assert plan.in_use == 1
    assert plan.regions == frozenset()
    assert "1 of 1 phone in use, or possibly in use." in plan.warnings


async def test_phones_the_tenant_lacks_are_named_and_nothing_is_planned() -> None:
    async with desk() as at:
        with pytest.raises(TargetsUnknown) as caught:
            await at.plan("reboot_instances", instance_ids=["nobody", "a44uhlf7", *(f"x{n}" for n in range(20))])
    assert caught.value.message.startswith("Not in this fleet: 21 phones of 22: nobody, x0, x1, ")
    assert "x8." in caught.value.message
    assert "nothing was planned" in caught.value.next_step


@pytest.mark.parametrize("count", [3, 80])
async def test_few_phones_of_a_large_fleet_are_planned_without_reading_it(count: int) -> None:
    async with desk(10_000) as at:
        ids = [phone.id for phone in at.phones[-count:]]
        plan = await at.plan("query_status", instance_ids=ids)
        assert len(plan.targets) == count
        assert len(at.world.simulator.requests) == 1 + count


async def test_five_hundred_phones_are_planned_in_requests_of_a_hundred_and_one_region() -> None:
    async with desk(600) as at:
        ids = [phone.id for phone in at.phones[:500]]
        plan = await at.plan("reboot_instances", instance_ids=ids)
        regions = {phone.id: phone.region.id for phone in at.phones}
        assert len(at.world.simulator.requests) == 1 + 6, "the size, then six pages: fewer than five hundred"
    assert sorted(each for batch in plan.batches for each in batch.instance_ids) == sorted(ids)
    assert all(len(batch.instance_ids) <= 100 for batch in plan.batches)
    assert all({regions[each] for each in batch.instance_ids} == {batch.region} for batch in plan.batches)


async def test_filter_is_pinned_to_the_phones_it_finds_now() -> None:
    async with desk() as at:
        plan = await at.plan("reboot_instances", where="region=cn-north-7,in_use=no,frozen=no")
        meant = [
            phone.id for phone in at.phones if phone.region.id == "cn-north-7" and not (phone.in_use or phone.frozen)
        ]
    assert [each.instance_id for each in plan.targets] == sorted(meant)
    assert plan.regions == {"cn-north-7"}
    assert plan.in_use == 0


async def test_filter_that_has_grown_is_another_plan_and_says_by_whom() -> None:
    async with desk() as at:
        stays, leaves, comes = at.phones[10:13]
        stays.owner = leaves.owner = "7"
        first = await at.plan("reboot_instances", where="assignee=7")
        assert first.digest == (await at.plan("reboot_instances", where="assignee=7")).digest
        leaves.owner, comes.owner = "8", "7"
        again = await at.plan("reboot_instances", where="assignee=7")
    assert again.digest != first.digest
    told = differences(first.facts(), again.targets)
    assert sorted(told) == sorted([f"{leaves.id} is no longer among them", f"{comes.id} has come in"])


async def test_filter_that_finds_nothing_is_refused() -> None:
    async with desk() as at:
        with pytest.raises(TargetsEmpty, match=r"No phone matches name=nobody-\*\."):
            await at.plan("reboot_instances", where="name = 'nobody-*'")


async def test_filter_over_half_a_listing_is_refused() -> None:
    async with desk(250) as at:
        for ask in (at.plan("reboot_instances", where="state=running"), at.ids(where="state=running")):
            at.world.simulator.faults.clear()
            at.world.simulator.faults.add(Fault(kind="page_drift", drift="shift"))
            with pytest.raises(TargetsUnknown, match="a filter may miss phones"):
                await ask


async def test_id_from_the_listing_that_could_not_be_typed_is_refused() -> None:
    async with scripted(*pages(["../a"], total=1)) as (client, _):
        fleet = Fleet(reader=client.reader, now=anyio.current_time)
        planner = Planner(fleet=fleet, account="tests", now=anyio.current_time)
        action = ACTIONS["reboot_instances"]
        with pytest.raises(TargetsUnknown, match=r"an id that no call takes: '\.\./a'"):
            await planner.plan(person(), action, action.params.model_validate({"where": "in_use=yes"}))


async def test_order_is_a_plan_without_phones() -> None:
    async with desk() as at:
        plan = await at.plan("create_instances", **ORDER)
    assert (plan.targets, plan.count, len(plan.batches), plan.warnings) == ((), 3, 1, ())
    assert plan.batches[0].params == plan.params


async def test_each_phone_is_taken_from_its_own_user_and_one_of_nobody_is_left_out() -> None:
    async with desk() as at:
        owned, other, free = at.phones[10:13]
        owned.owner, other.owner, free.owner = "u1", "u2", ""
        plan = await at.plan("unassign_instances", instance_ids=[owned.id, other.id, free.id])
        pairs = {pair for batch in plan.batches for pair in getattr(batch.params, "owners", ())}
    assert pairs == {(owned.id, "u1"), (other.id, "u2")}
    assert plan.count == 2
    assert f"1 phone left out, because assigned to nobody: {free.id}." in plan.warnings


async def test_taking_back_what_nobody_has_is_refused() -> None:
    async with desk() as at:
        at.phone("a44uhlf7").owner = ""
        with pytest.raises(TargetsEmpty, match="Nothing to do: 1 phone left out, because assigned to nobody: a44uhlf7"):
            await at.plan("unassign_instances", instance_ids=["a44uhlf7"])


async def test_taking_from_somebody_else_than_the_user_named_is_warned_of() -> None:
    async with desk() as at:
        at.phone("a44uhlf7").owner = "7"
        plan = await at.plan("unassign_instances", instance_ids=["a44uhlf7"], user_id="9")
    assert "1 of 1 phone assigned to somebody else than 9." in plan.warnings


async def test_same_call_by_the_same_person_is_the_same_plan_on_every_door() -> None:
    async with desk() as at:
        action = ACTIONS["reset_instances"]
        params = action.params(instance_ids=tuple(PAIR))
        alone = await at.planner.plan(person(), action, params)
        assisted = await at.planner.plan(person(assistant=True), action, params)
        elsewhere = await at.planner.plan(replace(person(), surface=Surface.MCP), action, params)
        named = await at.plan("reset_instances", instance_ids=[*reversed(PAIR)])
        somebody_else = await at.plan("reset_instances", by="bob", instance_ids=PAIR)
    assert alone.digest == assisted.digest == elsewhere.digest == named.digest
    assert alone.text() == assisted.text()
    assert somebody_else.digest != alone.digest


async def test_facts_that_could_not_be_read_are_the_error_of_the_api() -> None:
    async with desk() as at:
        at.world.simulator.faults.add(Fault(kind="error", status=400, code="KOOPHONE.API.0002"))
        for arguments in ({"instance_ids": ["a44uhlf7"]}, {"where": "state=running"}):
            with pytest.raises(UpstreamError):
                await at.plan("reboot_instances", **arguments)


async def test_phones_a_read_names_are_asked_for_as_they_are() -> None:
    async with desk() as at:
        assert await at.ids(instance_ids=PAIR) == tuple(PAIR)
        assert len(at.world.simulator.requests) == 0


async def test_filter_of_a_read_is_applied_to_a_listing_of_up_to_a_minute_ago() -> None:
    async with desk() as at:
        frozen = tuple(sorted(phone.id for phone in at.phones if phone.frozen))
        assert [await at.ids(where="frozen=yes") for _ in range(3)] == [frozen] * 3
        assert len(at.world.simulator.requests) == 1


@pytest.mark.parametrize(("phones", "fits"), [(500, True), (501, False)])
async def test_read_of_more_phones_than_an_answer_holds_is_refused_before_it_is_sent(phones: int, fits: bool) -> None:
    async with desk(phones) as at:
        if fits:
            assert len(await at.ids(where="name=*")) == phones
        else:
            with pytest.raises(Refusal, match=r"name=\* matches 501 phones; up to 500 are read at once"):
                await at.ids(where="name=*")
        assert at.changes == 0


async def test_filter_of_a_read_that_finds_nothing_is_refused() -> None:
    async with desk() as at:
        with pytest.raises(TargetsEmpty):
            await at.ids(where="name=nobody")


async def test_in_a_large_fleet_only_the_phones_a_filter_had_matched_are_read_again() -> None:
    async with desk(250) as at:
        stays, leaves, comes = at.phones[10:13]
        stays.owner = leaves.owner = "7"
        planner = replace(at.planner, whole=200)
        params = parse(ACTIONS["reboot_instances"], {"where": "assignee=7"})
        first = await planner.plan(person(), ACTIONS["reboot_instances"], params)
        leaves.owner, comes.owner = "8", "7"
        ids = tuple(each.instance_id for each in first.targets)
        before = at.world.simulator.requests.total
        again = await planner.plan(person(), ACTIONS["reboot_instances"], params, pinned=ids)
        assert at.world.simulator.requests.total - before < 4
        whole = await at.planner.plan(person(), ACTIONS["reboot_instances"], params, pinned=ids)
    assert differences(first.facts(), again.targets) == (f"{leaves.id} is no longer among them",)
    assert f"{comes.id} has come in" in differences(first.facts(), whole.targets)
