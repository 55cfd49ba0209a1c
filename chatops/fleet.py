"""What is known of the phones: a snapshot of the listing with its age, and phones read one by one."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import anyio

from chatops.cloud import CloudReader
from chatops.errors import UpstreamError
from chatops.progress import report
from tools import list_instances
from tools._instance import Instance
from tools.list_instances import EveryInstance, ListInstancesParams

FRESH = 60.0
"""How old, in seconds, a snapshot may be on which something is decided."""
_PAGE = 100
_AT_ONCE = 8
_WORTH_SAYING = 3.0


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The whole listing at one moment, by a clock that never goes back."""

    phones: tuple[Instance, ...]
    read_at: float
    complete: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Look:
    """A snapshot as somebody got it: how old it was, in seconds, and the requests that were sent for them."""

    snapshot: Snapshot
    age: float
    request_ids: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever reads an answer made of it has to know."""
        old = (f"The fleet as of {self.age:.0f} s ago.",) if self.age >= _WORTH_SAYING else ()
        return (*self.snapshot.warnings, *old)


class Fleet:
    """The phones of the tenant. ``now`` is a clock in seconds that never goes back."""

    def __init__(self, *, reader: CloudReader, now: Callable[[], float]) -> None:
        self._reader = reader
        self._now = now
        self._snapshot: Snapshot | None = None
        self._refreshing = anyio.Lock()

    async def snapshot(self, *, age: float = FRESH) -> Snapshot:
        """A snapshot no older than ``age`` seconds, as :meth:`look` has it."""
        return (await self.look(age=age)).snapshot

    async def look(self, *, age: float = FRESH) -> Look:
        """A look at a snapshot no older than ``age`` seconds; one refresher at a time, however many wait.

        Who comes while one is being made, and cannot use it, waits for the next, and so does everybody else who waits.

        Raises:
            UpstreamError: the listing could not be read.

        """
        oldest = self._now() - age
        request_ids: tuple[str, ...] = ()
        async with self._refreshing:
            if self._snapshot is None or self._snapshot.read_at < oldest:
                read_at = self._now()
                answer = await self._reader.read(list_instances.ACTION, EveryInstance())
                self._snapshot = Snapshot(
                    phones=answer.result.instances,
                    read_at=read_at,
                    complete=answer.result.complete,
                    warnings=answer.warnings,
                )
                request_ids = answer.request_ids
            snapshot = self._snapshot
        return Look(snapshot=snapshot, age=self._now() - snapshot.read_at, request_ids=request_ids)

    async def at_hand(self, *, age: float, most: int) -> Snapshot | None:
        """A snapshot of up to this age; a fleet of more than ``most`` phones is not read for it.

        Raises:
            UpstreamError: the listing could not be read.

        """
        known = self._snapshot
        if known is not None and self._now() - known.read_at <= age:
            return known
        size = await self.size()
        return await self.snapshot(age=age) if size is not None and size <= most else known

    async def size(self) -> int | None:
        """How many phones there are, or None where the API does not say."""
        snapshot = self._snapshot
        if snapshot is not None and self._now() - snapshot.read_at <= FRESH:
            return len(snapshot.phones)
        answer = await self._reader.read(list_instances.ACTION, ListInstancesParams(limit=1))
        return answer.result.matched

    async def read(self, ids: Sequence[str], size: int | None) -> dict[str, Instance]:
        """These phones as they are now, by id; those the tenant does not have are left out.

        They are read one by one, or by reading everything where that is fewer requests. What a listing that is not
        complete does not show may still be there: it is read by itself.

        Raises:
            UpstreamError: one of them could not be read; the first failure stops the others.

        """
        if size is None or math.ceil(size / _PAGE) >= len(ids):
            return await self._one_by_one(ids)
        everything = await self.snapshot(age=0)
        wanted = set(ids)
        found = {phone.instance_id: phone for phone in everything.phones if phone.instance_id in wanted}
        missing = [] if everything.complete else [each for each in ids if each not in found]
        return found | await self._one_by_one(missing)

    async def _one_by_one(self, ids: Sequence[str]) -> dict[str, Instance]:
        found: dict[str, Instance] = {}
        failures: list[UpstreamError] = []
        looked = 0
        limit = anyio.CapacityLimiter(_AT_ONCE)

        async def look(each: str) -> None:
            nonlocal looked
            async with limit:
                try:
                    answer = await self._reader.read(
                        list_instances.ACTION, ListInstancesParams(instance_id=each, detail=True)
                    )
                except UpstreamError as error:
                    failures.append(error)
                    group.cancel_scope.cancel()
                else:
                    found.update({phone.instance_id: phone for phone in answer.result.instances})
                    looked += 1
                    report(looked, len(ids), "phones read")

        async with anyio.create_task_group() as group:
            for each in ids:
                group.start_soon(look, each)
        if failures:
            raise failures[0]
        return found
