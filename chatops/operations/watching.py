"""Reading after a change, until it is proven, contradicted, or time is up."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from chatops.cloud import CloudReader
from chatops.errors import UpstreamError
from chatops.operations.answers import jobs_of, ordered_by, phones_of, tasks_of
from chatops.operations.ending import Ending
from chatops.operations.ledger import Ledger
from chatops.operations.points import Reached
from chatops.operations.records import Operation
from chatops.operations.rivals import Rivals, rivals_of
from chatops.operations.seeing import THE_ORDER, Eye, Seen
from chatops.operations.states import RequestState, Verification
from chatops.store import now
from tools import AnyAction, Appear, Follow, Params, Until, Unverifiable

_Verify = Until[Any] | Follow[Any] | Appear[Any]
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 15.0


@dataclass(frozen=True, kw_only=True)
class Watcher:
    """Watches operations. ``sleep`` waits that many seconds; ``owner`` names this process in the store."""

    ledger: Ledger
    ending: Ending
    reader: CloudReader
    sleep: Callable[[float], Awaitable[None]]
    owner: str
    reached: Reached

    async def watch(self, operation: Operation, action: AnyAction, params: Params) -> Operation:
        """The operation when its watch has ended; as it is where there is nothing to watch."""
        change = action.change
        if change is None or operation.watch_until is None or isinstance(change.verify, Unverifiable):
            return operation
        seen, pause = Seen.read(operation.verified), _FIRST_PAUSE
        while True:
            await self._look(operation, change.verify, params, seen)
            self.reached("watched")
            over = await self.ledger.database.read(now) >= operation.watch_until
            verdict = self._verdict(operation, change.verify, seen, over=over)
            if verdict is not None:
                ended = await self.ending.verified(operation.id, verdict, seen, owner=self.owner, lost=change.lost)
                self.reached("verified")
                return ended
            if not await self.ending.progress(operation.id, seen, owner=self.owner):
                return await self._as_it_is(operation)
            self.reached("seen")
            await self.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    async def _look(self, operation: Operation, verify: _Verify, params: Params, seen: Seen) -> None:
        eye = Eye(reader=self.reader)
        seen.elsewhere.clear()
        try:
            if isinstance(verify, Until):
                await eye.look_at_phones(verify, params, phones_of(operation), seen)
            elif isinstance(verify, Follow):
                for task in tasks_of(operation):
                    await eye.look_at_task(verify, task, seen)
            elif ids := ordered_by(operation):
                await eye.look_for(verify, ids, seen)
            else:
                since = operation.consumed_at or operation.asked_at
                await eye.look_since(verify, params, since, seen, partial(self._rivals, operation, verify))
        except UpstreamError:
            # What could not be read now is read the next time; at the end it is unknown, and says so.
            return

    async def _rivals(self, operation: Operation, verify: Appear[Any]) -> Rivals:
        return await self.ledger.database.read(rivals_of, operation, verify.alike, verify.within)

    @staticmethod
    def _verdict(
        operation: Operation,
        verify: _Verify,
        seen: Seen,
        *,
        over: bool,
    ) -> Verification | None:
        if isinstance(verify, Until):
            wanted, must_leave = phones_of(operation), verify.left is not None
        elif isinstance(verify, Follow):
            wanted, must_leave = tuple(jobs_of(operation)), False
        else:
            wanted, must_leave = ordered_by(operation) or (THE_ORDER,), False
        if not wanted:
            return Verification.UNKNOWN
        verdict = seen.verdict(wanted, must_leave=must_leave, over=over)
        if verdict is Verification.VERIFIED and isinstance(verify, Follow) and _is_lost(operation):
            # The tasks of other requests say nothing of one whose answer, with its task, was lost.
            return Verification.UNKNOWN
        return verdict

    async def _as_it_is(self, operation: Operation) -> Operation:
        return await self.ledger.find(operation.id) or operation


def _is_lost(operation: Operation) -> bool:
    """Whether a request has no answer."""
    return any(request.state is RequestState.UNKNOWN for request in operation.requests)
