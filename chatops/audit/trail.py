"""The way into the audit: now, inside somebody's transaction, or shortly off the path of an answer."""

import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice

import anyio
from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from chatops.audit.chain import COVERED, Head, mac_of, read_head, write_head
from chatops.audit.event import AuditEvent, Kind
from chatops.audit.missed import Missed, Untold
from chatops.errors import StoreUnavailable
from chatops.store.clock import now
from chatops.store.database import Database
from chatops.store.schema import audit_events

PAUSE = 0.5
CAPACITY = 1000
_BATCH = 500
_log = logging.getLogger(__name__)


class Trail:
    """Writes events. Made by ``open_trail``.

    What cannot be written is counted, and written down as a gap as soon as anything can be written again; where this
    process ends before, by the next one, as long as ``missed`` keeps the count in a file.
    """

    def __init__(
        self, database: Database, missed: Missed | None = None, *, pause: float = PAUSE, capacity: int = CAPACITY
    ) -> None:
        self._database = database
        self._pause = pause
        self._capacity = capacity
        self._waiting: deque[AuditEvent] = deque()
        self._missed = missed or Missed()
        self._failed = False
        self._wake = anyio.Event()
        self._flushing = anyio.Lock()

    def append(self, connection: Connection, *events: AuditEvent) -> None:
        """Add events within the caller's writing transaction: they are kept exactly when the rest of it is.

        Raises:
            StoreUnavailable: the chain was changed from outside.

        """
        key = self._database.keyring.audit
        # The clock before the head, everywhere: whoever takes two locks takes them in the same order.
        at = now(connection)
        head = read_head(connection, key, self._database.id, lock=True)
        rows = []
        for event in events:
            row: dict[str, object] = {
                "seq": head.seq + 1,
                "at": at,
                "kind": event.kind.value,
                "denied": int(event.kind.is_denial),
                "person": event.person,
                "action": event.action,
                "operation": event.operation,
                "key_id": key.id,
                "body": event.body(),
            }
            head = Head(seq=head.seq + 1, mac=mac_of(key, head.mac, tuple(row[column.name] for column in COVERED)))
            rows.append({**row, "mac": head.mac})
        if not rows:
            return
        try:
            connection.execute(insert(audit_events), rows)
        except IntegrityError as error:
            raise StoreUnavailable(
                "The audit holds an event that this program did not write.",
                next_step="Run chatops audit verify, keep a copy of the store, and bring back a backup.",
            ) from error
        write_head(connection, key, head)

    async def record(self, *events: AuditEvent) -> None:
        """Add events; on disk when this returns.

        Raises:
            StoreUnavailable: they could not be written.

        """
        untold = self._missed.take()
        try:
            await self._database.write(self.append, *_gap(untold), *events)
        except BaseException as error:
            self._failed = isinstance(error, StoreUnavailable)
            self._missed.give_back(untold)
            raise
        self._failed = False
        self._missed.settle(untold)

    async def note(self, *events: AuditEvent) -> bool:
        """Add events of which the story must go on even if they cannot be written; whether they could."""
        try:
            await self.record(*events)
        except StoreUnavailable:
            self.miss(len(events))
            return False
        return True

    @property
    def gaps(self) -> tuple[str, ...]:
        """What whoever reads an answer has to know: that events could not be written lately."""
        return ("The audit cannot be written just now; tell whoever runs this service.",) if self._missed.lately else ()

    def miss(self, count: int = 1) -> None:
        """Count events that their writer had to give up; the next ones tell of the gap."""
        self._missed.add(count)

    def later(self, event: AuditEvent) -> None:
        """Add the event within a second. For reads: their answer does not wait for it.

        Raises:
            ValueError: the event holds what JSON does not know. Here, where it was made, and not in the writing task.

        """
        event.body()
        if len(self._waiting) >= self._capacity:
            self.miss()
        else:
            self._waiting.append(event)
        self._wake.set()

    async def flush(self) -> None:
        """Write what is waiting. What cannot be written is counted and let go, so that memory stays bounded."""
        # A cancellation between writing and forgetting would write the same events again.
        with anyio.CancelScope(shield=True):
            async with self._flushing:
                while batch := tuple(islice(self._waiting, _BATCH)):
                    written = await self.note(*batch)
                    for _ in batch:
                        self._waiting.popleft()
                    if not written:
                        # Each try may wait for seconds, and somebody for the end of this.
                        self._give_up()
                        return
                if self._missed.is_owed:
                    await self.note()

    def _give_up(self) -> None:
        if self._waiting:
            self.miss(len(self._waiting))
            self._waiting.clear()

    def begin(self) -> None:
        """Tell soon of the gap that processes before have left; what is written meanwhile tells of it first."""
        self._missed.prepare()
        if self._missed.is_owed:
            self._wake.set()

    async def _write_batches(self) -> None:
        while True:
            await self._wake.wait()
            self._wake = anyio.Event()
            await anyio.sleep(self._pause)
            await self.flush()

    async def _close(self) -> None:
        if self._failed:
            self._give_up()
        # Who waits for the end of this process has waited for the last try already, and the next process can tell.
        if not self._failed or self._missed.is_own:
            await self.flush()
        untold = self._missed.take()
        if untold.own:
            _log.error("%d events could not be written to the audit, and nothing there says so", untold.own)
        if untold.filed:
            _log.error("%d events could not be written to the audit: the next process says so there", untold.filed)


@asynccontextmanager
async def open_trail(
    database: Database, missed: Missed | None = None, *, pause: float = PAUSE, capacity: int = CAPACITY
) -> AsyncIterator[Trail]:
    """The trail until the block ends; what is waiting then is written, even when the block was cancelled.

    ``missed`` is what processes before could not write: it is told of first. ``pause`` is how many seconds events of
    ``later`` gather, ``capacity`` how many may wait.
    """
    trail = Trail(database, missed, pause=pause, capacity=capacity)
    trail.begin()
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(trail._write_batches)  # noqa: SLF001  # the trail's own life, begun and ended here
            try:
                yield trail
            finally:
                group.cancel_scope.cancel()
                await trail._close()  # noqa: SLF001  # see above
    except BaseExceptionGroup as errors:
        # One error of the block comes out as itself, as if there were no task group.
        if len(errors.exceptions) > 1:
            raise
        error = errors.exceptions[0]
        raise error from error.__cause__


def _gap(untold: Untold) -> tuple[AuditEvent, ...]:
    return (AuditEvent(kind=Kind.GAP, details={"events": untold.count}),) if untold.count else ()
