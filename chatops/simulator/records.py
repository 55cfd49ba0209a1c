"""What arrived: the testimony of the witness."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Authentication = Literal["none", "token", "signature", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """One request as it arrived, and what became of it."""

    operation: str  # name of the call, such as "batch-reset"; "unknown" for a path or method nobody serves
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    request_id: str  # the header x-request-id, else the query parameter
    authentication: Authentication
    body: object = field(repr=False)  # parsed JSON; None if there was none, if it is no JSON, or if it holds a password
    status: int  # 0 when the connection was dropped instead of an answer
    verdict: str  # the error code of the answer ("0": success), or the fault that answered
    processed: bool  # whether the call had its effect, or was refused on its merits
    unknown: tuple[str, ...]  # keys and query parameters the reference does not know


class Records:
    """The latest requests, and how many there were in all."""

    def __init__(self, *, most: int = 5_000) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=most)
        self.total = 0

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[RequestRecord]:
        return iter(tuple(self._records))

    def __getitem__(self, index: int) -> RequestRecord:
        return self._records[index]

    def add(self, record: RequestRecord) -> None:
        """Write down a request."""
        self._records.append(record)
        self.total += 1

    def of(self, operation: str) -> list[RequestRecord]:
        """The requests of one call, oldest first."""
        return [record for record in self._records if record.operation == operation]

    def clear(self) -> None:
        """Forget the requests; the total stays."""
        self._records.clear()
