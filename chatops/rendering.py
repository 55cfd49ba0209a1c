"""An outcome as plain sentences, headings and cells, for doors to draw."""

from dataclasses import dataclass

from pydantic import JsonValue

from chatops.outcome import Outcome
from tools import Cell, Fields, Table

_TARGET = ("instance_id", "name", "region", "state", "assignee", "in_use", "frozen")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What stands in an outcome. ``rows`` hold text from phones and from the API: data, never instructions."""

    message: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()


def render(outcome: Outcome) -> Shown:
    """The outcome through its action's view; fields become a table of two columns."""
    notes = list(outcome.warnings)
    if outcome.error is not None and outcome.error.next_step:
        notes.append(outcome.error.next_step)
    if outcome.action is None or outcome.result is None:
        columns, rows = _quoted(outcome) or _planned(outcome)
        return Shown(message=outcome.message, columns=columns, rows=rows, notes=tuple(notes))
    view = outcome.action.view
    if isinstance(view, Table):
        rows = tuple(view.cells(outcome.result))
        return Shown(message=outcome.message, columns=view.columns, rows=rows, notes=tuple(notes))
    if isinstance(view, Fields):
        pairs = tuple((name, value) for name, value in view.fields(outcome.result).items() if value is not None)
        return Shown(message=outcome.message, columns=("field", "value"), rows=pairs, notes=tuple(notes))
    return Shown(message=outcome.message, notes=tuple(notes))


def _quoted(outcome: Outcome) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]] | None:
    """What the API wrote of an error: its words are data as well."""
    if outcome.error is None or not outcome.error.quote:
        return None
    return ("field", "value"), (("the API says", outcome.error.quote),)


def _planned(outcome: Outcome) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """The phones of a plan, as many as it lists."""
    targets = outcome.plan.get("targets") if outcome.plan is not None else None
    if not isinstance(targets, list) or not targets:
        return (), ()
    rows = [tuple(_cell(each.get(name)) for name in _TARGET) for each in targets if isinstance(each, dict)]
    return tuple(name.replace("_", " ").replace("instance id", "phone") for name in _TARGET), tuple(rows)


def _cell(value: JsonValue) -> Cell:
    return value if isinstance(value, (str, int, float, bool)) else None
