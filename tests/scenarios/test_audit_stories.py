"""What the audit holds of whole stories, step by step and in order."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from pydantic import JsonValue

from chatops.audit import Recorded, verify
from chatops.consent import Question, Reply, Verdict
from chatops.errors import ChatopsError
from chatops.freezes import Scope
from chatops.operations.cancelling import cancel
from chatops.outcome import Status
from chatops.simulator import Fault, SimulatorSettings
from tests.chatops.conftest import Bench, OpenBench, Person, approver, open_bench, person

__all__ = ["open_bench"]

pytestmark = pytest.mark.anyio

ONE: dict[str, JsonValue] = {"instance_ids": ["efjy72gs"]}
BROKEN: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7"]}
"""It never comes back from a reboot."""
SLOWLY = SimulatorSettings(phones=60, faults=True, speed=40)
ASKED = ["planned", "consent_asked"]
SENT = ["sent", "settled", "settled"]
"""A request on its way and answered, and the operation settled."""


@dataclass(kw_only=True)
class Meanwhile:
    """Says yes, after something has happened."""

    happens: Callable[[], object]

    async def ask(self, question: Question) -> Reply:
        self.happens()
        return Reply(verdict=Verdict.YES, typed=question.must_type)


async def approval(bench: Bench) -> str:
    outcome = await bench.executor.run(person(assistant=True), "reset_instances", ONE, Person())
    assert outcome.status is Status.APPROVAL_REQUIRED
    return outcome.operation_id or ""


async def by_kind(bench: Bench, operation: str) -> dict[str, Recorded]:
    return {event.kind: event for event in await bench.events() if event.operation == operation}


async def test_allowed_change_is_planned_sent_and_settled(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        arguments: dict[str, JsonValue] = {**ONE, "command": "ls -l /system"}
        outcome = await bench.executor.run(person(), "run_command", arguments, Person())
        assert await bench.story(outcome.operation_id) == ["planned", *SENT]


async def test_confirmed_change_is_bound_to_plan_and_text_and_verified(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        outcome = await bench.executor.run(person(), "reset_instances", ONE, Person())
        ended = await bench.ended(outcome.operation_id)
        assert await bench.story(ended.id) == [*ASKED, "consent_given", *SENT, "verified"]
        told = await by_kind(bench, ended.id)
        assert told["planned"].body["plan_digest"] == told["sent"].body["plan_digest"] == ended.digest
        assert told["consent_asked"].body["text_digest"] == ended.text_digest
        assert told["planned"].body["rules"] == [*ended.rules]
        assert told["sent"].body["targets"] == ["efjy72gs"]
        assert told["verified"].body["details"] == {
            "verification": "verified",
            "left": ["efjy72gs"],
            "reached": ["efjy72gs"],
            "failed": [],
        }
        (request_id,) = ended.requests[0].request_ids
        first = next(each for each in await bench.events() if each.kind == "settled")
        assert first.body["request_ids"] == [request_id] == [bench.simulator.requests.of("batch-reset")[0].request_id]


async def test_one_call_is_followed_by_its_id_from_asking_to_verifying(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        operation = await approval(bench)
        await bench.service.approvals.approve(operation, approver())
        await bench.ended(operation)
        events = await bench.events()
        call = next(event.body["call"] for event in events if event.kind == "asked")
        followed = [event.kind for event in events if event.body.get("call") == call]
        assert followed == ["asked", *ASKED, "consent_given", *SENT, "verified"]


async def test_declined_change_ends_where_it_was_asked(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", ONE, Person(verdict=Verdict.NO))
        assert await bench.story(outcome.operation_id) == [*ASKED, "consent_refused"]


async def test_approved_change_says_who_asked_through_what_and_who_approved(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await approval(bench)
        await bench.service.approvals.approve(operation, approver())
        assert (await bench.story(operation))[:6] == [*ASKED, "consent_given", *SENT]
        told = await by_kind(bench, operation)
        assert (told["planned"].person, told["planned"].body["assistant"]) == (
            "alice",
            {"name": "tester", "version": "1"},
        )
        given = told["consent_given"]
        assert (given.person, given.body["on_behalf_of"], given.body["door"]) == ("bob", "alice", "terminal")
        steps = [event for event in await bench.events() if event.operation == operation]
        approvers = [event.body.get("approver") for event in steps]
        assert approvers[:6] == [None, None, "bob", "bob", "bob", "bob"]
        assert (given.body["targets"], given.body["params"]) == (["efjy72gs"], told["planned"].body["params"])


async def test_denied_change_says_who_denied_it_and_why(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await approval(bench)
        await bench.service.approvals.deny(operation, approver(), "not tonight")
        assert await bench.story(operation) == [*ASKED, "consent_refused"]
        refused = (await by_kind(bench, operation))["consent_refused"]
        assert (refused.person, refused.body["details"]) == ("bob", {"reason": "not tonight"})
        assert "approver" not in refused.body


async def test_change_nobody_approved_in_time_expires(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await approval(bench)
        bench.clock.seconds += 31 * 60
        await bench.service.approvals.waiting()
        assert await bench.story(operation) == [*ASKED, "expired"]
        assert (await by_kind(bench, operation))["expired"].body["status"] == "expired"


async def test_withdrawn_change_was_never_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await approval(bench)
        await cancel(bench.service.dispatch, operation, person())
        assert await bench.story(operation) == [*ASKED, "withdrawn"]


async def test_drift_after_the_approval_is_a_denial_with_the_difference(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await approval(bench)
        bench.phone("efjy72gs").owner = ""
        with pytest.raises(ChatopsError, match="assignee was 1123422, is now none"):
            await bench.service.approvals.approve(operation, approver())
        assert await bench.story(operation) == [*ASKED, "consent_given", "denied"]
        denied = (await by_kind(bench, operation))["denied"]
        assert "assignee was 1123422, is now none" in str(denied.body["details"])


async def test_freeze_after_the_asking_is_a_denial_after_the_approval(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await approval(bench)
        await bench.service.freezes.begin(person("admin", name="ada"), Scope(), reason="bad image", seconds=600)
        with pytest.raises(ChatopsError, match="bad image"):
            await bench.service.approvals.approve(operation, approver())
        assert await bench.kinds() == ["asked", *ASKED, "freeze", "consent_given", "denied"]


async def test_time_that_is_over_before_the_request_settles_it_unsent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:

        def a_quarter_of_an_hour_later() -> None:
            bench.clock.seconds += 15 * 60

        bench.at["before_claim"] = a_quarter_of_an_hour_later
        outcome = await bench.executor.run(person(), "reset_instances", ONE, Person())
        assert await bench.story(outcome.operation_id) == [*ASKED, "consent_given", "settled"]
        settled = (await by_kind(bench, outcome.operation_id or ""))["settled"]
        assert settled.body["status"] == "cancelled"
        assert "time in which" in str(settled.body["details"])


async def test_lost_answer_is_unknown_then_reconciled_then_verified(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        bench.simulator.faults.add(Fault(kind="drop_after", operation="batch-reset", times=1))
        outcome = await bench.executor.run(person(), "reset_instances", ONE, Person())
        ended = await bench.ended(outcome.operation_id)
        assert await bench.story(ended.id) == [
            *ASKED, "consent_given", "sent", "unknown", "unknown", "reconciled", "verified",
        ]  # fmt: skip


async def test_phone_that_never_comes_back_is_a_mismatch(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        outcome = await bench.executor.run(person(), "reboot_instances", BROKEN, Person())
        ended = await bench.ended(outcome.operation_id)
        assert await bench.story(ended.id) == [*ASKED, "consent_given", *SENT, "mismatch"]
        mismatch = (await by_kind(bench, ended.id))["mismatch"].body["details"]
        assert isinstance(mismatch, dict)
        assert (mismatch["verification"], mismatch["reached"]) == ("mismatch", [])


async def test_refusal_names_its_rule(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.service.freezes.begin(person("admin", name="ada"), Scope(), reason="bad image", seconds=600)
        await bench.executor.run(person(), "reset_instances", ONE, Person())
        denied = (await bench.events())[-1]
        assert (denied.kind, denied.body["rules"], denied.body["error"]) == ("denied", ["frozen"], "policy_denied")
        facts = denied.body["facts"]
        assert isinstance(facts, dict)
        assert (facts["frozen"], facts["count"], denied.body["targets"]) == (True, 1, ["efjy72gs"])
        assert len(str(denied.body["plan_digest"])) == 64


async def test_drift_during_the_question_uses_no_consent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:

        def taken() -> None:
            bench.phone("efjy72gs").owner = ""

        await bench.executor.run(person(), "reset_instances", ONE, Meanwhile(happens=taken))
        assert await bench.kinds() == ["asked", *ASKED, "denied"]


async def test_chain_of_a_whole_day_verifies(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        operation = await approval(bench)
        await bench.service.approvals.approve(operation, approver())
        await bench.executor.run(person(), "query_status", ONE, Person())
        await bench.service.trail.flush()
        verification = await verify(bench.service.database)
        assert (verification.problems, verification.events) == ((), len(await bench.events()))
