from collections.abc import Callable
from dataclasses import dataclass

import anyio
import pytest
from pydantic import JsonValue

from chatops.asking import who_may
from chatops.consent import Question, Reply, Verdict
from chatops.outcome import Status
from chatops.principal import Surface
from chatops.simulator import Fault
from tests.chatops.conftest import OpenBench, Person, person, team

pytestmark = pytest.mark.anyio

PAIR: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs"]}
ASKED = ["planned", "consent_asked"]


@dataclass(kw_only=True)
class Meanwhile:
    """Says yes, after something has happened while the question stood there."""

    happens: Callable[[], object]

    async def ask(self, question: Question) -> Reply:
        self.happens()
        return Reply(verdict=Verdict.YES, typed=question.must_type)


@dataclass(kw_only=True)
class Careless:
    """Says yes without having had anything typed."""

    asked: int = 0

    async def ask(self, question: Question) -> Reply:
        self.asked += bool(question.text)
        return Reply(verdict=Verdict.YES)


async def test_door_that_had_nothing_typed_has_not_confirmed_what_must_be_typed(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Careless())
        assert outcome.error is not None
        assert (outcome.status, outcome.error.code) == (Status.REFUSED, "policy_denied")
        assert "type the number" in outcome.message
        assert bench.sent("batch-reset") == 0


async def test_same_call_of_one_person_four_times_at_once_is_carried_out_once(open_bench: OpenBench) -> None:
    async with open_bench() as bench, anyio.create_task_group() as group:

        def a_moment_later() -> None:
            bench.clock.seconds += 0.001

        bench.at["read_again"] = a_moment_later
        said: list[Status] = []

        async def reboot() -> None:
            said.append((await bench.executor.run(person(), "reboot_instances", PAIR, Careless())).status)

        for _ in range(4):
            group.start_soon(reboot)
    assert sorted(said) == [Status.ACCEPTED, *[Status.REFUSED] * 3]
    assert bench.sent("reboot") == 1


async def test_plain_yes_is_enough_where_nothing_must_be_typed(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reboot_instances", PAIR, Careless())
        assert outcome.status is Status.ACCEPTED


async def test_phone_that_changed_while_somebody_was_asked_stops_it_and_is_named(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        phone = bench.phone("efjy72gs")

        def assigned_to_another() -> None:
            phone.owner = "1008600000104285462"
            phone.in_use = True

        asker = Meanwhile(happens=assigned_to_another)
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, asker)
        assert outcome.error is not None
        assert (outcome.status, outcome.error.code) == (Status.REFUSED, "facts_changed")
        assert "efjy72gs: assignee was 1123422, is now 1008600000104285462" in outcome.message
        assert "efjy72gs: in_use was no, is now yes" in outcome.message
        assert bench.sent("batch-reset") == 0
        (operation,) = await bench.service.ledger.listed()
        assert (operation.state, operation.reason) == ("refused", outcome.message)
        assert await bench.story(operation.id) == ["planned", "consent_asked", "denied"]


async def test_phone_that_went_away_while_somebody_was_asked_stops_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        asker = Meanwhile(happens=lambda: bench.simulator.fleet.remove(["efjy72gs"]))
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, asker)
        assert outcome.error is not None
        assert outcome.error.code == "targets_unknown"
        (operation,) = await bench.service.ledger.listed()
        assert operation.state == "refused"


async def test_yes_that_comes_after_ten_minutes_comes_too_late(open_bench: OpenBench) -> None:
    async with open_bench() as bench:

        def think_long() -> None:
            bench.clock.seconds += 601

        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Meanwhile(happens=think_long))
        assert outcome.error is not None
        assert outcome.error.code == "consent_expired"
        (operation,) = await bench.service.ledger.listed()
        assert (operation.state, operation.sealed) == ("expired", None)
        assert await bench.story(operation.id) == ["planned", "consent_asked", "expired"]
        assert bench.sent("batch-reset") == 0


async def test_store_that_is_lost_while_somebody_was_asked_stops_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Meanwhile(happens=bench.lose_store))
        assert outcome.error is not None
        assert outcome.error.code == "store_unavailable"
        bench.bring_store_back()
        (operation,) = await bench.service.ledger.listed()
        assert operation.state == "awaiting_confirmation"
        assert bench.sent("batch-reset") == 0


