"""Every changing action with its answer lost: what reading can prove is proven, the rest stays unknown and says why."""

from dataclasses import replace

import pytest
from pydantic import JsonValue

from chatops.operations.records import Operation
from chatops.outcome import Outcome, Status
from chatops.principal import Principal
from chatops.simulator import Fault, SimulatorSettings
from tests.chatops.conftest import Bench, OpenBench, Person, approver, open_bench, person, team
from tools import OPEN, AnyAction, Appear, Endpoint, Follow, Risk, Unverifiable, load_actions

__all__ = ["open_bench"]

pytestmark = pytest.mark.anyio

CHANGES = {name: action for name, action in load_actions().items() if action.risk is not Risk.READ}
READING_TELLS = {
    "assign_instances",
    "backup_instances",
    "create_instances",
    "delete_instances",
    "prepare_instances",
    "reboot_instances",
    "reset_instances",
    "unassign_instances",
}
SLOWLY = SimulatorSettings(phones=60, faults=True, speed=40)
EVERYTHING = team(limits={"max_fleet_share": 1.0})


def arguments_of(action: AnyAction) -> dict[str, JsonValue]:
    """Those of the printed example, which the simulator carries out."""
    if action.name in {"reboot_instances", "reset_instances"}:
        return {"instance_ids": ["efjy72gs"]}  # the other phone of the example never comes back
    if action.name == "assign_instances":
        return {"instance_ids": ["XvH39QVW"], "user_id": "1123422"}  # that of the example has this user already
    written: dict[str, JsonValue] = action.examples[0].params.model_dump(
        mode="json", exclude_defaults=True, context=dict(OPEN)
    )
    return written


async def carried_out(bench: Bench, action: AnyAction, principal: Principal | None = None) -> Outcome:
    outcome = await bench.executor.run(principal or person(), action.name, arguments_of(action), Person())
    if outcome.status is Status.APPROVAL_REQUIRED:
        outcome = await bench.service.approvals.approve(outcome.operation_id or "", approver())
    return outcome


def call_of(action: AnyAction) -> str:
    """The simulator's name of the call."""
    assert isinstance(action.by, Endpoint)
    return action.by.path.removeprefix("/v1/instances/").replace("app/", "")


async def lost(bench: Bench, action: AnyAction, kind: str = "drop_after") -> Operation:
    bench.simulator.faults.add(Fault(kind=kind, operation=call_of(action), times=1))  # type: ignore[arg-type]  # one of them
    outcome = await carried_out(bench, action)
    assert outcome.status is Status.UNKNOWN, outcome
    assert action.change is not None
    assert action.change.lost in outcome.message
    assert bench.sent(call_of(action)) == 1
    if isinstance(action.change.verify, Unverifiable):
        return await bench.operation(outcome.operation_id)
    if kind == "drop_before":
        # Nothing is going to happen: only the last minute of the watch is looked at.
        bench.clock.seconds += action.change.verify.within.total_seconds() - 60
    return await bench.ended(outcome.operation_id)


@pytest.mark.parametrize("name", sorted(READING_TELLS))
async def test_lost_answer_is_reconciled_where_reading_shows_what_was_wanted(open_bench: OpenBench, name: str) -> None:
    async with open_bench(EVERYTHING, simulator=SLOWLY) as bench:
        ended = await lost(bench, CHANGES[name])
        assert (ended.state, ended.verification) == ("done", "verified")
        assert ended.reason == "Reading shows the phones of 1 unanswered request as they were to be."
        assert (await bench.story(ended.id))[-4:] == ["unknown", "unknown", "reconciled", "verified"]


@pytest.mark.parametrize("name", sorted(CHANGES.keys() - READING_TELLS))
async def test_lost_answer_that_reading_cannot_decide_stays_unknown_and_says_what_to_look_at(
    open_bench: OpenBench, name: str
) -> None:
    async with open_bench(EVERYTHING, simulator=SLOWLY) as bench:
        action = CHANGES[name]
        ended = await lost(bench, action)
        assert action.change is not None
        assert ended.state == "unknown"
        assert ended.verification in {"unknown", "not_verifiable"}
        assert ended.reason == action.change.lost
        assert "reconciled" not in await bench.story(ended.id)


