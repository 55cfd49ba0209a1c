"""Whether somebody still waits for a call: said by the door, looked at before each request that was not sent yet.

What was sent is settled whoever goes away. Like progress this belongs to the call's context, so that none of the layers
between has to pass it on; what no door waits for, such as taking over, has nobody who could leave.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(kw_only=True)
class Caller:
    """Whoever waits for a call, until they go away or take it back."""

    left: bool = False


_CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)


@contextmanager
def waited_for_by(caller: Caller) -> Iterator[None]:
    """Whatever is done within the block, by its tasks as well, is waited for by this caller."""
    token = _CALLER.set(caller)
    try:
        yield
    finally:
        _CALLER.reset(token)


def has_left() -> bool:
    """Whether whoever waited for what is being done has left."""
    caller = _CALLER.get()
    return caller is not None and caller.left
