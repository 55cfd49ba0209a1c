"""What a call brings home."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from tools import Result

R = TypeVar("R", bound=Result)


@dataclass(frozen=True, kw_only=True)
class Answer(Generic[R]):
    """A result, and what is worth keeping about how it came.

    ``request_ids`` are those of every request that was sent to the API, oldest first. ``warnings`` are sentences for a
    person about the answer itself; what the action has to say about its result is its own ``warn``.
    """

    result: R
    request_ids: tuple[str, ...]
    warnings: tuple[str, ...]
