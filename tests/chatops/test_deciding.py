from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue

from chatops.errors import PolicyDenied
from chatops.freezes import Scope
from chatops.outcome import Outcome, Status
from chatops.parsing import parse
from chatops.store import now
from tests.chatops.conftest import OpenBench, Person, approver, person, team

pytestmark = pytest.mark.anyio

PAIR: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs"]}
ORDER: dict[str, JsonValue] = {
    "os": "AOSP11",
    "instance_sku_id": "x1.basic",
    "band_sku_id": "band.basic",
    "region": "cn-north-7",
    "name_prefix": "shop",
    "bandwidth_mbps": 4,
    "count": 3,
    "period_unit": "year",
    "period": 2,
    "payment": "manual",
    "renewal": "manual",
}
NO_STATUS = """\
@id("no-status") @message("Nobody looks today.")
forbid (principal, action == Action::"query_status", resource);
"""
ASK_FIRST = """\
@id("ask-first") @obligation("confirmation") @message("Say that you mean it.")
forbid (principal, action == Action::"query_status", resource) unless { context has consent };
"""
NOT_THERE = """\
@id("not-there") @message("Nothing is ordered there.")
forbid (principal, action == Action::"create_instances", resource)
when { context.regions.contains("cn-north-7") };
"""
NOT_AT_THREE = """\
@id("not-at-three") @message("Nothing is reset at three.")
forbid (principal, action == Action::"reset_instances", resource) when { context.hour == 3 };
"""


def refused(outcome: Outcome) -> str:
    assert outcome.error is not None, outcome
    assert (outcome.status, outcome.error.code) == (Status.REFUSED, "policy_denied")
    return outcome.error.next_step


