import pytest
from pydantic import JsonValue

from chatops.control.explain_decision import Decided
from chatops.outcome import Outcome, Status
from chatops.principal import Principal
from tests.chatops.conftest import Bench, OpenBench, Person, person

pytestmark = pytest.mark.anyio

ONE: dict[str, JsonValue] = {"instance_ids": ["XvH39QVW"]}


async def explained(bench: Bench, who: Principal, action: str, arguments: JsonValue = None) -> Outcome:
    return await bench.executor.run(
        who, "explain_decision", {"action": action, "arguments": ONE if arguments is None else arguments}, Person()
    )


async def test_decision_for_this_caller_is_told_with_its_rules_and_nothing_comes_of_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await explained(bench, person(assistant=True), "reset_instances")
        assert isinstance(outcome.result, Decided)
        assert (outcome.result.answer, outcome.result.may_approve) == ("approval", ("bob", "carol"))
        assert "approve-destructive-through-assistant" in outcome.result.decided_by
        assert outcome.message == (
            "reset_instances would be answered with approval: reset_instances through an assistant needs another "
            "person's approval. May approve: bob, carol."
        )
        by_hand = await explained(bench, person(), "reset_instances")
        assert isinstance(by_hand.result, Decided)
        assert by_hand.result.answer == "typed"
        assert await bench.service.ledger.listed() == ()
        assert not bench.simulator.requests.of("batch-reset")


async def test_reads_are_explained_without_any_phone(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await explained(bench, person(), "list_instances", {})
        assert isinstance(outcome.result, Decided)
        assert (outcome.result.answer, outcome.result.rules[0].rule) == ("allow", "viewers-read")


async def test_to_an_assistant_forbidden_and_unknown_look_alike(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        vera = person("viewer", name="vera", assistant=True)
        forbidden = await explained(bench, vera, "reset_instances")
        unknown = await explained(bench, vera, "melt_instances")
        assert (forbidden.status, unknown.status) == (Status.INVALID, Status.INVALID)
        assert forbidden.message == unknown.message.replace("melt", "reset") == "There is no action 'reset_instances'."


async def test_person_is_told_why_they_may_not(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await explained(bench, person("viewer", name="vera"), "reset_instances")
        assert isinstance(outcome.result, Decided)
        assert outcome.result.answer == "deny"


async def test_wrong_arguments_of_the_call_are_told_as_the_call_would(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await explained(bench, person(), "reset_instances", {"phones": 3})
        assert outcome.message == "reset_instances: unknown argument 'phones'."
