from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

import anyio
import pytest
from pydantic import JsonValue

from chatops.freezes import Scope
from chatops.operations import dispatch
from chatops.operations.points import Point
from chatops.outcome import Status
from chatops.rendering import render
from chatops.simulator import Fault, SimulatorSettings
from tests.chatops.conftest import Bench, OpenBench, Person, person, team

pytestmark = pytest.mark.anyio

PAIR: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs"]}
MANY: dict[str, JsonValue] = {"where": "state=running,frozen=no"}
"""Phones of four regions."""
EVERYTHING = team(limits={"max_fleet_share": 1.0, "max_targets": 5000})
LARGE = SimulatorSettings(phones=900, faults=True, speed=1000)
"""More requests than are sent at once."""
WHILE_THEY_ARE_ON_THEIR_WAY = Fault(kind="slow", operation="reboot", times=4, seconds=0.5)
"""The first four requests, which are sent at once, leave time for something to happen."""
REJECTION = Fault(kind="error", operation="reboot", status=400, code="KOOPHONE.API.62010")


def at_the(turn: int, bench: Bench, point: Point, happens: Callable[[], object]) -> None:
    """Something happens when this point is reached for the so manieth time."""
    turns = count(1)

    def reached() -> None:
        if next(turns) == turn:
            happens()

    bench.at[point] = reached


async def cancel_everything(bench: Bench) -> None:
    for each in await bench.service.ledger.listed():
        await bench.service.dispatch.stop(each.id, "Cancelled by bob.", by=person(name="bob"))


async def test_every_step_is_taken_in_its_order(open_bench: OpenBench) -> None:
    wanted: list[Point] = ["read_again", "consumed", "before_claim", "claimed", "answered", "request_settled"]
    order: list[Point] = []
    async with open_bench() as bench:
        for point in wanted:
            bench.at[point] = partial(order.append, point)
        await bench.executor.run(person(), "reset_instances", PAIR, Person())
    assert order == wanted


async def test_answers_of_all_requests_become_one(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING) as bench:
        outcome = await bench.executor.run(person(), "run_command", {**MANY, "command": "ls -l /system"}, Person())
        operation = await bench.operation(outcome.operation_id)
        assert len(operation.requests) == bench.sent("sync-command") == 4
        data = outcome.payload()["data"]
        assert isinstance(data, dict)
        results = data["results"]
        assert isinstance(results, list)
        assert len(results) == operation.count
        assert operation.result == data


async def test_phones_that_failed_stand_first_whichever_request_they_were_in(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING) as bench:
        last = next(each.id for each in bench.simulator.fleet if each.region.id == "cn-north-4" and each.running == 2)
        arguments: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs", last], "command": "ls -l /system"}
        outcome = await bench.executor.run(person(), "run_command", arguments, Person())
        assert bench.sent("sync-command") == 2
        rows = [(row[0], str(row[1]).split()[0]) for row in render(outcome).rows]
        assert rows == [("a44uhlf7", "failed"), (last, "succeeded"), ("efjy72gs", "succeeded")]


async def test_phones_of_a_failed_request_are_named_beside_the_answers_of_the_others(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING) as bench:
        other = next(each.id for each in bench.simulator.fleet if each.region.id == "cn-north-4" and each.running == 2)
        rejected = replace(REJECTION, operation="sync-command", times=1)
        bench.simulator.faults.add(rejected)
        arguments: dict[str, JsonValue] = {"instance_ids": ["efjy72gs", other], "command": "ls -l /system"}
        outcome = await bench.executor.run(person(), "run_command", arguments, Person())
        assert outcome.status is Status.PARTIAL
        rows = [(row[0], str(row[1]).split()[0]) for row in render(outcome).rows]
        assert [state for _, state in rows] == ["no", "succeeded"]
        assert {phone for phone, _ in rows} == {"efjy72gs", other}


