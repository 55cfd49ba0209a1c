"""The HTTP face of an action: method, path, and how params become a request."""

import string
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar, cast

from pydantic import JsonValue

from tools._model import Params, Result

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)
Page = TypeVar("Page", bound=Result)
Row = TypeVar("Row", bound=Result)

Method = Literal["GET", "POST", "PUT"]
Body = Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """How many phones one request takes, and whether they must share a region (code 1002, conflict 59).

    ``tolerated`` is the share of all phones that may fail before the remaining requests are not sent.
    """

    per_call: int
    one_region: bool
    tolerated: float = 0.1


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[P, R]):
    """A call that answers in pages: how a page is read, and how the rows become the action's result.

    ``needed`` says how many of the first rows are enough, or None for all of them. ``join`` receives the rows without
    repeats, the total the API named (None if it named none), and whether every row that was needed came.
    """

    page: type[Result]
    page_size: int
    rows: Callable[[Result], Sequence[Result]]
    total: Callable[[Result], int | None]
    key: Callable[[Result], Hashable]
    needed: Callable[[P], int | None]
    join: Callable[[P, Sequence[Result], int | None, bool], R]


def listing(
    page: type[Page],
    *,
    page_size: int,
    rows: Callable[[Page], Sequence[Row]],
    total: Callable[[Page], int | None],
    key: Callable[[Row], Hashable],
    needed: Callable[[P], int | None],
    join: Callable[[P, Sequence[Row], int | None, bool], R],
) -> Listing[P, R]:
    """The listing in pages of this type; its types are checked here and erased behind it."""
    return Listing(
        page=page,
        page_size=page_size,
        rows=cast("Callable[[Result], Sequence[Result]]", rows),
        total=cast("Callable[[Result], int | None]", total),
        key=cast("Callable[[Result], Hashable]", key),
        needed=needed,
        join=cast("Callable[[P, Sequence[Result], int | None, bool], R]", join),
    )


@dataclass(frozen=True, kw_only=True)
class Endpoint(Generic[P, R]):
    """One call of the API. Where a param goes follows from method and path.

    Names in the path take the param of that name; the rest goes into the query of a GET and into the JSON body of a
    POST or PUT, under its serialization alias. ``body`` replaces that body where the API wants another shape;
    ``query`` and ``constants`` are added to the one and the other. Params named in ``local``, and by ``local_when``
    for these params, stay here: the action filters by them itself.
    ``payload`` is the path below ``data`` at which the result lies, where one level is not enough; a shorter path is
    accepted as well (conflict 21). ``empty_answer`` says that the reference prints none, so that an empty body is a
    success (conflict 13).
    """

    method: Method
    path: str
    body: Callable[[P], Body] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, JsonValue] = field(default_factory=dict)
    request_id_in_query: bool = False
    local: frozenset[str] = frozenset()
    local_when: Callable[[P], frozenset[str]] | None = None
    payload: tuple[str, ...] = ()
    empty_answer: bool = False
    batch: Batch | None = None
    listing: Listing[P, R] | None = None

    def __post_init__(self) -> None:
        if not self.path.startswith("/v1/instances/"):
            raise ValueError(f"every path of the API begins with /v1/instances/ (conflict 12), not {self.path!r}")
        if self.method == "GET" and self.body is not None:
            raise ValueError("a GET has no body")

    @property
    def path_names(self) -> frozenset[str]:
        """The params that stand in the path."""
        return frozenset(name for _, name, _, _ in string.Formatter().parse(self.path) if name)
