from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from chatops.freezes import Freezes, Scope
from chatops.operations.dispatch import Settlement, end_of
from chatops.operations.drafts import Part
from chatops.operations.records import Operation, Request
from chatops.operations.states import RequestState, State
from chatops.team import Window
from tests.chatops.conftest import person
from tests.chatops.operations.keeping import OURS, THEIRS, Kept, draft, keeping

pytestmark = pytest.mark.anyio

TWO = (Part(region="cn-north-4", targets=("a",)), Part(region="cn-north-7", targets=("b",)))
ACCEPTED = Settlement(state=RequestState.ACCEPTED, request_ids=("r1",), result={"partly": False})
LOST = Settlement(state=RequestState.UNKNOWN, request_ids=("r1",), error={"code": "outcome_unknown"})


def request(state: RequestState, *, partly: bool = False) -> Request:
    return Request(
        operation="op_1",
        number=0,
        state=state,
        region=None,
        targets=(),
        sent_at=None,
        settled_at=None,
        request_ids=(),
        result={"partly": partly},
        error=None,
    )


async def finished(kept: Kept, *, owner: str = OURS, watch: float | None = 60.0) -> Operation:
    return await kept.dispatch.finish(
        "op_1", owner=owner, result=None, watch=watch, verifiable=watch is not None, lost="Look there."
    )


