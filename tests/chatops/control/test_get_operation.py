import anyio
import pytest
from pydantic import JsonValue

from chatops.consent import Question, Reply, Verdict
from chatops.control.get_operation import OperationAnswer
from chatops.operations.progress import ending
from chatops.outcome import Outcome, Status
from chatops.progress import Progress, hearing
from tests.chatops.conftest import Bench, OpenBench, Person, approver, person

pytestmark = pytest.mark.anyio

PAIR: dict[str, JsonValue] = {"instance_ids": ["XvH39QVW", "Vpp8rC4Y"]}


async def asked(bench: Bench, action: str = "reset_instances", **arguments: JsonValue) -> str:
    outcome = await bench.executor.run(person(assistant=True), action, {**PAIR, **arguments}, Person())
    assert outcome.status is Status.APPROVAL_REQUIRED
    return outcome.operation_id or ""


async def looked(bench: Bench, operation: str, wait: int = 0, name: str = "alice") -> Outcome:
    arguments: dict[str, JsonValue] = {"operation_id": operation, "wait_seconds": wait}
    return await bench.executor.run(person(name=name, assistant=True), "get_operation", arguments, Person())


def answer_of(outcome: Outcome) -> OperationAnswer:
    assert isinstance(outcome.result, OperationAnswer), outcome
    return outcome.result


async def test_what_waits_says_who_may_approve_until_when_and_that_nothing_was_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        outcome = await looked(bench, operation)
        answer = answer_of(outcome)
        assert outcome.message == (
            f"{operation}: reset_instances on 2 phones is awaiting approval. Nothing was sent. bob or carol may "
            "approve it until 2026-11-24 03:30 UTC. Wait with get_operation, wait_seconds=60."
        )
        assert (answer.state, answer.may_approve) == ("awaiting_approval", ("bob", "carol"))
        assert answer.assistant == "tester 1"
        assert "XvH39QVW" in (answer.plan or "")


async def test_waiting_ends_as_soon_as_somebody_has_decided(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        heard: list[Progress] = []
        seen: list[OperationAnswer] = []

        async def wait() -> None:
            with hearing(heard.append):
                seen.append(answer_of(await looked(bench, operation, wait=60)))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            while not heard:
                await anyio.lowlevel.checkpoint()
            await bench.service.approvals.deny(operation, approver(), "not today")
        assert (seen[0].state, seen[0].decided_by, seen[0].reason) == ("declined", "bob", "not today")
        assert heard[0] == Progress(done=0, total=60, what="awaiting approval")


async def test_waiting_for_what_does_not_change_ends_when_the_time_is_over(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        began, heard = bench.clock.seconds, list[Progress]()
        with hearing(heard.append):
            assert answer_of(await looked(bench, operation, wait=20)).state == "awaiting_approval"
        assert bench.clock.seconds - began == 20
        assert [*dict.fromkeys(each.done for each in heard)] == [*range(20)]


async def test_what_expires_while_somebody_waits_is_told_as_expired(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        bench.clock.seconds += 30 * 60 - 5
        assert answer_of(await looked(bench, operation, wait=10)).state == "expired"


async def test_what_has_ended_is_answered_at_once(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        await bench.service.approvals.deny(operation, approver(), "no")
        began = bench.clock.seconds
        await looked(bench, operation, wait=60)
        assert bench.clock.seconds == began


async def test_answer_of_an_approved_command_is_there_and_marked_as_data(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench, "run_command", command="rm -r /sdcard/x")
        await bench.service.approvals.approve(operation, approver())
        answer = answer_of(await looked(bench, operation))
        assert answer.result is not None
        rows = answer.result["results"]
        assert isinstance(rows, list)
        assert len(rows) == 2
        assert sum(each.phones for each in answer.requests) == 2


async def test_verified_change_says_so(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        await bench.service.approvals.approve(operation, approver())
        await bench.ended(operation)
        outcome = await looked(bench, operation)
        record = await bench.executor.find(operation)
        assert record is not None
        assert answer_of(outcome).verification is not None
        assert ending(record, bench.executor.actions["reset_instances"]) in outcome.message
        assert "Wait with" not in outcome.message


@pytest.mark.parametrize("name", ["vera", "dan"])
async def test_somebody_elses_operation_looks_like_none_at_all(open_bench: OpenBench, name: str) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        foreign = await looked(bench, operation, name=name)
        forged = await looked(bench, "op_0000000000000000", name=name)
        assert foreign.error is not None
        assert forged.error is not None
        assert (foreign.error.code, forged.error.code) == ("operation_unknown", "operation_unknown")
        assert foreign.message == forged.message.replace("op_0000000000000000", operation)


async def test_approver_sees_what_others_asked_for(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        outcome = await bench.executor.run(approver("carol"), "get_operation", {"operation_id": operation}, Person())
        assert answer_of(outcome).person == "alice"


async def test_question_at_the_door_is_one_for_the_person_who_asked(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        seen: list[Outcome] = []

        class Slow(Person):
            async def ask(self, question: Question) -> Reply:
                (row,) = await bench.service.ledger.listed()
                seen.append(await looked(bench, row.id))
                return await super().ask(question)

        await bench.executor.run(person(), "reboot_instances", PAIR, Slow(verdict=Verdict.NO))
        assert "alice is being asked" in seen[0].message


async def test_it_is_in_the_audit_and_asks_the_api_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await asked(bench)
        before = bench.simulator.requests.total
        await looked(bench, operation)
        event = (await bench.events())[-1]
        assert (event.kind, event.action) == ("answered", "get_operation")
        assert bench.simulator.requests.total == before


@pytest.mark.parametrize("wait", [-1, 61])
async def test_nobody_waits_longer_than_a_minute(open_bench: OpenBench, wait: int) -> None:
    async with open_bench() as bench:
        assert (await looked(bench, "op_1", wait=wait)).status is Status.INVALID
