"""What an outcome or a record shows, as a message; what does not fit is said aloud and goes into a file."""

import csv
import io
from dataclasses import dataclass

from chatops.outcome import Outcome, Status
from chatops.rendering import FIELDS, Shown, render
from chatops.surfaces.slack import blocks, limits
from chatops.surfaces.slack.escaping import line, lines
from chatops.surfaces.slack.message import Block, Message
from chatops.surfaces.slack.speaking import spoken
from tools import Cell

_CELL = 300
_TEXT_CELL = 4096
_CELLS_TEXT = 8000
_NOTE, _NOTES = 500, 8
_CUT_NOTICE = 200
_SENDER = 500
"""Left free in the text for what whoever sends it adds: who has asked, and for what."""
_FORMULA = ("=", "+", "-", "@")
MARKS = {
    Status.PLANNED: "📋 Plan",
    Status.APPROVAL_REQUIRED: "⏳ Waiting",
    Status.ACCEPTED: "🔄 Accepted",
    Status.DONE: "✅ Done",
    Status.PARTIAL: "⚠️ Partly done",
    Status.FAILED: "❌ Failed",
    Status.UNKNOWN: "❓ Unknown",
    Status.DECLINED: "🚫 Declined",
    Status.EXPIRED: "⌛ Expired",
    Status.CANCELLED: "🚫 Cancelled",
    Status.REFUSED: "⛔ Refused",
    Status.INVALID: "✏️ Not understood",
}


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A message, and everything as CSV where the message does not hold all of it."""

    message: Message
    file: str | None = None


def drawn_outcome(outcome: Outcome) -> Drawn:
    """The outcome of a call, its status as a picture and a word."""
    return drawn(render(outcome), mark=MARKS[outcome.status], operation=outcome.operation_id)


def drawn(shown: Shown, *, mark: str = "", operation: str | None = None, rest: str = "the file") -> Drawn:
    """What is shown, within the limits of one message; ``rest`` says what has all of it."""
    said = blocks.paragraph(f"{mark}: {shown.message}" if mark else shown.message)
    below = _below(shown, operation)
    rows = [tuple(cell_of(cell) for cell in row) for row in shown.rows]
    room = limits.MESSAGE_TEXT - sum(map(blocks.texts, (said, *below))) - _CUT_NOTICE
    fitting = _fitting(rows, shown.columns, room)
    cut = len(fitting) < len(rows) or any(len(cell_of(cell, _TEXT_CELL)) > _CELL for row in shown.rows for cell in row)
    table = _rows(shown.columns, fitting)
    notice = [blocks.small(_cut_notice(len(fitting), len(rows), rest))] if cut else []
    # Read aloud, what must not be lost comes before the rows.
    text = spoken([said, *below, *notice, *table], limits.FALLBACK - _SENDER)
    return Drawn(message=Message(text=text, blocks=(said, *table, *notice, *below)), file=_csv(shown) if cut else None)


def _below(shown: Shown, operation: str | None) -> list[Block]:
    """What stands below the rows: what the API says, notes, and the operation."""
    made = [blocks.paragraph(f'The API says: "{line(shown.quote, 1000)}"')] if shown.quote else []
    made += [blocks.small(f"Note: {line(note, _NOTE)}") for note in shown.notes[:_NOTES]]
    if len(shown.notes) > _NOTES:
        made.append(blocks.small(f"And {len(shown.notes) - _NOTES} more notes."))
    return made + ([blocks.small(f"Operation {operation}")] if operation else [])


def cell_of(value: Cell, limit: int = _CELL) -> str:
    """A cell's text; what is absent is a dash."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return lines(str(value), limit)


def _rows(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[Block]:
    if not rows:
        return []
    if columns == FIELDS:
        return [blocks.named([(name, blocks.span(value)) for name, value in rows])]
    if len(columns) > limits.TABLE_COLUMNS:
        return [blocks.preformatted("\n".join(" | ".join(row) for row in (columns, *rows)))]
    return [blocks.table([line(each, _CELL) for each in columns], rows)]


def _fitting(rows: list[tuple[str, ...]], columns: tuple[str, ...], room: int) -> list[tuple[str, ...]]:
    """The first rows, as many as one table takes, and the message with it."""
    most = _CELLS_TEXT if columns == FIELDS or len(columns) <= limits.TABLE_COLUMNS else limits.SECTION_TEXT
    most = min(most, room)
    size = sum(map(len, columns)) + 3 * len(columns)
    fitting: list[tuple[str, ...]] = []
    for row in rows[: limits.TABLE_ROWS - 1]:
        size += sum(map(len, row)) + 3 * len(row)
        if size > most:
            break
        fitting.append(row)
    return fitting


def _cut_notice(shown: int, rows: int, rest: str) -> str:
    if shown < rows:
        return f"Cut: {shown} of {rows} rows are shown here; {rest} has all of them."
    return f"Cut: long texts are shortened here; {rest} has more of them."


def _csv(shown: Shown) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(shown.columns)
    writer.writerows([inert(cell) for cell in row] for row in shown.rows)
    return written.getvalue()


def inert(value: Cell) -> str:
    """A spreadsheet must not take what a phone answers for a formula."""
    text = cell_of(value, _TEXT_CELL)
    return f"'{text}" if text.startswith(_FORMULA) and isinstance(value, str) else text
