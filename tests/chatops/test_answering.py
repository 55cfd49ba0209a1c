"""A door that puts its question and leaves: what it brings back later, perhaps through another process."""

from dataclasses import dataclass, field

import pytest
from pydantic import JsonValue

from chatops.consent import Question, Reply, Verdict
from chatops.outcome import Outcome, Status
from chatops.principal import Principal
from tests.chatops.conftest import Bench, OpenBench, person

pytestmark = pytest.mark.anyio

PAIR: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs"]}
ONE: dict[str, JsonValue] = {"instance_ids": ["efjy72gs"]}
YES, NO = Reply(verdict=Verdict.YES), Reply(verdict=Verdict.NO)
NEITHER = Reply(verdict=Verdict.CANNOT_ASK, reason="The window was closed.", next_step="Go to a terminal.")


@dataclass(kw_only=True)
class Leaves:
    """Puts the question, and does not wait."""

    asked: list[Question] = field(default_factory=list)

    async def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        return Reply(verdict=Verdict.LATER)


async def question(bench: Bench, arguments: dict[str, JsonValue] = PAIR) -> str:
    outcome = await bench.executor.run(person(), "reboot_instances", arguments, Leaves())
    assert (outcome.status, outcome.error) == (Status.APPROVAL_REQUIRED, None)
    assert outcome.operation_id is not None
    return outcome.operation_id


async def answered(
    bench: Bench,
    operation: str,
    reply: Reply,
    *,
    by: Principal | None = None,
    name: str = "reboot_instances",
    arguments: dict[str, JsonValue] = PAIR,
) -> Outcome:
    return await bench.executor.confirm(by or person(), name, arguments, operation, reply)


def code(outcome: Outcome) -> str | None:
    return outcome.error.code if outcome.error else None


async def test_question_that_was_put_waits_and_sends_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await bench.operation(await question(bench))
        assert operation.state == "awaiting_confirmation"
        assert bench.sent("reboot") == 0


async def test_yes_is_carried_out_by_the_operation_that_waited(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await question(bench)
        outcome = await answered(bench, identifier, YES)
        assert (outcome.status, outcome.operation_id) == (Status.ACCEPTED, identifier)
        assert bench.sent("reboot") == 1


async def test_no_ends_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await question(bench)
        outcome = await answered(bench, identifier, NO)
        assert (outcome.status, outcome.operation_id) == (Status.DECLINED, identifier)
        assert await bench.story(identifier) == ["planned", "consent_asked", "consent_refused"]


async def test_neither_is_for_another_person(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await question(bench)
        outcome = await answered(bench, identifier, NEITHER, by=person(assistant=True))
        assert outcome.status is Status.APPROVAL_REQUIRED
        assert "The window was closed. bob or carol may approve" in outcome.message
        assert (await bench.operation(identifier)).reason == "The window was closed."
        assert (await bench.operation(outcome.operation_id)).state == "awaiting_approval"


@pytest.mark.parametrize("reply", [YES, NO, NEITHER], ids=lambda reply: reply.verdict.value)
async def test_every_answer_comes_too_late_after_ten_minutes(open_bench: OpenBench, reply: Reply) -> None:
    async with open_bench() as bench:
        identifier = await question(bench)
        bench.clock.seconds += 601
        assert code(await answered(bench, identifier, reply)) == "consent_expired"
        assert len(await bench.service.ledger.listed()) == 1
        assert bench.sent("reboot") == 0


@pytest.mark.parametrize("reply", [YES, NO, NEITHER], ids=lambda reply: reply.verdict.value)
async def test_answer_to_another_call_than_this_is_none_and_in_the_audit(open_bench: OpenBench, reply: Reply) -> None:
    async with open_bench() as bench:
        identifier = await question(bench)
        for outcome in (
            await answered(bench, identifier, reply, by=person(name="bob")),
            await answered(bench, identifier, reply, name="backup_instances"),
            await answered(bench, identifier, reply, arguments=ONE),
            await answered(bench, "op_nothing", reply),
        ):
            assert (outcome.status, code(outcome)) == (Status.REFUSED, "consent_gone")
        assert (await bench.operation(identifier)).state == "awaiting_confirmation"
        assert (await bench.kinds()).count("denied") == 4
        assert bench.sent("reboot") == 0


async def test_who_may_no_longer_do_it_confirms_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await question(bench)
        outcome = await answered(bench, identifier, YES, by=person("viewer"))
        assert code(outcome) == "permission_missing"
        assert bench.sent("reboot") == 0


async def test_approval_that_is_waited_for_is_not_given_as_an_answer(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        waiting = await answered(bench, await question(bench), NEITHER)
        outcome = await answered(bench, waiting.operation_id or "", YES)
        assert code(outcome) == "consent_gone"
        assert (await bench.operation(waiting.operation_id)).state == "awaiting_approval"
        assert bench.sent("reboot") == 0


async def test_door_that_kept_nothing_but_the_operation_brings_the_answer(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await question(bench)
        outcome = await bench.executor.confirm_stored(person(), identifier, YES, Leaves())
        assert (outcome.status, outcome.operation_id) == (Status.ACCEPTED, identifier)
        assert bench.sent("reboot") == 1
        again = await bench.executor.confirm_stored(person(), identifier, YES, Leaves())
        assert code(again) == "consent_gone"
        assert bench.sent("reboot") == 1


async def test_stored_question_is_answered_by_nobody_but_whoever_was_asked(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await question(bench)
        outcome = await bench.executor.confirm_stored(person(name="bob"), identifier, YES, Leaves())
        assert code(outcome) == "consent_gone"
        assert (await bench.operation(identifier)).state == "awaiting_confirmation"
        assert [event.operation for event in await bench.events() if event.kind == "denied"] == [identifier]


async def test_stored_question_about_phones_that_have_changed_is_put_anew(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        identifier = await question(bench, ONE)
        bench.phone("efjy72gs").owner = "1008600000104285462"
        bench.passing.ahead = 61
        leaves = Leaves()
        outcome = await bench.executor.confirm_stored(person(), identifier, YES, leaves)
        assert outcome.status is Status.APPROVAL_REQUIRED, outcome
        assert outcome.operation_id not in (None, identifier)
        assert "no longer what was asked for" in outcome.message
        assert "1008600000104285462" in leaves.asked[0].text
        assert bench.sent("reboot") == 0
