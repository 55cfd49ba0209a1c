"""How far a call is: told by whoever does the work, heard by the door that waits for it.

What is heard belongs to the call, as its context does: tasks and threads that it starts report to the same door, and
none of the layers between has to pass it on.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """So much of so much; ``total`` is None where nobody knows it. ``what`` says it in words: 3 of 12 pages read."""

    done: float
    total: float | None
    what: str

    @property
    def is_over(self) -> bool:
        """Whether this part of the work has come to its end."""
        return self.total is not None and self.done >= self.total


Hear = Callable[[Progress], None]
"""Hears of progress, at once: it neither waits nor raises."""

_HEARS: ContextVar[Hear | None] = ContextVar("hears", default=None)


@contextmanager
def hearing(hear: Hear) -> Iterator[None]:
    """Whatever is reported within the block, by its tasks and threads as well, is heard."""
    token = _HEARS.set(hear)
    try:
        yield
    finally:
        _HEARS.reset(token)


def report(done: int, total: int, what: str) -> None:
    """Say that so many of so many are done: ``report(3, 12, "pages read")``."""
    tell(Progress(done=done, total=total, what=f"{done} of {total} {what}"))


def tell(progress: Progress) -> None:
    """Say how far it is, in words of one's own."""
    hear = _HEARS.get()
    if hear is not None:
        hear(progress)


def counted(items: Sequence[T], what: str) -> Iterator[T]:
    """The items, each reported when it is done; a single one is no news."""
    for number, item in enumerate(items):
        yield item
        if len(items) > 1:
            report(number + 1, len(items), what)
