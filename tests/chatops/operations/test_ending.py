from pathlib import Path

import pytest

from chatops.operations.dispatch import Settlement
from chatops.operations.drafts import Part
from chatops.operations.ledger import LEASE
from chatops.operations.records import Operation
from chatops.operations.seeing import Seen
from chatops.operations.states import RequestState, State, Verification
from tests.chatops.conftest import person
from tests.chatops.operations.keeping import OURS, THEIRS, Kept, draft, keeping

pytestmark = pytest.mark.anyio

LOST = "Look there."
SEEN = Seen(left={"efjy72gs"}, reached={"efjy72gs"})


async def watched(kept: Kept, state: RequestState = RequestState.ACCEPTED) -> Operation:
    await kept.running()
    await kept.dispatch.claim("op_1", 0, owner=OURS)
    await kept.dispatch.settle_request("op_1", 0, Settlement(state=state, request_ids=()))
    return await kept.dispatch.finish("op_1", owner=OURS, result=None, watch=60, verifiable=True, lost=LOST)


async def test_verified_operation_is_done_and_keeps_what_was_seen(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await watched(kept)
        ended = await kept.ending.verified("op_1", Verification.VERIFIED, SEEN, owner=OURS, lost=LOST)
        assert (ended.state, ended.verification, ended.watch_until) == (State.DONE, Verification.VERIFIED, None)
        assert Seen.read(ended.verified) == SEEN
        assert (await kept.kinds())[-1] == "verified"
        assert "reconciled" not in await kept.kinds()


async def test_mismatch_of_what_the_api_has_taken_is_told_and_stays_done(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await watched(kept)
        ended = await kept.ending.verified("op_1", Verification.MISMATCH, Seen(), owner=OURS, lost=LOST)
        assert (ended.state, ended.verification) == (State.DONE, Verification.MISMATCH)
        assert (await kept.kinds())[-1] == "mismatch"


async def test_unknown_operation_is_done_when_reading_shows_what_was_wanted(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await watched(kept, RequestState.UNKNOWN)
        ended = await kept.ending.verified("op_1", Verification.VERIFIED, SEEN, owner=OURS, lost=LOST)
        assert (ended.state, ended.requests[0].state) == (State.DONE, RequestState.ACCEPTED)
        assert ended.reason == "Reading shows the phones of 1 unanswered request as they were to be."
        assert (await kept.kinds())[-2:] == ["reconciled", "verified"]


async def test_what_reading_shows_does_not_hide_who_has_stopped_it_and_why(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running(draft(parts=(Part(region="cn-north-7", targets=("a",)), Part(region=None, targets=("b",)))))
        await kept.dispatch.claim("op_1", 0, owner=OURS)
        await kept.dispatch.stop("op_1", "Cancelled by bob: the wrong phones", by=person(name="bob"))
        await kept.dispatch.settle_request("op_1", 0, Settlement(state=RequestState.UNKNOWN, request_ids=()))
        await kept.dispatch.finish("op_1", owner=OURS, result=None, watch=60, verifiable=True, lost=LOST)
        ended = await kept.ending.verified("op_1", Verification.VERIFIED, SEEN, owner=OURS, lost=LOST)
        assert (ended.state, ended.reason) == (
            State.PARTIAL,
            "Cancelled by bob: the wrong phones. Reading shows the phones of 1 unanswered request as they were to be.",
        )


@pytest.mark.parametrize("verification", [Verification.UNKNOWN, Verification.MISMATCH])
async def test_unknown_operation_stays_unknown_where_reading_does_not_show_it(
    tmp_path: Path, verification: Verification
) -> None:
    async with keeping(tmp_path) as kept:
        await watched(kept, RequestState.UNKNOWN)
        ended = await kept.ending.verified("op_1", verification, Seen(), owner=OURS, lost=LOST)
        assert (ended.state, ended.requests[0].state, ended.reason) == (
            State.UNKNOWN,
            RequestState.UNKNOWN,
            LOST,
        )


async def test_watch_ends_once_and_for_whoever_holds_it(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await watched(kept)
        assert (
            await kept.ending.verified("op_1", Verification.MISMATCH, Seen(), owner=THEIRS, lost=LOST)
        ).verification is None
        await kept.ending.verified("op_1", Verification.VERIFIED, SEEN, owner=OURS, lost=LOST)
        before = await kept.kinds()
        again = await kept.ending.verified("op_1", Verification.MISMATCH, Seen(), owner=OURS, lost=LOST)
        assert (again.verification, await kept.kinds()) == (Verification.VERIFIED, before)


async def test_progress_is_kept_with_the_lease_and_refused_to_others(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await watched(kept)
        kept.clock.seconds += 10
        assert await kept.ending.progress("op_1", SEEN, owner=OURS)
        assert not await kept.ending.progress("op_1", Seen(), owner=THEIRS)
        found = await kept.found()
        assert (Seen.read(found.verified), found.lease_until) == (SEEN, kept.clock.seconds + LEASE)
