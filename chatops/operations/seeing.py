"""What reading shows of the phones after a change: one look, added to what was seen before."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import JsonValue

from chatops.cloud import CloudReader
from chatops.operations.rivals import Rivals
from chatops.operations.states import Verification
from tools import Appear, Follow, Params, TaskState, Until
from tools.get_task import TaskStatus

THE_ORDER = "the order"
"""Stands for the phones of an order whose answer was lost."""


@dataclass(kw_only=True)
class Seen:
    """Which phones were seen leaving their state, arriving where the change brings them, or failing.

    ``elsewhere`` are those that the last look has found where they should not be. It is not kept: the next look tells.
    """

    left: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    def document(self) -> dict[str, JsonValue]:
        """As JSON, for the store."""
        return {"left": [*sorted(self.left)], "reached": [*sorted(self.reached)], "failed": [*sorted(self.failed)]}

    @classmethod
    def read(cls, document: JsonValue) -> "Seen":
        """What the store holds."""
        if not isinstance(document, Mapping):
            return cls()
        names = {name: {str(each) for each in value} for name, value in document.items() if isinstance(value, list)}
        return cls(
            left=names.get("left", set()), reached=names.get("reached", set()), failed=names.get("failed", set())
        )

    def verdict(self, phones: tuple[str, ...], *, must_leave: bool, over: bool) -> Verification | None:
        """What is proven; None while it is worth looking again."""
        proven = self.reached & (self.left if must_leave else self.reached)
        if self.failed and (over or self.failed | proven >= set(phones)):
            return Verification.MISMATCH
        if proven >= set(phones):
            return Verification.VERIFIED
        if not over:
            return None
        # A phone that stands elsewhere at the end contradicts; one that was never seen leaving, or that nobody could
        # read, proves nothing.
        return Verification.MISMATCH if self.elsewhere & set(phones) else Verification.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Eye:
    """Looks through the read-only face of the client."""

    reader: CloudReader

    async def look_at_phones(self, verify: Until[Params], params: Params, phones: tuple[str, ...], seen: Seen) -> None:
        """One reading of every phone that is not proven yet."""
        waiting = [each for each in phones if each not in seen.reached or (verify.left and each not in seen.left)]
        for begin in range(0, len(waiting), verify.per_call):
            part = tuple(waiting[begin : begin + verify.per_call])
            answer = await self.reader.read(verify.action, verify.ask(params, part))
            rows = verify.rows(answer.result)
            if verify.gone:
                there = {_id_of(row, part) for row in rows}
                seen.reached |= set(part) - there
                seen.elsewhere |= there
                continue
            for row in rows:
                phone = _id_of(row, part)
                if verify.left is not None and verify.left(row):
                    seen.left.add(phone)
                # Where it stands now counts: a phone that was there and is not any more has not arrived.
                if verify.reached(params, row):
                    seen.reached.add(phone)
                else:
                    seen.reached.discard(phone)
                    seen.elsewhere.add(phone)

    async def look_at_task(self, verify: Follow[Any], task: str, seen: Seen) -> None:
        """One reading of the task, whose jobs stand for its phones."""
        answer = await self.reader.read(verify.action, verify.ask(task))
        status = answer.result
        assert isinstance(status, TaskStatus)  # noqa: S101  # Follow is declared over get_task alone
        for job in status.jobs:
            if job.status is TaskState.SUCCEEDED:
                seen.reached.add(job.job_id)
            elif job.status is TaskState.FAILED:
                seen.failed.add(job.job_id)

    async def look_for(self, verify: Appear[Any], ids: tuple[str, ...], seen: Seen) -> None:
        """One search for every phone that was not found yet."""
        for each in ids:
            if each not in seen.reached:
                answer = await self.reader.read(verify.action, verify.ask(each))
                (seen.reached if verify.found(answer.result) else seen.elsewhere).add(each)

    async def look_since(
        self,
        verify: Appear[Any],
        params: Params,
        since: float,
        seen: Seen,
        rivals: Callable[[], Awaitable[Rivals]],
    ) -> None:
        """One search for what an order may have brought whose answer was lost; ``rivals`` are others like it.

        Where more has come than was ordered, or a rival was begun at about the same time, nobody can tell whose it is.
        """
        answer = await self.reader.read(verify.action, verify.search(params, datetime.fromtimestamp(since, UTC)))
        come = verify.come(params, answer.result)
        if come is None:
            return
        # Asked for after the search: an order that brought something of it has begun before.
        others = await rivals()
        brought = len(set(come) - others.named)
        if brought < verify.count(params):
            seen.elsewhere.add(THE_ORDER)
        elif brought == verify.count(params) and not others.close:
            seen.reached.add(THE_ORDER)


def _id_of(row: object, part: tuple[str, ...]) -> str:
    """The phone of a row; a call that reads one phone need not repeat its id."""
    return str(getattr(row, "instance_id", part[0]))
