"""An outcome as plain sentences, headings and cells, for doors to draw."""

from dataclasses import dataclass

from chatops.outcome import Outcome
from tools import Cell, Fields, Table


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
        return Shown(message=outcome.message, notes=tuple(notes))
    view = outcome.action.view
    if isinstance(view, Table):
        rows = tuple(view.cells(outcome.result))
        return Shown(message=outcome.message, columns=view.columns, rows=rows, notes=tuple(notes))
    if isinstance(view, Fields):
        pairs = tuple((name, value) for name, value in view.fields(outcome.result).items() if value is not None)
        return Shown(message=outcome.message, columns=("field", "value"), rows=pairs, notes=tuple(notes))
    return Shown(message=outcome.message, notes=tuple(notes))
