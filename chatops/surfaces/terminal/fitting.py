"""How wide the columns of a table are, so that ids stay whole and other words break where they have a joint."""

import re
from collections.abc import Sequence

from rich.cells import cell_len

GAP = 2
_NARROW_GAP = 1
_IDS = frozenset({"action", "assignee", "field", "instance_sku_id", "job", "operation", "phone", "word"})
"""Columns of what people copy and type."""
_LONGEST = 20
"""Of what has no joint and is no id, a column keeps this much in one piece."""
_JOINT = re.compile(r"(?<=[-_./|:])(?=\w)")


def widths_within(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> tuple[list[int], int] | None:
    """The widths of these columns and the gap between them; None where ids would have to be folded."""
    both = [[name, *(row[index] for row in rows)] for index, name in enumerate(columns)]
    wanted = [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in both]
    least = [_least(column, is_id=column[0] in _IDS) for column in both]
    for gap in (GAP, _NARROW_GAP):
        left = width - sum(least) - gap * (len(columns) - 1)
        if left >= 0:
            return _shared_out(least, wanted, left), gap
    return None


def broken(text: str, width: int) -> str:
    """The text with line breaks at the joints of words that are wider than this."""
    return "\n".join(" ".join(_parts(word, width) for word in line.split(" ")) for line in text.split("\n"))


def _least(column: Sequence[str], *, is_id: bool) -> int:
    words = [word for cell in column for word in cell.split()]
    if is_id:
        return max(map(cell_len, words), default=1)
    pieces = [piece for word in words for piece in _pieces(word)]
    # A heading is never broken.
    return max(min(max(map(cell_len, pieces), default=1), _LONGEST), *map(cell_len, column[0].split()))


def _pieces(word: str) -> list[str]:
    """What the word may be broken into; a date or a number is one piece."""
    return [word] if word[:1].isdigit() else _JOINT.split(word)


def _shared_out(least: list[int], wanted: list[int], left: int) -> list[int]:
    """What is left goes to those first who need the least to be whole."""
    widths = list(least)
    for index in sorted(range(len(least)), key=lambda each: wanted[each] - least[each]):
        more = min(max(wanted[index] - least[index], 0), left)
        widths[index] += more
        left -= more
    return widths


def _parts(word: str, width: int) -> str:
    if cell_len(word) <= width:
        return word
    lines = [""]
    for piece in _pieces(word):
        if lines[-1] and cell_len(lines[-1] + piece) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines)
