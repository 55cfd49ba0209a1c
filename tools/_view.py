"""How a result is shown, on any door. Doors draw these; actions only say what stands in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tools._model import Params, Result

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)
Row = TypeVar("Row", bound=Result)

Cell = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True)
class Receipt(Generic[P, R]):
    """One sentence that stands alone; every view begins with one."""

    say: Callable[[P, R], str]


@dataclass(frozen=True, kw_only=True)
class Fields(Receipt[P, R]):
    """Names and values of one thing."""

    fields: Callable[[R], Mapping[str, Cell]]


@dataclass(frozen=True, kw_only=True)
class Table(Receipt[P, R]):
    """Rows of alike things, worst first, under these headings."""

    columns: tuple[str, ...]
    cells: Callable[[R], Sequence[tuple[Cell, ...]]]


View = Receipt[P, R] | Fields[P, R] | Table[P, R]
