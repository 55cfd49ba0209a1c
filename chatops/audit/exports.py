"""The audit as a file for others to read: JSON Lines, or CSV for a spreadsheet."""

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping
from enum import StrEnum

from pydantic import JsonValue

from chatops.audit.reading import Filter, every
from chatops.store.database import Database

COLUMNS = (
    "seq", "at", "kind", "person", "on_behalf_of", "door", "assistant", "action", "operation", "call", "approver",
    "status", "error", "targets", "rules", "request_ids", "params", "facts", "plan_digest", "text_digest", "details",
    "mac",
)  # fmt: skip  # one a line would be a page
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Style(StrEnum):
    """A kind of file."""

    JSON_LINES = "jsonl"
    CSV = "csv"


async def export(database: Database, wanted: Filter, style: Style) -> AsyncIterator[str]:
    """The events that fit, oldest first, as lines with their ends.

    Raises:
        StoreUnavailable: the audit cannot be read.

    """
    if style is Style.CSV:
        yield _csv_line(COLUMNS)
    async for event in every(database, wanted):
        document = event.document()
        yield _csv_row(document) if style is Style.CSV else json.dumps(document, separators=(",", ":")) + "\n"


def _csv_row(document: Mapping[str, JsonValue]) -> str:
    return _csv_line(tuple(_cell(document.get(name)) for name in COLUMNS))


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    # A spreadsheet would calculate a name that begins like a formula.
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv_line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
