"""Where a process is killed: at a named point, inside a transaction, or at any moment."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from chatops.operations.points import POINTS

# These two are ours: before the service hears of the call, and after it has told what came of it.
ASKED, TOLD = "asked", "told"
TAKING_OVER = ("adopted", "resumed", "stopped")
"""Points that only a process reaches that takes over."""
EVERY = (ASKED, *POINTS, TOLD)
Kind = Literal["none", "point", "transaction", "moment"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, kw_only=True)
class Knife:
    """When a process is killed: the ``count``-th time something is reached, or after ``count`` milliseconds."""

    kind: Kind = "none"
    point: str = ""
    count: int = 1

    @property
    def text(self) -> str:
        """The knife as the figures name it."""
        return {"point": self.point, "transaction": "inside a transaction", "moment": "at any moment"}.get(
            self.kind, ""
        )


class Blade:
    """The knife in the hand of the process that it ends."""

    def __init__(self, knife: Knife) -> None:
        self._knife = knife
        self._left = knife.count

    def reached(self, point: str) -> None:
        """Told by the service."""
        if self._knife.kind == "point" and self._knife.point == point:
            self._cut()

    def clock(self, clock: Callable[[], float]) -> Callable[[], float]:
        """The store's clock, which is read in the middle of every transaction."""

        def read() -> float:
            if self._knife.kind == "transaction":
                self._cut()
            return clock()

        return read

    def _cut(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
