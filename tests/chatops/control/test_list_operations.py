from collections.abc import Mapping

import pytest
from pydantic import JsonValue

from chatops.control.list_operations import OperationList
from chatops.outcome import Outcome, Status
from chatops.principal import Principal
from tests.chatops.conftest import Bench, OpenBench, Person, approver, person

pytestmark = pytest.mark.anyio

PHONES = ("a44uhlf7", "efjy72gs", "iRJEVP96", "XvH39QVW", "Q39YyZvI")


async def ask_for(bench: Bench, *phones: str, name: str = "alice") -> list[str]:
    asked = []
    for phone in phones:
        outcome = await bench.executor.run(
            person(name=name, assistant=True), "reset_instances", {"instance_ids": [phone]}, Person()
        )
        asked.append(outcome.operation_id or "")
        bench.clock.seconds += 1
    return asked


async def listed(bench: Bench, principal: Principal, **arguments: JsonValue) -> tuple[list[str], str | None, Outcome]:
    outcome = await bench.executor.run(principal, "list_operations", arguments, Person())
    assert isinstance(outcome.result, OperationList), outcome
    return [each.operation_id for each in outcome.result.operations], outcome.result.next_cursor, outcome


async def test_own_operations_are_listed_newest_first(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        asked = await ask_for(bench, *PHONES[:2])
        await ask_for(bench, PHONES[2], name="bob")
        found, cursor, outcome = await listed(bench, person())
        assert (found, cursor) == (asked[::-1], None)
        assert outcome.message == "2 operations of yours, newest first."


async def test_cursor_leads_through_all_of_them_once_even_where_they_share_a_moment(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        asked = await ask_for(bench, *PHONES[:2])
        bench.clock.seconds -= 1
        asked += await ask_for(bench, *PHONES[2:])
        first, cursor, outcome = await listed(bench, person(), limit=2)
        assert f"For the next ones: cursor={cursor}." in outcome.message
        second, cursor, _ = await listed(bench, person(), limit=2, cursor=cursor)
        third, end, _ = await listed(bench, person(), limit=2, cursor=cursor)
        assert sorted(first + second + third) == sorted(asked)
        assert end is None
        nothing, _, outcome = await listed(bench, person(), cursor=third[-1])
        assert (nothing, outcome.message) == ([], "No further operation of yours.")


async def test_cursor_that_was_never_given_is_refused(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "list_operations", {"cursor": "op_1"}, Person())
        assert (outcome.status, outcome.message) == (Status.INVALID, "There is no such cursor.")


@pytest.mark.parametrize(
    ("who", "sees"),
    [(person(), False), (person("viewer", name="vera"), False), (approver("carol"), True)],
    ids=lambda each: getattr(each, "person", str(each)),
)
async def test_only_approvers_and_admins_see_what_others_do(open_bench: OpenBench, who: Principal, sees: bool) -> None:
    async with open_bench() as bench:
        asked = await ask_for(bench, PHONES[0], name="bob")
        outcome = await bench.executor.run(who, "list_operations", {"everybody": True}, Person())
        if sees:
            assert isinstance(outcome.result, OperationList)
            assert [each.operation_id for each in outcome.result.operations] == asked
        else:
            assert outcome.error is not None
            assert outcome.error.code == "permission_missing"


async def test_state_narrows_the_list(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        one, two = await ask_for(bench, *PHONES[:2])
        await bench.service.approvals.deny(one, approver(), "no")
        assert (await listed(bench, person(), state="declined"))[0] == [one]
        assert (await listed(bench, person(), state="awaiting_approval"))[0] == [two]
        wrong: Mapping[str, JsonValue] = {"state": "lost"}
        assert (await bench.executor.run(person(), "list_operations", wrong, Person())).status is Status.INVALID
