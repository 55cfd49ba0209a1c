from pathlib import Path

import pytest

from chatops.audit import Kind
from chatops.errors import ConsentGone
from chatops.operations.drafts import Part
from chatops.operations.ledger import LEASE, load
from chatops.operations.states import State
from tests.chatops.conftest import person
from tests.chatops.operations.keeping import OURS, draft, keeping, use

pytestmark = pytest.mark.anyio


async def test_planned_call_is_kept_with_one_row_for_each_request(tmp_path: Path) -> None:
    parts = (Part(region="cn-north-4", targets=("a", "b")), Part(region="cn-north-7", targets=("c",)))
    async with keeping(tmp_path) as kept:
        asked = await kept.asked(draft(parts=parts, principal=person(assistant=True)))
        assert [(each.number, each.state.value, each.region, each.targets) for each in asked.requests] == [
            (0, "planned", "cn-north-4", ("a", "b")),
            (1, "planned", "cn-north-7", ("c",)),
        ]
        assert (asked.door, asked.assistant, asked.count) == ("mcp", "tester 1", 3)
        assert (asked.expires_at - asked.asked_at, asked.lease_until - asked.asked_at) == (600, LEASE)
        assert asked.owner == OURS


async def test_same_call_that_waits_for_an_approval_is_answered_instead(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        first = await kept.asked(draft("op_1"), State.AWAITING_APPROVAL)
        assert (await kept.asked(draft("op_2"), State.AWAITING_APPROVAL)).id == first.id
        assert await kept.ledger.find("op_2") is None
        assert await kept.kinds() == ["planned", "consent_asked"]


async def test_same_call_that_is_confirmed_at_a_door_is_another_one(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked(draft("op_1"), State.AWAITING_APPROVAL)
        assert (await kept.asked(draft("op_2"), State.AWAITING_CONFIRMATION)).id == "op_2"
        assert (await kept.asked(draft("op_3"), State.AWAITING_CONFIRMATION)).id == "op_3"


async def test_same_call_that_runs_is_answered_instead(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        running = await kept.running(draft("op_1"))
        for state in (State.AWAITING_APPROVAL, State.AWAITING_CONFIRMATION):
            assert (await kept.asked(draft("op_2"), state)).id == running.id


async def test_same_call_of_another_person_or_that_has_expired_is_another_one(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked(draft("op_1"), State.AWAITING_APPROVAL)
        assert (await kept.asked(draft("op_2", principal=person(name="bob")), State.AWAITING_APPROVAL)).id == "op_2"
        kept.clock.seconds += 600
        assert (await kept.asked(draft("op_3"), State.AWAITING_APPROVAL)).id == "op_3"


async def test_decision_is_one_persons_and_later_ones_are_none(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked(state=State.AWAITING_APPROVAL)
        first = await kept.ledger.decide("op_1", person(name="bob"), State.APPROVED, kind=Kind.CONSENT_GIVEN)
        assert first is not None
        assert (first.state, first.decided_by, first.sealed) == (State.APPROVED, "bob", "sealed")
        second = await kept.ledger.decide("op_1", person(name="carol"), State.DECLINED, kind=Kind.CONSENT_REFUSED)
        assert second is None
        assert await kept.kinds() == ["planned", "consent_asked", "consent_given"]


async def test_decision_that_ends_it_erases_what_was_sealed(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked(state=State.AWAITING_APPROVAL)
        await kept.ledger.decide("op_1", person(name="bob"), State.DECLINED, kind=Kind.CONSENT_REFUSED, reason="no")
        assert ((await kept.found()).sealed, (await kept.found()).reason) == (None, "no")


async def test_what_was_approved_and_not_begun_is_cancelled_and_cannot_be_used(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked(state=State.AWAITING_APPROVAL)
        approved = await kept.ledger.decide("op_1", person(name="bob"), State.APPROVED, kind=Kind.CONSENT_GIVEN)
        assert approved is not None
        assert await kept.ledger.decide("op_1", person(name="carol"), State.DECLINED, kind=Kind.CONSENT_REFUSED) is None
        cancelled = await kept.ledger.decide("op_1", person(), State.CANCELLED, kind=Kind.WITHDRAWN, reason="no")
        assert cancelled is not None
        assert (cancelled.state, cancelled.sealed, cancelled.reason) == (State.CANCELLED, None, "no")
        with pytest.raises(ConsentGone, match="it is cancelled"):
            await kept.consuming.use(use(approved))
        assert (await kept.found()).state is State.CANCELLED


async def test_what_has_begun_is_not_cancelled_by_a_decision(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        assert await kept.ledger.decide("op_1", person(), State.CANCELLED, kind=Kind.WITHDRAWN) is None


async def test_nobody_decides_after_the_time_is_over(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked(state=State.AWAITING_APPROVAL)
        kept.clock.seconds += 600
        assert await kept.ledger.decide("op_1", person(), State.APPROVED, kind=Kind.CONSENT_GIVEN) is None


async def test_what_runs_or_has_ended_is_not_ended_again(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        before = await kept.kinds()
        ended = await kept.ledger.end("op_1", State.REFUSED, kind=Kind.DENIED, reason="too late")
        assert (ended.state, ended.reason) == (State.RUNNING, None)
        assert await kept.kinds() == before


async def test_everything_that_waited_too_long_expires_and_nothing_else(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked(draft("op_1", digest="1"), State.AWAITING_APPROVAL)
        await kept.asked(draft("op_2", digest="2"), State.AWAITING_CONFIRMATION)
        await kept.asked(draft("op_3", digest="3", lifetime=6000), State.AWAITING_APPROVAL)
        await kept.running(draft("op_4", digest="4"))
        kept.clock.seconds += 600
        assert {each.id for each in await kept.ledger.expire()} == {"op_1", "op_2"}
        assert await kept.ledger.expire() == ()


async def test_listed_are_the_newest_of_a_person_or_a_state(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        for number in range(3):
            kept.clock.seconds += 1
            await kept.asked(draft(f"op_{number}", digest=str(number)), State.AWAITING_APPROVAL)
        kept.clock.seconds += 1
        await kept.running(draft("op_3", digest="3", principal=person(name="bob")))
        listed = kept.ledger.listed
        assert [each.id for each in await listed()] == ["op_3", "op_2", "op_1", "op_0"]
        assert [each.id for each in await listed(limit=2)] == ["op_3", "op_2"]
        assert [each.id for each in await listed(person="bob")] == ["op_3"]
        assert [each.id for each in await listed(states=[State.RUNNING])] == ["op_3"]
        assert (await listed())[0].requests == ()


async def test_operation_that_is_not_there_is_none_or_an_error_of_the_caller(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        assert await kept.ledger.find("op_9") is None
        with pytest.raises(LookupError, match="op_9"):
            await kept.ledger.database.read(load, "op_9")


@pytest.mark.parametrize("state", [State.DECLINED, State.CANCELLED])
async def test_what_was_decided_is_answered_as_it_is_kept(tmp_path: Path, state: State) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked()
        decided = await kept.ledger.decide("op_1", person(), state, kind=Kind.CANCELLED)
        assert decided is not None
        assert decided.sealed is None
        assert decided == await kept.found()


async def test_what_was_ended_is_answered_as_it_is_kept(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked()
        ended = await kept.ledger.end("op_1", State.REFUSED, kind=Kind.DENIED, reason="It has changed.")
        assert ended.sealed is None
        assert ended == await kept.found()