async def test_rule_that_comes_within_the_second_of_a_read_forbids_the_next_one(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        before = await bench.executor.run(person(), "query_status", PAIR, Person())
        bench.rule(NO_STATUS)
        after = await bench.executor.run(person(), "query_status", PAIR, Person())
        assert (before.status, after.status) == (Status.DONE, Status.REFUSED)


async def test_rule_that_forbids_a_read_is_named(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.rule(NO_STATUS)
        outcome = await bench.executor.run(person(), "query_status", PAIR, Person())
        assert "no-status" in refused(outcome)
        assert outcome.message == "Nobody looks today."
        assert (await bench.kinds(), bench.simulator.requests.total) == (["denied"], 0)


async def test_read_that_would_need_a_consent_is_refused(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.rule(ASK_FIRST)
        assert "ask-first" in refused(await bench.executor.run(person(), "query_status", PAIR, Person()))


async def test_facts_of_an_order_are_its_phones_and_its_months(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "create_instances", ORDER, Person())
        assert outcome.status is Status.APPROVAL_REQUIRED, outcome
        asked = next(event for event in await bench.events() if event.kind == "planned")
        facts = asked.body["facts"]
        assert isinstance(facts, dict)
        assert (facts["order_instances"], facts["order_months"], facts["count"]) == (3, 24, 3)
        assert (facts["risk"], facts["roles"], facts["fleet"]) == ("DESTRUCTIVE", ["operator"], 60)


async def test_facts_count_what_this_person_has_changed_lately(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        for _ in range(2):
            await bench.executor.run(person(), "reboot_instances", {"instance_ids": ["efjy72gs"]}, Person())
        await bench.executor.run(person(), "reboot_instances", {"instance_ids": ["Q39YyZvI"]}, Person())
        planned = [event.body["facts"] for event in await bench.events() if event.kind == "planned"]
        counts = [each["calls_last_hour"] for each in planned if isinstance(each, dict)]
        assert counts == [0, 1, 2]


async def test_facts_tell_an_assistant_from_its_person(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.executor.run(person(assistant=True), "reset_instances", PAIR, Person())
        facts = (await bench.events())[1].body["facts"]
        assert isinstance(facts, dict)
        assert facts["assistant"] is True


@pytest.mark.parametrize(
    ("scope", "stops"),
    [
        (Scope(), True),
        (Scope(region="cn-north-7"), True),
        (Scope(region="cn-north-4"), False),
        (Scope(action="reset_instances"), True),
        (Scope(action="reboot_instances"), False),
        (Scope(person="alice"), True),
        (Scope(person="bob"), False),
        (Scope(region="cn-north-7", person="bob"), False),
    ],
    ids=lambda each: each.text if isinstance(each, Scope) else str(each),
)
async def test_freeze_stops_what_it_covers_and_nothing_else(
    open_bench: OpenBench, scope: Scope, *, stops: bool
) -> None:
    async with open_bench() as bench:
        await bench.service.freezes.begin(person("admin", name="ada"), scope, reason="bad image", seconds=600)
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert (outcome.status is Status.REFUSED) is stops
        if stops:
            assert "bad image (until 2026-11-24T03:10+00:00, by ada)" in outcome.message


@pytest.mark.parametrize(("region", "stops"), [("cn-north-7", True), ("cn-north-4", False)])
async def test_order_is_stopped_by_a_freeze_of_its_own_region_and_of_no_other(
    open_bench: OpenBench, region: str, *, stops: bool
) -> None:
    async with open_bench() as bench:
        ada = person("admin", name="ada")
        await bench.service.freezes.begin(ada, Scope(region=region), reason="bad image", seconds=600)
        outcome = await bench.executor.run(person(), "create_instances", ORDER, Person())
        assert outcome.status is (Status.REFUSED if stops else Status.APPROVAL_REQUIRED)


async def test_rule_about_a_region_counts_for_an_order(open_bench: OpenBench, tmp_path: Path) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        bench.rule(NOT_THERE)
        outcome = await bench.executor.run(person(), "create_instances", ORDER, Person())
        assert "not-there" in refused(outcome)


async def test_freeze_of_a_region_stops_phones_of_which_one_lies_nobody_knows_where(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        ada = person("admin", name="ada")
        await bench.service.freezes.begin(ada, Scope(region="cn-north-4"), reason="bad image", seconds=600)
        judge = bench.service.judge
        action = bench.service.actions["reset_instances"]
        plan = await bench.executor.planner.plan(person(), action, parse(action, PAIR))
        assert not (await judge.decide(person(), plan)).facts.frozen
        somewhere = replace(plan, targets=(replace(plan.targets[0], region=None), *plan.targets[1:]))
        assert (await judge.decide(person(), somewhere)).facts.frozen


async def test_clock_that_was_once_ahead_lifts_no_window_of_the_team_file(open_bench: OpenBench) -> None:
    window = {"from": "2026-11-24T03:00:00Z", "until": "2026-11-24T06:00:00Z", "reason": "launch day"}
    async with open_bench(team(freeze=[window])) as bench:
        bench.clock.seconds += 86_400
        await bench.service.database.write(now)
        bench.clock.seconds -= 86_400
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        refused(outcome)
        assert "launch day" in outcome.message


async def test_clock_that_was_once_ahead_moves_no_hour_of_a_rule(open_bench: OpenBench, tmp_path: Path) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        bench.rule(NOT_AT_THREE)
        bench.clock.seconds += 5 * 3600
        await bench.service.database.write(now)
        bench.clock.seconds -= 5 * 3600
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert "not-at-three" in refused(outcome)


async def test_freeze_is_over_when_its_time_is_or_when_it_is_lifted(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.service.freezes.begin(person(), Scope(), reason="bad image", seconds=60)
        bench.clock.seconds += 61
        assert (await bench.executor.run(person(), "reboot_instances", PAIR, Person())).status is Status.ACCEPTED
        await bench.service.freezes.begin(person(), Scope(), reason="worse", seconds=600)
        assert "worse" in (await bench.executor.run(person(), "reset_instances", PAIR, Person())).message
        await bench.service.freezes.lift(person())
        assert (await bench.executor.run(person(), "reset_instances", PAIR, Person())).status is Status.ACCEPTED


async def test_freeze_that_begins_while_the_consent_is_used_is_seen(open_bench: OpenBench) -> None:
    """The policy is asked again inside the transaction, with what holds then."""
    window = {"from": "2026-11-24T03:00:30Z", "until": "2026-11-24T06:00:00Z", "reason": "launch day"}
    async with open_bench(team(freeze=[window])) as bench:

        def a_minute_later() -> None:
            bench.clock.seconds += 60

        bench.at["read_again"] = a_minute_later
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        refused(outcome)
        assert "launch day" in outcome.message
        assert bench.sent("batch-reset") == 0


async def test_rule_that_came_in_after_the_approval_was_asked_for_counts(open_bench: OpenBench, tmp_path: Path) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        outcome = await bench.executor.run(person(assistant=True), "reset_instances", PAIR, Person())
        bench.rule(NO_STATUS.replace("query_status", "reset_instances").replace("look", "reset"))
        with pytest.raises(PolicyDenied, match="Nobody resets today"):
            await bench.service.approvals.approve(outcome.operation_id or "", approver())
        assert bench.sent("batch-reset") == 0


async def test_limit_of_the_team_counts_as_it_is_when_the_consent_is_used(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(assistant=True), "reset_instances", PAIR, Person())
        bench.reload(team(limits={"max_targets": 1}))
        with pytest.raises(PolicyDenied, match="max_targets: 1"):
            await bench.service.approvals.approve(outcome.operation_id or "", approver())
        assert bench.sent("batch-reset") == 0
