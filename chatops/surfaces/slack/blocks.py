"""Blocks of Block Kit, each within its limits. Text that is given here is untrusted unless a name says ``markup``."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from chatops.surfaces.slack import limits
from chatops.surfaces.slack.escaping import line, lines
from chatops.surfaces.slack.message import Block

Span = dict[str, JsonValue]
"""A piece of a rich text: Slack reads no markup in it."""


def plain(text: str, limit: int) -> Block:
    """A text object on one line."""
    return {"type": "plain_text", "text": line(text, limit), "emoji": False}


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text, limits.HEADER_TEXT)}


def paragraph(text: str) -> Block:
    """Some lines of text."""
    shown: Block = {"type": "plain_text", "text": lines(text, limits.SECTION_TEXT), "emoji": False}
    return {"type": "section", "text": shown}


def markup(text: str) -> Block:
    """A small line of our own words, in which dates and mentions are read; whoever calls it has escaped the rest."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def small(text: str) -> Block:
    """A small line of text."""
    return {"type": "context", "elements": [plain(text, limits.FIELD_TEXT)]}


def span(text: str, *, bold: bool = False) -> Span:
    """A piece of text."""
    shown: Span = {"type": "text", "text": lines(text, limits.SECTION_TEXT)}
    return {**shown, "style": {"bold": True}} if bold else shown


def moment(seconds: float) -> Span:
    """A moment in the zone of whoever reads it."""
    fallback = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    pattern = "{date_short_pretty} {time}"
    return {"type": "date", "timestamp": int(seconds), "format": pattern, "fallback": fallback}


def named(pairs: Sequence[tuple[str, Span]]) -> Block:
    """Names and values, one a line."""
    spans: list[JsonValue] = []
    for name, value in pairs:
        spans += [{"type": "text", "text": f"{line(name, limits.OPTION_TEXT)}: ", "style": {"bold": True}}, value]
        spans.append({"type": "text", "text": "\n"})
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": spans[:-1]}]}


def preformatted(text: str) -> Block:
    """Text as it stands, in letters of one width."""
    shown: Block = {"type": "text", "text": lines(text, limits.SECTION_TEXT)}
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [shown]}]}


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """A table whose first row is its headings; it has been seen to that it fits."""
    made: list[JsonValue] = [[{"type": "raw_text", "text": cell or "-"} for cell in row] for row in (columns, *rows)]
    return {"type": "table", "rows": made}


def divider() -> Block:
    """A line between two things."""
    return {"type": "divider"}


def button(text: str, action_id: str, value: str, *, style: str | None = None) -> Block:
    """A button."""
    made: Block = {
        "type": "button",
        "text": plain(text, limits.BUTTON_TEXT),
        "action_id": action_id,
        "value": value,
    }
    return {**made, "style": style} if style else made


def actions(block_id: str, *elements: Block) -> Block:
    """A row of buttons."""
    return {"type": "actions", "block_id": block_id[: limits.IDENTIFIER], "elements": [*elements]}


def option(text: str, value: str) -> Block:
    """Something to choose."""
    return {"text": plain(text, limits.OPTION_TEXT), "value": value}


def entry(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    """A field of a form."""
    made: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, limits.INPUT_LABEL),
        "element": element,
        "optional": optional,
    }
    return {**made, "hint": plain(hint, limits.INPUT_HINT)} if hint else made


def text_input(action_id: str, *, initial: str = "", multiline: bool = False, most: int = limits.INPUT_TEXT) -> Block:
    """A field to type into. What does not fit is not put in, as half of it would be something else."""
    made: Block = {"type": "plain_text_input", "action_id": action_id, "multiline": multiline, "max_length": most}
    return {**made, "initial_value": initial} if 0 < len(initial) <= most else made


def modal(callback_id: str, title: str, blocks: Sequence[Block], *, submit: str | None, metadata: str = "") -> Block:
    """A form, or a view to read where there is nothing to submit."""
    made: dict[str, JsonValue] = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, limits.VIEW_TITLE),
        "close": plain("Close", limits.VIEW_TITLE),
        "blocks": [*blocks[: limits.VIEW_BLOCKS]],
        "private_metadata": metadata,
    }
    return {**made, "submit": plain(submit, limits.VIEW_TITLE)} if submit else made


def texts(block: Mapping[str, JsonValue]) -> int:
    """How many characters of text stand in a block."""
    return sum(_texts(each) for each in block.values())


def _texts(value: JsonValue) -> int:
    if isinstance(value, dict):
        return texts(value)
    if isinstance(value, list):
        return sum(_texts(each) for each in value)
    return len(value) if isinstance(value, str) else 0
