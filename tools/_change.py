"""What a changing action owes the people it concerns."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

from tools._model import Params, Result
from tools._risk import Risk

if TYPE_CHECKING:
    from tools._action import Action

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)
Row = TypeVar("Row", bound=Result)
Q = TypeVar("Q", bound=Params)
S = TypeVar("S", bound=Result)


class Planned(Protocol):
    """What a confirmation text may say about the plan."""

    @property
    def count(self) -> int:
        """How many phones the call names, or would create."""


class Resend(Enum):
    """Whether a request that surely never reached the API may be sent once more."""

    IF_UNPROCESSED = "if_unprocessed"
    NEVER = "never"


class Settled(Enum):
    """What the answer to a changing call says about the phones."""

    ACCEPTED = "accepted"
    """Taken; what became of it must be read back."""
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Until(Generic[P]):
    """Verified by reading the phones until each is in the state that proves the change, or ``within`` has passed.

    A phone that was in that state before proves nothing unless it was seen leaving it: ``left`` says what leaving
    looks like, and is None where the state before the call cannot look like the state after it. ``per_call`` is how
    many phones one reading takes. With ``gone``, what proves the change is that the phone is no longer answered.
    """

    action: "Action[Params, Result]"
    ask: Callable[[P, tuple[str, ...]], Params]
    rows: Callable[[Result], Sequence[Result]]
    reached: Callable[[P, Result], bool]
    left: Callable[[Result], bool] | None
    within: timedelta
    per_call: int
    gone: bool


def until(
    action: "Action[Q, S]",
    *,
    ask: Callable[[P, tuple[str, ...]], Q],
    rows: Callable[[S], Sequence[Row]],
    reached: Callable[[P, Row], bool],
    left: Callable[[Row], bool] | None,
    within: timedelta,
    per_call: int = 100,
    gone: bool = False,
) -> Until[P]:
    """The verification through this READ action; its types are checked here and erased behind it."""
    return Until(
        action=cast("Action[Params, Result]", action),
        ask=ask,
        rows=cast("Callable[[Result], Sequence[Result]]", rows),
        reached=cast("Callable[[P, Result], bool]", reached),
        left=cast("Callable[[Result], bool] | None", left),
        within=within,
        per_call=per_call,
        gone=gone,
    )


@dataclass(frozen=True, kw_only=True)
class Follow(Generic[R]):
    """Verified by following the task that the answer names, until no job of it is running."""

    action: "Action[Params, Result]"
    task: Callable[[R], str]
    ask: Callable[[str], Params]
    within: timedelta


def follow(
    action: "Action[Q, S]", *, task: Callable[[R], str], ask: Callable[[str], Q], within: timedelta
) -> Follow[R]:
    """The verification through this task action; its types are checked here and erased behind it."""
    return Follow(action=cast("Action[Params, Result]", action), task=task, ask=ask, within=within)


@dataclass(frozen=True, kw_only=True)
class Appear(Generic[P]):
    """Verified by finding each phone that the answer names.

    Where the answer was lost, ``search`` finds what has come since that moment, ``come`` says which phones of it this
    order can have brought (None where not all could be read), and ``count`` how many it must be. Of two orders that
    have the same ``alike`` params reading cannot tell which has brought them.
    """

    action: "Action[Params, Result]"
    ask: Callable[[str], Params]
    search: Callable[[P, datetime], Params]
    found: Callable[[Result], int]
    come: Callable[[P, Result], Collection[str] | None]
    alike: tuple[str, ...]
    count: Callable[[P], int]
    within: timedelta


def appear(
    action: "Action[Q, S]",
    *,
    ask: Callable[[str], Q],
    search: Callable[[P, datetime], Q],
    found: Callable[[S], int],
    come: Callable[[P, S], Collection[str] | None],
    alike: tuple[str, ...],
    count: Callable[[P], int],
    within: timedelta,
) -> Appear[P]:
    """The verification through this READ action; its types are checked here and erased behind it."""
    return Appear(
        action=cast("Action[Params, Result]", action),
        ask=ask,
        search=search,
        found=cast("Callable[[Result], int]", found),
        come=cast("Callable[[P, Result], Collection[str] | None]", come),
        alike=alike,
        count=count,
        within=within,
    )


@dataclass(frozen=True, kw_only=True)
class Unverifiable:
    """Nothing that can be read proves the change; ``why`` is a sentence for a person."""

    why: str


@dataclass(frozen=True, kw_only=True)
class Eased(Generic[P]):
    """Params with which the action is less dangerous than its declared risk."""

    to: Risk
    when: Callable[[P], bool]


@dataclass(frozen=True, kw_only=True)
class Change(Generic[P, R]):
    """What is told, asked and checked around a changing call.

    ``undo`` is a sentence: how it is set back, or that nothing does. ``settled`` reads the answer,
    ``failed`` how many phones have failed where it may say so of some and not of others.
    ``lost`` is a sentence: what reading can tell, and where to look, when a request was sent and not answered.
    ``wipes`` says that what people have saved on the phones is gone afterwards, so that one without a backup is told.
    ``fill`` completes params with what was read of each phone (its user, or None), and drops phones for which there is
    nothing to do; None when that is all of them. ``count`` says how many phones a call concerns that names none.
    ``expires`` reads from the params when they stop being of use, as a signed link does; None where they do not say.
    """

    confirm: Callable[[P, Planned], str]
    undo: str
    verify: Until[P] | Follow[R] | Appear[P] | Unverifiable
    lost: str
    wipes: bool
    resend: Resend
    settled: Callable[[P, R], Settled]
    failed: Callable[[P, R], int] | None = None
    count: Callable[[P], int] | None = None
    eased: Eased[P] | None = None
    fill: Callable[[P, Mapping[str, str | None]], P | None] | None = None
    expires: Callable[[P], datetime | None] | None = None
