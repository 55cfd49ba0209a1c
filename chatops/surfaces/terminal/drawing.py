"""What an outcome shows, as text. Everything from phones and from the API is drawn as it stands, never obeyed."""

import io
import os
import sys

from chatops.rendering import Shown
from tools import Cell, clean_text

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
    from rich.table import Table  # noqa: PLC0415  # see above
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
        table = Table(box=None, header_style="bold cyan", pad_edge=False, padding=(0, 2, 0, 0))
        for name in shown.columns:
            table.add_column(Text(name), overflow="fold")
        for row in shown.rows:
            table.add_row(*(Text(cell_of(cell), style="dim" if cell is None else "") for cell in row))
        console.print()
        console.print(table)
        console.print()
    if shown.quote:
        console.print(Text(quotation(shown.quote)))
    for note in shown.notes:
        console.print(Text(f"note: {line_of(note)}", style="yellow"))
    file = console.file
    return file.getvalue() if isinstance(file, io.StringIO) else ""