# A phone that was ready before looks as if it had been prepared: reading cannot tell, and nothing is lost by it.
@pytest.mark.parametrize("name", sorted(READING_TELLS - {"prepare_instances"}))
async def test_request_that_had_no_effect_is_never_taken_for_one_that_had(open_bench: OpenBench, name: str) -> None:
    async with open_bench(EVERYTHING, simulator=SLOWLY) as bench:
        ended = await lost(bench, CHANGES[name], "drop_before")
        assert ended.state == "unknown"
        assert ended.verification in {"unknown", "mismatch"}
        assert "reconciled" not in await bench.story(ended.id)


@pytest.mark.parametrize("name", sorted(CHANGES))
async def test_answered_change_ends_verified_where_reading_can_prove_it(open_bench: OpenBench, name: str) -> None:
    async with open_bench(EVERYTHING, simulator=SLOWLY) as bench:
        action = CHANGES[name]
        assert action.change is not None
        outcome = await carried_out(bench, action)
        assert outcome.status in {Status.ACCEPTED, Status.DONE, Status.PARTIAL}, outcome
        if isinstance(action.change.verify, Unverifiable):
            assert (await bench.operation(outcome.operation_id)).verification == "not_verifiable"
            assert action.change.verify.why
        else:
            ended = await bench.ended(outcome.operation_id)
            expected = "mismatch" if isinstance(action.change.verify, Follow) and _fails(action) else "verified"
            assert ended.verification == expected


def _fails(action: AnyAction) -> bool:
    """The printed command fails on one of its phones."""
    return action.name == "start_command"


NO_LIMITS = team(limits={"max_fleet_share": 1.0, "orders_per_day": 50})
ORDER = CHANGES["create_instances"]


async def ordered(bench: Bench, name: str, prefix: str, fault: str | None = None) -> str:
    """An order of this person's, approved by another; the operation."""
    if fault is not None:
        bench.simulator.faults.add(Fault(kind=fault, operation="create", times=1))  # type: ignore[arg-type]  # one of them
    arguments = {**arguments_of(ORDER), "name_prefix": prefix}
    asked = await bench.executor.run(person(name=name), ORDER.name, arguments, Person())
    outcome = await bench.service.approvals.approve(asked.operation_id or "", approver("carol"))
    return outcome.operation_id or ""


async def came_to_nothing(bench: Bench, identifier: str) -> bool:
    assert ORDER.change is not None
    assert isinstance(ORDER.change.verify, Appear)
    bench.clock.seconds += ORDER.change.verify.within.total_seconds() - 60
    ended = await bench.ended(identifier)
    return ended.state == "unknown" and "reconciled" not in await bench.story(identifier)


@pytest.mark.parametrize("prefix", ["koophoneX", "koophone-1", "koophone"])
async def test_lost_order_is_not_declared_done_by_what_another_has_brought(open_bench: OpenBench, prefix: str) -> None:
    async with open_bench(NO_LIMITS, simulator=SLOWLY) as bench:
        lost_one = await ordered(bench, "alice", "koophone", "drop_before")
        await ordered(bench, "bob", prefix)
        assert await came_to_nothing(bench, lost_one)


async def test_two_lost_orders_of_one_name_stay_unknown_because_nobody_can_tell_them_apart(
    open_bench: OpenBench,
) -> None:
    async with open_bench(NO_LIMITS, simulator=SLOWLY) as bench:
        without_effect = await ordered(bench, "alice", "koophone", "drop_before")
        with_effect = await ordered(bench, "bob", "koophone", "drop_after")
        assert await came_to_nothing(bench, without_effect)
        assert await came_to_nothing(bench, with_effect)


async def test_lost_order_is_not_declared_done_by_a_phone_of_another_region(open_bench: OpenBench) -> None:
    async with open_bench(NO_LIMITS, simulator=SLOWLY) as bench:
        lost_one = await ordered(bench, "alice", "koophone", "drop_before")
        there(bench, "koophone-00077", region="cn-north-4")
        assert await came_to_nothing(bench, lost_one)


async def test_more_phones_than_were_ordered_leave_it_unknown_whose_they_are(open_bench: OpenBench) -> None:
    async with open_bench(NO_LIMITS, simulator=SLOWLY) as bench:
        for number in (77, 78):
            there(bench, f"koophone-000{number}", region="cn-north-7")
        assert await came_to_nothing(bench, await ordered(bench, "alice", "koophone", "drop_before"))


def there(bench: Bench, name: str, *, region: str) -> None:
    """A phone that somebody has ordered elsewhere, just now."""
    like = next(each for each in bench.simulator.fleet if each.region.id == region)
    bench.simulator.fleet.add(replace(like, id=name.replace("-", "x"), name=name, created=bench.clock.seconds + 60))