async def test_same_call_while_the_first_is_under_way_is_refused_and_told_where(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        # A command changes nothing that can be read of the phones, so both plans are the same.
        listing = {**PAIR, "command": "ls -l /system"}
        bench.simulator.faults.add(Fault(kind="slow", operation="sync-command", times=1, seconds=1.5))
        claimed = anyio.Event()
        bench.at["claimed"] = claimed.set
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(bench.executor.run, person(), "run_command", listing, Person())
            await claimed.wait()
            again = await bench.executor.run(person(), "run_command", listing, Person())
        (operation,) = await bench.service.ledger.listed()
        assert again.error is not None
        assert (again.status, again.error.code) == (Status.REFUSED, "consent_gone")
        assert operation.id in again.message
        assert bench.sent("sync-command") == 1


async def test_who_cannot_be_asked_and_what_was_asked_of_others_are_two_records(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person(verdict=Verdict.CANNOT_ASK))
        states = [each.state.value for each in await bench.service.ledger.listed()]
        assert sorted(states) == ["awaiting_approval", "cancelled"]
        assert await bench.story(outcome.operation_id) == ASKED
        assert await bench.kinds() == ["asked", *ASKED, "cancelled", *ASKED]


async def test_approval_is_asked_for_with_who_may_where_and_until_when(open_bench: OpenBench) -> None:
    async with open_bench(team(approvals={"expire_after": "45m"})) as bench:
        outcome = await bench.executor.run(person(assistant=True), "reset_instances", PAIR, Person())
        assert outcome.message.startswith("Erase everything on 2 phones? ")
        assert "bob or carol may approve until 2026-11-24T03:45+00:00: " in outcome.message
        assert f"chatops approvals approve {outcome.operation_id}" in outcome.message
        assert outcome.plan is not None
        assert outcome.plan["count"] == 2


async def test_question_about_one_phone_is_answered_with_its_id(open_bench: OpenBench) -> None:
    asker = Person(verdict=Verdict.NO)
    async with open_bench() as bench:
        await bench.executor.run(person(), "reset_instances", {"instance_ids": ["efjy72gs"]}, asker)
    assert asker.asked[0].typed == "efjy72gs"


@pytest.mark.parametrize("roles", [["viewer"], []])
async def test_person_who_was_demoted_between_question_and_yes_is_refused(
    open_bench: OpenBench, roles: list[str]
) -> None:
    async with open_bench() as bench:
        bench.at["confirmed"] = lambda: bench.reload(team(people={"alice": {"roles": roles}}))
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert outcome.error is not None
        assert (outcome.status, outcome.error.code, bench.sent("batch-reset")) == (Status.REFUSED, "policy_denied", 0)
        (operation,) = await bench.service.ledger.listed()
        assert (operation.state, operation.consumed_at) == ("refused", None)


async def test_person_who_was_demoted_where_nobody_was_asked_is_refused_too(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.at["proposed"] = lambda: bench.reload(team(people={}))
        outcome = await bench.executor.run(person(), "run_command", {**PAIR, "command": "ls -l /system"}, Person())
        assert (outcome.status, bench.sent("sync-command")) == (Status.REFUSED, 0)


SLACK, TERMINAL = Surface.SLACK, Surface.TERMINAL


AT_TERMINAL = "chatops approvals approve op_1."


@pytest.mark.parametrize(
    ("doors_of", "said"),
    [
        ({"bob": (TERMINAL,)}, f"bob may approve until 03:30: {AT_TERMINAL}"),
        ({"bob": (SLACK,), "carol": (SLACK,)}, "bob or carol may approve until 03:30, in Slack."),
        ({"bob": (SLACK, TERMINAL)}, f"bob may approve until 03:30, in Slack or at a terminal: {AT_TERMINAL}"),
        (
            {"bob": (SLACK,), "carol": (TERMINAL,)},
            f"bob (slack) or carol (terminal) may approve until 03:30, in Slack or at a terminal: {AT_TERMINAL}",
        ),
    ],
)
async def test_who_may_approve_is_told_with_the_place_where_they_can(
    doors_of: dict[str, tuple[Surface, ...]], said: str
) -> None:
    assert who_may(doors_of, "03:30", "op_1") == said