async def test_answers_without_a_join_are_told_by_the_first(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING) as bench:
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        assert outcome.message == f"Reboot of {operation.count} phones accepted."


async def test_failed_request_is_told_at_once_and_does_not_hide_the_others(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING) as bench:
        bench.simulator.faults.add(replace(REJECTION, times=1))
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        states = [each.state.value for each in operation.requests]
        assert (states.count("failed"), states.count("accepted")) == (1, 3)
        assert outcome.error is not None
        assert outcome.error.upstream_code == "KOOPHONE.API.62010"
        reached = sum(len(each.targets) for each in operation.requests if each.state == "accepted")
        assert outcome.message.startswith(f"The API has taken it for {reached} of {operation.count} phones.")
        assert (outcome.status, outcome.exit_code, outcome.is_error) == (Status.PARTIAL, 1, True)
        assert operation.state == "watching"


async def test_rest_is_not_sent_once_more_phones_have_failed_than_are_tolerated(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench:
        bench.simulator.faults.add(REJECTION)
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        states = [each.state.value for each in operation.requests]
        assert set(states) == {"failed", "never_sent"}
        assert states.count("failed") == bench.sent("reboot")
        assert (outcome.status, operation.state) == (Status.FAILED, "failed")
        assert "failed, or may have; the rest was not sent." in outcome.message


async def test_phones_that_failed_beside_others_of_their_request_count_as_well(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench:
        for number, each in enumerate(bench.simulator.fleet):
            each.broken = number % 10 > 0
        outcome = await bench.executor.run(person(), "run_command", {**MANY, "command": "ls -l /system"}, Person())
        operation = await bench.operation(outcome.operation_id)
        assert bench.sent("sync-command") < len(operation.requests)
        assert {each.state.value for each in operation.requests} == {"accepted", "never_sent"}
        assert outcome.status is Status.PARTIAL
        assert "failed, or may have; the rest was not sent." in outcome.message


async def test_failures_that_are_tolerated_stop_nothing(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING) as bench:
        running = [each for each in bench.simulator.fleet if each.running == 2 and not each.frozen]
        (one, *_) = [each for each in running if each.region.id == "cn-southwest-252"]
        twenty = [each.id for each in running if each.region.id == "cn-north-4"][:15]

        def freeze_the_one() -> None:
            one.frozen = True

        bench.at["consumed"] = freeze_the_one
        outcome = await bench.executor.run(person(), "reboot_instances", {"instance_ids": [one.id, *twenty]}, Person())
        operation = await bench.operation(outcome.operation_id)
        assert [each.state.value for each in operation.requests] == ["accepted", "failed"]
        assert (outcome.status, operation.reason) == (Status.PARTIAL, None)


async def test_store_that_is_lost_between_two_requests_leaves_it_unknown_and_says_where_to_look(
    open_bench: OpenBench,
) -> None:
    async with open_bench(EVERYTHING) as bench:
        at_the(2, bench, "answered", bench.lose_store)
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        assert outcome.error is not None
        assert (outcome.status, outcome.error.code, outcome.exit_code) == (Status.UNKNOWN, "outcome_unknown", 5)
        assert f"chatops operations show {outcome.operation_id}" in outcome.error.next_step
        bench.bring_store_back()
        operation = await bench.operation(outcome.operation_id)
        assert operation.state == "running"
        assert sum(each.sent_at is not None for each in operation.requests) == bench.sent("reboot")


async def test_store_that_is_lost_before_the_first_request_lets_nothing_be_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["before_claim"] = bench.lose_store
        outcome = await bench.executor.run(person(), "reboot_instances", PAIR, Person())
        assert (outcome.status, bench.sent("reboot")) == (Status.UNKNOWN, 0)
        bench.bring_store_back()
        assert [each.state.value for each in (await bench.operation(outcome.operation_id)).requests] == ["planned"]


async def test_store_that_is_lost_before_the_end_leaves_it_unknown(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["sent_all"] = bench.lose_store
        outcome = await bench.executor.run(person(), "reboot_instances", PAIR, Person())
        assert (outcome.status, bench.sent("reboot")) == (Status.UNKNOWN, 1)
        bench.bring_store_back()


async def test_freeze_between_two_requests_stops_the_later_ones(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench, anyio.create_task_group() as group:
        bench.simulator.faults.add(WHILE_THEY_ARE_ON_THEIR_WAY)
        freezing = partial(bench.service.freezes.begin, person(), Scope(), reason="bad image", seconds=600)
        at_the(1, bench, "claimed", lambda: group.start_soon(freezing))
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        assert 0 < bench.sent("reboot") < len(operation.requests)
        assert bench.sent("reboot") == sum(each.sent_at is not None for each in operation.requests)
        assert {each.state.value for each in operation.requests} == {"accepted", "never_sent"}
        assert (outcome.status, operation.reason) == (Status.PARTIAL, "Changes are frozen: bad image")
        assert "Changes are frozen: bad image" in outcome.message


async def test_window_that_opens_between_two_requests_stops_the_later_ones(open_bench: OpenBench) -> None:
    window = {"from": "2026-11-24T00:00:00Z", "until": "2026-11-24T06:00:00Z", "reason": "launch day"}
    closed = team(limits={"max_fleet_share": 1.0, "max_targets": 5000}, freeze=[window])
    async with open_bench(EVERYTHING, simulator=LARGE) as bench:
        at_the(3, bench, "answered", lambda: bench.reload(closed))
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        assert {each.state.value for each in operation.requests} == {"accepted", "never_sent"}
        assert (outcome.status, operation.reason) == (Status.PARTIAL, "Changes are frozen: launch day")


async def test_cancel_stops_what_was_not_sent_and_lets_the_rest_end(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench, anyio.create_task_group() as group:
        bench.simulator.faults.add(WHILE_THEY_ARE_ON_THEIR_WAY)
        at_the(1, bench, "claimed", lambda: group.start_soon(cancel_everything, bench))
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        assert 0 < bench.sent("reboot") < len(operation.requests)
        assert {each.state.value for each in operation.requests} == {"accepted", "never_sent"}
        assert (outcome.status, operation.reason) == (Status.PARTIAL, "Cancelled by bob.")
        assert "cancelled" in await bench.story(operation.id)


async def test_time_that_runs_out_between_two_requests_stops_the_later_ones(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench:

        def a_quarter_of_an_hour_later() -> None:
            bench.clock.seconds += 15 * 60

        at_the(3, bench, "answered", a_quarter_of_an_hour_later)
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        assert outcome.status is Status.PARTIAL
        assert "The time in which this consent could be used is over." in outcome.message


def a_minute_later(bench: Bench) -> None:
    bench.clock.seconds += 61


def a_minute_later_in_other_hands(bench: Bench) -> None:
    a_minute_later(bench)
    for each in bench.simulator.fleet:
        each.owner = "1008600000104285462"


async def test_long_run_reads_what_is_left_again_every_minute_and_ends(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench:
        bench.at["consumed"] = partial(a_minute_later, bench)
        at_the(3, bench, "answered", partial(a_minute_later, bench))
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        assert operation.reason is None
        assert {each.state.value for each in operation.requests} == {"accepted"}
        assert bench.sent("reboot") == len(operation.requests) > 4


async def test_phone_that_has_changed_before_its_request_was_sent_stops_the_rest(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench:
        at_the(3, bench, "answered", partial(a_minute_later_in_other_hands, bench))
        outcome = await bench.executor.run(person(), "reboot_instances", MANY, Person())
        operation = await bench.operation(outcome.operation_id)
        assert {each.state.value for each in operation.requests} == {"accepted", "never_sent"}
        assert outcome.status is Status.PARTIAL
        assert "It is no longer what was asked for" in (operation.reason or "")


async def test_process_that_slept_between_consent_and_request_looks_again_and_sends_nothing_to_what_has_changed(
    open_bench: OpenBench,
) -> None:
    async with open_bench() as bench:
        bench.at["consumed"] = partial(a_minute_later_in_other_hands, bench)
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert (outcome.status, bench.sent("batch-reset")) == (Status.CANCELLED, 0)
        assert "efjy72gs: assignee was 1123422, is now 1008600000104285462" in outcome.message


async def test_phones_that_cannot_be_read_again_are_not_sent_to(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        unreadable = Fault(kind="error", operation="batch-query", status=400, code="KOOPHONE.API.62010")

        def a_minute_later_without_a_listing() -> None:
            a_minute_later(bench)
            bench.passing.ahead += 61
            bench.simulator.faults.add(unreadable)

        bench.at["consumed"] = a_minute_later_without_a_listing
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert (outcome.status, bench.sent("batch-reset")) == (Status.CANCELLED, 0)
        assert "The phones could not be read again" in outcome.message


async def test_phones_that_are_never_read_fast_enough_are_not_sent_to(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "FRESH", -1.0)
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert (outcome.status, bench.sent("batch-reset")) == (Status.CANCELLED, 0)
        assert "takes longer than they may be old" in outcome.message


async def test_nothing_sent_is_told_as_nothing_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:

        def a_quarter_of_an_hour_later() -> None:
            bench.clock.seconds += 15 * 60

        bench.at["before_claim"] = a_quarter_of_an_hour_later
        outcome = await bench.executor.run(person(), "reboot_instances", PAIR, Person())
        assert (outcome.status, bench.sent("reboot")) == (Status.CANCELLED, 0)
        assert await bench.story(outcome.operation_id) == ["planned", "consent_asked", "consent_given", "settled"]


async def test_phones_that_must_be_noticed_in_an_answer_are_warned_of(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.simulator.faults.add(Fault(kind="missing_ids", operation="sync-command"))
        outcome = await bench.executor.run(person(), "run_command", {**PAIR, "command": "ls -l /system"}, Person())
        assert outcome.warnings == ("No answer for: a44uhlf7.",)


@pytest.mark.parametrize(("late", "plans"), [(59.0, 1), (61.0, 2)])
async def test_plan_whose_facts_are_old_is_made_again_where_nobody_is_asked(
    open_bench: OpenBench, late: float, plans: int
) -> None:
    async with open_bench() as bench:

        def time_passes() -> None:
            bench.passing.ahead += late

        bench.at["proposed"] = time_passes
        outcome = await bench.executor.run(person(), "run_command", {**PAIR, "command": "ls -l /system"}, Person())
        assert (outcome.operation_id is not None, bench.sent("sync-command")) == (True, 1)
        # Each plan reads how many phones there are, and the only page of them.
        assert bench.sent("batch-query") == plans * 2


async def test_phone_that_has_changed_while_the_facts_grew_old_stops_what_nobody_was_asked_about(
    open_bench: OpenBench,
) -> None:
    async with open_bench() as bench:

        def time_passes() -> None:
            bench.passing.ahead += 61
            bench.phone("efjy72gs").owner = "somebody else"

        bench.at["proposed"] = time_passes
        outcome = await bench.executor.run(person(), "run_command", {**PAIR, "command": "ls -l /system"}, Person())
        assert (outcome.status, bench.sent("sync-command")) == (Status.REFUSED, 0)
        assert "efjy72gs: assignee was" in outcome.message


async def test_facts_that_were_old_when_they_had_been_read_are_not_consented_on(open_bench: OpenBench) -> None:
    async with open_bench() as bench:

        def time_passes() -> None:
            bench.passing.ahead += 61

        bench.at["read_again"] = time_passes
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert outcome.error is not None
        assert (outcome.status, outcome.error.code, bench.sent("batch-reset")) == (Status.REFUSED, "facts_changed", 0)
        assert "for fewer phones at once" in outcome.error.next_step
