"""What an outcome shows, as text. Everything from phones and from the API is drawn as it stands, never obeyed."""

import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chatops.rendering import FIELDS, Shown
from tools import Cell, clean_text

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_CELL_LIMIT = 4096
_LINE_LIMIT = 2000
_GAP = "  "


def line_of(text: str) -> str:
    """A message on one line, without anything a terminal would obey."""
    return clean_text(text, limit=_LINE_LIMIT, lines=False)


def quotation(text: str) -> str:
    """The API's own words, as a quotation: they are neither ours nor advice."""
    return f'The API says: "{line_of(text)}"'


def cell_of(value: Cell) -> str:
    """A cell's text: no control characters but line breaks and tabs."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clean_text(str(value), limit=_CELL_LIMIT, lines=True).expandtabs(4) or "-"


def draw(shown: Shown) -> str:
    """The text for standard output: fitted and coloured at a terminal, aligned everywhere else."""
    return _fitted(shown) if sys.stdout.isatty() else _aligned(shown)


def _aligned(shown: Shown) -> str:
    lines = [line_of(shown.message)]
    if shown.rows:
        rows = [
            [[name] for name in shown.columns],
            *([cell_of(cell).split("\n") for cell in row] for row in shown.rows),
        ]
        widths = [max(_width(line) for row in rows for line in row[index]) for index in range(len(shown.columns))]
        lines += ["", *(line for row in rows for line in _row(row, widths)), ""]
    lines += [quotation(shown.quote)] if shown.quote else []
    lines += [f"note: {line_of(note)}" for note in shown.notes]
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(cells: list[list[str]], widths: list[int]) -> list[str]:
    """A row with cells of several lines, below each other."""
    height = max(len(cell) for cell in cells)
    padded = [cell + [""] * (height - len(cell)) for cell in cells]
    return [
        _GAP.join(line + " " * (width - _width(line)) for line, width in zip(lines, widths, strict=True)).rstrip()
        for lines in zip(*padded, strict=True)
    ]


def _width(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415  # rich is loaded when there is something to draw

    return cell_len(text)


def _fitted(shown: Shown) -> str:
    # rich is loaded when there is something to draw
    from rich.console import Console  # noqa: PLC0415  # see above
    from rich.text import Text  # noqa: PLC0415  # see above

    size = Console(file=sys.stdout).size
    console = Console(
        file=io.StringIO(),
        force_terminal=True,
        color_system=None if os.environ.get("NO_COLOR") else "auto",
        width=size.width,
        highlight=False,
    )
    console.print(Text(line_of(shown.message), style="bold"))
    if shown.rows:
        console.print()
        for part in _parts(shown, size.width):
            # What is too long for the terminal is left to it: it can be copied as one then.
            console.print(part, soft_wrap=isinstance(part, Text))
        console.print()
    if shown.quote:
        console.print(Text(quotation(shown.quote)))
    for note in shown.notes:
        console.print(Text(f"note: {line_of(note)}", style="yellow"))
    file = console.file
    return file.getvalue() if isinstance(file, io.StringIO) else ""


def _parts(shown: Shown, width: int) -> "Sequence[Table | Text]":
    """The rows as one table, or, where ids would be folded in it, one by one with the names of their columns."""
    from rich.table import Table  # noqa: PLC0415  # rich is loaded when there is something to draw
    from rich.text import Text  # noqa: PLC0415  # see above

    from chatops.surfaces.terminal.fitting import broken, widths_within  # noqa: PLC0415  # it loads rich as well

    rows = [[cell_of(cell) for cell in row] for row in shown.rows]
    fitting = widths_within(shown.columns, rows, width)
    if fitting is None:
        return [Text("\n\n".join("\n".join(_record(shown.columns, row)) for row in rows))]
    widths, gap = fitting
    table = Table(box=None, header_style="bold cyan", pad_edge=False, padding=(0, gap, 0, 0))
    for name, each in zip(shown.columns, widths, strict=True):
        table.add_column(Text(name), overflow="fold", width=each)
    for row, cells in zip(rows, shown.rows, strict=True):
        table.add_row(
            *(
                Text(broken(text, each), style="dim" if cell is None else "")
                for text, each, cell in zip(row, widths, cells, strict=True)
            )
        )
    return [table]


def _record(columns: Sequence[str], row: Sequence[str]) -> list[str]:
    """A row from top to bottom; what has no value is left out."""
    if tuple(columns) == FIELDS:
        return [f"{row[0]}: {row[1]}"]
    return [f"{name}: {text}" for name, text in zip(columns, row, strict=True) if text != "-"]
