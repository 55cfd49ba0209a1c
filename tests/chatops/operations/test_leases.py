import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from chatops.operations.dispatch import Settlement
from chatops.operations.ledger import LEASE
from chatops.operations.owners import process_name
from chatops.operations.seeing import Seen
from chatops.operations.states import RequestState, State, Verification
from tests.chatops.operations.keeping import OURS, THEIRS, Kept, draft, keeping, use

LOST = "Look there."
pytestmark = pytest.mark.anyio


async def sent(kept: Kept) -> None:
    await kept.running()
    assert await kept.dispatch.claim("op_1", 0, owner=OURS) is None


async def test_what_is_held_is_not_adopted_until_its_holder_was_silent_for_too_long(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        kept.clock.seconds += LEASE
        assert await kept.leases.adopt(owner=THEIRS) == ()
        kept.clock.seconds += 1
        (adopted,) = await kept.leases.adopt(owner=THEIRS)
        assert (adopted.owner, adopted.lease_until) == (THEIRS, kept.clock.seconds + LEASE)
        assert await kept.leases.adopt(owner=OURS) == ()


async def test_renewed_lease_holds_and_one_that_was_lost_is_not_renewed(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        kept.clock.seconds += LEASE
        assert await kept.leases.renew("op_1", owner=OURS)
        kept.clock.seconds += LEASE
        assert await kept.leases.adopt(owner=THEIRS) == ()
        kept.clock.seconds += 1
        await kept.leases.adopt(owner=THEIRS)
        assert not await kept.leases.renew("op_1", owner=OURS)


async def test_requests_on_their_way_are_unknown_to_whoever_takes_over(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await sent(kept)
        kept.clock.seconds += LEASE + 1
        (adopted,) = await kept.leases.adopt(owner=THEIRS)
        assert adopted.requests[0].state is RequestState.UNKNOWN
        assert (await kept.kinds())[-1] == "unknown"


async def test_taking_over_what_was_not_sent_is_no_event(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        before = await kept.kinds()
        kept.clock.seconds += LEASE + 1
        (adopted,) = await kept.leases.adopt(owner=THEIRS)
        assert adopted.requests[0].state is RequestState.PLANNED
        assert await kept.kinds() == before


async def test_what_waits_for_a_person_is_not_adopted(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.asked(draft("op_1", digest="1"), State.AWAITING_APPROVAL)
        await kept.asked(draft("op_2", digest="2"), State.AWAITING_CONFIRMATION)
        kept.clock.seconds += LEASE + 1
        assert await kept.leases.adopt(owner=THEIRS) == ()


async def test_unknown_operation_is_adopted_as_long_as_it_is_looked_at(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await sent(kept)
        lost = Settlement(state=RequestState.UNKNOWN, request_ids=())
        await kept.dispatch.settle_request("op_1", 0, lost)
        await kept.dispatch.finish("op_1", owner=OURS, result=None, watch=600, verifiable=True, lost=LOST)
        kept.clock.seconds += LEASE + 1
        (adopted,) = await kept.leases.adopt(owner=THEIRS)
        assert adopted.state is State.UNKNOWN
        await kept.ending.verified("op_1", Verification.UNKNOWN, Seen(), owner=THEIRS, lost=LOST)
        kept.clock.seconds += LEASE + 1
        assert await kept.leases.adopt(owner=OURS) == ()


@pytest.mark.process
async def test_what_a_dead_process_of_this_machine_held_is_adopted_at_once(tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)  # noqa: ASYNC221  # at once over
    owner = f"{socket.gethostname()[:32]}:{int(gone.stdout)}:x"
    async with keeping(tmp_path) as kept:
        for identifier, holder in (("op_1", owner), ("op_2", process_name("ourselves"))):
            asked = await kept.asked(draft(identifier, digest=identifier))
            await kept.consuming.use(replace(use(asked), owner=holder))
        assert [each.id for each in await kept.leases.adopt(owner=THEIRS)] == ["op_1"]
        assert str(os.getpid()) in ((await kept.found("op_2")).owner or "")


async def test_what_somebody_else_has_taken_over_meanwhile_is_not_taken_again(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running()
        take = kept.leases._take  # noqa: SLF001  # on SQLite nobody comes between; on PostgreSQL somebody may
        assert await kept.ledger.database.write(take, "op_1", "whoever held it before", THEIRS, 0.0) is None
        assert (await kept.found()).owner == OURS
