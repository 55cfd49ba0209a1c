"""The points between "asked" and "told" at which a process may end: told as they are reached, for the crash tests."""

from collections.abc import Callable
from typing import Literal, get_args

Point = Literal[
    "decided",
    "proposed",
    "confirmed",
    "approval_asked",
    "approved",
    "read_again",
    "consumed",
    "before_claim",
    "claimed",
    "answered",
    "request_settled",
    "sent_all",
    "settled",
    "watched",
    "seen",
    "verified",
    "adopted",
    "resumed",
    "stopped",
]
POINTS: tuple[Point, ...] = get_args(Point)
Reached = Callable[[Point], None]
