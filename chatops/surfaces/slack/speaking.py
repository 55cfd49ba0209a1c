"""The fallback text of blocks: what they show, in words, for notifications and for screen readers."""

import re
from collections.abc import Iterable, Iterator

from pydantic import JsonValue

from chatops.surfaces.slack import limits
from chatops.surfaces.slack.escaping import entities
from chatops.surfaces.slack.message import Block, Message

_SILENT = frozenset({"actions", "divider", "input"})
_LINES = frozenset({"plain_text", "mrkdwn", "rich_text_section", "rich_text_preformatted"})
_MORE = "… and more in the message itself"
_HALF = re.compile(r"[<&][^<>&;]*$")
"""An entity or a date that a cut would leave half of."""


def message_of(blocks: Iterable[Block]) -> Message:
    """The message of these blocks; its text is what they say, from the top, as far as it fits."""
    kept = tuple(blocks)
    return Message(text=spoken(kept), blocks=kept)


def spoken(blocks: Iterable[Block], limit: int = limits.FALLBACK) -> str:
    """What the blocks say, line by line; that something is left out is said at the end."""
    lines = [line for line in "".join(_words(list(blocks))).split("\n") if line.strip()]
    if sum(len(line) + 1 for line in lines) <= limit:
        return "\n".join(lines) or "-"
    room = limit - len(_MORE) - 1
    kept: list[str] = []
    for line in lines:
        if len(line) > room:
            kept.append(_HALF.sub("", line[: max(room, 0)]))
            break
        kept.append(line)
        room -= len(line) + 1
    return "\n".join([*filter(None, kept), _MORE])


def _words(value: JsonValue) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _words(each)
    elif isinstance(value, dict) and value.get("type") not in _SILENT:
        yield from _said(value)
        yield "\n" if value.get("type") in _LINES else ""


def _said(block: Block) -> Iterator[str]:
    match block.get("type"):
        case "table":
            rows = block.get("rows")
            yield from (f"{' | '.join(_cells(row))}\n" for row in (rows if isinstance(rows, list) else []))
        case "mrkdwn":
            yield str(block.get("text"))
        case "text" | "plain_text" | "raw_text":
            yield entities(str(block.get("text")))
        case "date":
            yield str(block.get("fallback"))
        case "image":
            yield f"{entities(str(block.get('alt_text')))}\n"
        case _:
            yield from (word for name in ("text", "elements") for word in _words(block.get(name)))


def _cells(row: JsonValue) -> list[str]:
    return ["".join(_words(cell)) for cell in row] if isinstance(row, list) else []