async def test_request_is_claimed_once_however_many_try(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        said: list[str | None] = []

        async def claim() -> None:
            said.append(await kept.dispatch.claim("op_1", 0, owner=OURS))

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(claim)
        assert sorted(said, key=str) == [None, *["This request was sent before."] * 3]
        assert (await kept.kinds()).count("sent") == 1
        (sent,) = (await kept.found()).requests
        assert (sent.state, sent.sent_at) == (RequestState.SENT, kept.clock.seconds)


async def test_only_the_process_that_holds_it_claims(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        assert await kept.dispatch.claim("op_1", 0, owner=THEIRS) == "Another process has taken this operation over."
        assert (await kept.found()).reason is None


async def test_nothing_is_claimed_of_what_does_not_run(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked()
        assert await kept.dispatch.claim("op_1", 0, owner=OURS) is not None


async def test_nothing_is_claimed_after_the_deadline_and_the_record_says_why(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        running = await kept.running(draft(parts=TWO))
        assert running.deadline is not None
        kept.clock.seconds = running.deadline
        said = await kept.dispatch.claim("op_1", 0, owner=OURS)
        assert said == (await kept.found()).reason == "The time in which this consent could be used is over."
        assert await kept.dispatch.claim("op_1", 1, owner=OURS) == said


async def test_freeze_of_one_region_leaves_out_its_request_and_no_other(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running(draft(parts=TWO))
        freezes = Freezes(database=kept.ledger.database, trail=kept.ledger.trail)
        await freezes.begin(person(), Scope(region="cn-north-4"), reason="bad image", seconds=60)
        assert await kept.dispatch.claim("op_1", 0, owner=OURS) == "Changes are frozen: bad image"
        assert (await kept.found()).reason is None
        assert await kept.dispatch.claim("op_1", 1, owner=OURS) is None
        await kept.dispatch.settle_request("op_1", 1, ACCEPTED)
        ended = await finished(kept, watch=None)
        assert (ended.state, ended.reason) == (State.PARTIAL, "Changes are frozen: bad image")
        assert [each.state for each in ended.requests] == [RequestState.NEVER_SENT, RequestState.ACCEPTED]


async def test_freeze_of_one_region_that_was_lifted_sends_nothing_that_it_left_out(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running(draft(parts=TWO))
        freezes = Freezes(database=kept.ledger.database, trail=kept.ledger.trail)
        await freezes.begin(person(), Scope(region="cn-north-4"), reason="bad image", seconds=60)
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        await freezes.lift(person())
        assert await kept.dispatch.claim("op_1", 0, owner=OURS) == "This request was sent before."


async def test_window_of_the_team_file_stops_every_request_that_was_not_sent(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running(draft(parts=TWO))
        assert await kept.dispatch.claim("op_1", 0, owner=OURS) is None
        begins = datetime.fromtimestamp(kept.clock.seconds, UTC)
        window = Window.model_validate({"from": begins, "until": begins + timedelta(hours=1), "reason": "launch"})
        dispatch = replace(kept.dispatch, windows=lambda: (window,))
        assert await dispatch.claim("op_1", 1, owner=OURS) == "Changes are frozen: launch"
        assert (await kept.found()).reason == "Changes are frozen: launch"


async def test_later_reason_to_stop_does_not_hide_an_earlier_one(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running(draft(parts=TWO))
        await kept.dispatch.stop("op_1", "Cancelled by bob.", by=person(name="bob"))
        await kept.dispatch.stop("op_1", "2 phones failed, or may have; the rest was not sent.")
        await kept.dispatch.stop("op_1", "Cancelled by bob.", by=person(name="bob"))
        wanted = "Cancelled by bob. 2 phones failed, or may have; the rest was not sent."
        assert (await kept.found()).reason == wanted


async def test_settled_request_keeps_its_answer_its_ids_and_an_event(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        operation = await kept.dispatch.settle_request("op_1", 0, ACCEPTED)
        (settled,) = operation.requests
        assert (settled.state, settled.request_ids, settled.result) == (
            RequestState.ACCEPTED,
            ("r1",),
            {"partly": False},
        )
        assert (await kept.kinds())[-2:] == ["sent", "settled"]


async def test_answer_that_comes_after_others_have_given_it_up_is_still_kept(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        kept.clock.seconds += 31
        (adopted,) = await kept.leases.adopt(owner=THEIRS)
        assert adopted.requests[0].state is RequestState.UNKNOWN
        operation = await kept.dispatch.settle_request("op_1", 0, ACCEPTED)
        assert operation.requests[0].state is RequestState.ACCEPTED


async def test_answer_is_not_replaced_by_another(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        await kept.dispatch.settle_request("op_1", 0, ACCEPTED)
        operation = await kept.dispatch.settle_request("op_1", 0, LOST)
        assert operation.requests[0].state is RequestState.ACCEPTED


async def test_stop_by_a_person_is_an_event_and_one_of_nobody_is_none(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        await kept.dispatch.stop("op_1", "hopeless")
        assert "cancelled" not in await kept.kinds()
        await kept.dispatch.stop("op_1", "enough", by=person(name="bob"))
        assert (await kept.kinds())[-1] == "cancelled"
        assert await kept.dispatch.claim("op_1", 0, owner=OURS) == "hopeless. enough"


async def test_stop_of_what_has_ended_changes_nothing(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        await kept.dispatch.settle_request("op_1", 0, ACCEPTED)
        await finished(kept, watch=None)
        before = await kept.kinds()
        assert (await kept.dispatch.stop("op_1", "enough", by=person())).reason is None
        assert await kept.kinds() == before


async def test_finished_operation_is_watched_for_as_long_as_is_declared(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        await kept.dispatch.settle_request("op_1", 0, ACCEPTED)
        settled = await finished(kept)
        assert (settled.state, settled.sealed, settled.verification) == (State.WATCHING, None, None)
        assert settled.watch_until == kept.clock.seconds + 60


async def test_unknown_operation_says_where_to_look_and_is_read_too(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        await kept.dispatch.settle_request("op_1", 0, LOST)
        settled = await finished(kept)
        assert (settled.state, settled.reason) == (State.UNKNOWN, "Look there.")
        assert settled.watch_until is not None
        assert (await kept.kinds())[-2:] == ["unknown", "unknown"]


async def test_why_it_was_stopped_stands_beside_where_to_look(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running(draft(parts=TWO))
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        await kept.dispatch.settle_request("op_1", 0, LOST)
        await kept.dispatch.stop("op_1", "Enough.")
        assert (await finished(kept)).reason == "Enough. Look there."


async def test_what_cannot_be_read_is_not_verifiable_at_once(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        await kept.dispatch.settle_request("op_1", 0, ACCEPTED)
        settled = await finished(kept, watch=None)
        assert (settled.state, settled.verification) == (State.DONE, "not_verifiable")


async def test_what_was_never_sent_is_cancelled_and_not_watched(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        settled = await finished(kept)
        assert (settled.state, settled.watch_until) == (State.CANCELLED, None)
        assert settled.requests[0].state is RequestState.NEVER_SENT


async def test_operation_that_somebody_else_holds_or_that_has_ended_is_not_finished(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        assert (await finished(kept, owner=THEIRS)).state is State.RUNNING
        await finished(kept)
        before = await kept.kinds()
        assert (await finished(kept)).state is State.CANCELLED
        assert await kept.kinds() == before


@pytest.mark.parametrize(
    ("states", "end"),
    [
        ([RequestState.ACCEPTED, RequestState.ACCEPTED], State.DONE),
        ([RequestState.ACCEPTED, RequestState.FAILED], State.PARTIAL),
        ([RequestState.ACCEPTED, RequestState.NEVER_SENT], State.PARTIAL),
        ([RequestState.FAILED, RequestState.FAILED], State.FAILED),
        ([RequestState.FAILED, RequestState.NEVER_SENT], State.FAILED),
        ([RequestState.NEVER_SENT], State.CANCELLED),
        ([RequestState.UNKNOWN, RequestState.ACCEPTED], State.UNKNOWN),
        ([RequestState.UNKNOWN, RequestState.FAILED], State.UNKNOWN),
        ([RequestState.SENT], State.UNKNOWN),
        ([], State.CANCELLED),
    ],
)
def test_operation_ends_as_its_requests_did(states: list[RequestState], end: State) -> None:
    assert end_of(tuple(request(each) for each in states)) is end


def test_answer_that_not_all_phones_did_it_makes_it_partial() -> None:
    whole = request(RequestState.ACCEPTED)
    assert end_of((whole, replace(whole, result={"partly": True}))) is State.PARTIAL
    assert end_of((replace(whole, result=None),)) is State.DONE
