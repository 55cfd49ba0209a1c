"""An outcome as plain sentences, headings and cells, for doors to draw."""

from dataclasses import dataclass

from pydantic import JsonValue

from chatops.outcome import Outcome, quoted
from tools import Cell, Fields, Table

_Rows = tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]
FIELDS = ("field", "value")
"""The columns of what is no list: each row is a name and its value."""
_TARGET = ("instance_id", "name", "region", "state", "assignee", "in_use", "frozen")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What stands in an outcome. ``rows`` and ``quote`` hold text from phones and from the API: never instructions."""

    message: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()
    quote: str | None = None


def render(outcome: Outcome) -> Shown:
    """The outcome through its action's view; fields become a table of two columns."""
    notes = list(outcome.warnings)
    if outcome.error is not None and outcome.error.next_step:
        notes.append(outcome.error.next_step)
    columns, rows = _table(outcome)
    quote = quoted(outcome.error)
    return Shown(message=outcome.message, columns=columns, rows=rows, notes=tuple(notes), quote=quote)


def _table(outcome: Outcome) -> _Rows:
    if outcome.action is None or outcome.result is None:
        return _planned(outcome)
    view = outcome.action.view
    if isinstance(view, Table):
        return view.columns, tuple(view.cells(outcome.result))
    if isinstance(view, Fields):
        pairs = tuple((name, value) for name, value in view.fields(outcome.result).items() if value is not None)
        return FIELDS, pairs
    return (), ()


def _planned(outcome: Outcome) -> _Rows:
    """The phones of a plan, as many as it lists."""
    targets = outcome.plan.get("targets") if outcome.plan is not None else None
    if not isinstance(targets, list) or not targets:
        return (), ()
    rows = [tuple(_cell(each.get(name)) for name in _TARGET) for each in targets if isinstance(each, dict)]
    return tuple(name.replace("_", " ").replace("instance id", "phone") for name in _TARGET), tuple(rows)


def _cell(value: JsonValue) -> Cell:
    return value if isinstance(value, (str, int, float, bool)) else None
