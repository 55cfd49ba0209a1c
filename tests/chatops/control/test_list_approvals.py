import pytest

from chatops.control.list_approvals import ApprovalList
from chatops.principal import Principal
from tests.chatops.conftest import OpenBench, Person, approver, person
from tests.chatops.control.test_list_operations import PHONES, ask_for

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("who", "sees"),
    [(person(), 1), (approver("carol"), 2), (person(name="dora"), 0)],
    ids=lambda each: getattr(each, "person", str(each)),
)
async def test_what_waits_is_listed_with_what_it_is_and_who_may_say_yes_until_when(
    open_bench: OpenBench, who: Principal, sees: int
) -> None:
    async with open_bench() as bench:
        (own,) = await ask_for(bench, PHONES[0])
        await ask_for(bench, PHONES[1], name="bob")
        outcome = await bench.executor.run(who, "list_approvals", {}, Person())
        assert isinstance(outcome.result, ApprovalList)
        assert len(outcome.result.approvals) == sees
        if not sees:
            assert outcome.message == "Nothing waits for an approval."
            return
        row = outcome.result.approvals[-1]
        assert (row.operation_id, row.may_approve) == (own, ("bob", "carol"))
        assert row.question == "Erase everything on 1 phone?"
        assert row.until.isoformat() == "2026-11-24T03:30:00+00:00"


async def test_what_was_decided_or_came_too_late_waits_no_more(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        one, _ = await ask_for(bench, *PHONES[:2])
        await bench.service.approvals.deny(one, approver(), "no")
        bench.clock.seconds += 3600
        outcome = await bench.executor.run(approver(), "list_approvals", {}, Person())
        assert outcome.message == "Nothing waits for an approval."


async def test_more_than_one_page_goes_on_behind_its_cursor(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        asked = await ask_for(bench, *PHONES[:3])
        first = await bench.executor.run(person(), "list_approvals", {"limit": 2}, Person())
        assert first.message.endswith(f"For the next ones: cursor={asked[1]}.")
        rest = await bench.executor.run(person(), "list_approvals", {"limit": 2, "cursor": asked[1]}, Person())
        assert isinstance(rest.result, ApprovalList)
        assert [each.operation_id for each in rest.result.approvals] == [asked[0]]
