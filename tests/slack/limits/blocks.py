"""Blocks, and on which surfaces they may stand."""

from collections.abc import Mapping
from typing import Any

from tests.slack.limits.checks import (
    Check,
    Findings,
    anything,
    at_least_one,
    boolean,
    listed,
    one_of,
    shaped,
    string,
    tagged,
    whole,
)
from tests.slack.limits.elements import BUTTONS, IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION
from tests.slack.limits.texts import IDENTIFIER, IMAGE_ELEMENT, IMAGE_FIELDS, RICH_TEXT, URL, either, plain

_TYPED: Mapping[str, Check] = {"type": anything}
_NAMED: Mapping[str, Check] = {"block_id": IDENTIFIER}
ROWS, COLUMNS, CELLS_TOGETHER = 100, 20, 10_000


def _even_rows(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
    """All rows as long as the first, and not more text than a table may hold."""
    rows = value.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return
    if len({len(row) for row in rows}) > 1:
        yield f"{where}: rows of different lengths"
    together = sum(_length(cell) for row in rows for cell in row)
    if together > CELLS_TOGETHER:
        yield f"{where}: {together} characters in all cells, at most {CELLS_TOGETHER}"


def _length(value: Any) -> int:  # noqa: ANN401  # JSON of any shape
    if isinstance(value, list):
        return sum(_length(entry) for entry in value)
    if isinstance(value, dict):
        return sum(
            len(entry) if name == "text" and isinstance(entry, str) else _length(entry) for name, entry in value.items()
        )
    return 0


def _number(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield f"{where}: must be a number"


def _collapse(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        yield f"{where}: default_collapsed without is_collapsible"


_CELL = tagged(
    {
        "raw_text": shaped({**_TYPED, "text": string(CELLS_TOGETHER)}, {}),
        "raw_number": shaped({**_TYPED, "value": _number}, {"text": string(CELLS_TOGETHER)}),
        "rich_text": RICH_TEXT,
    }
)
_ROW = listed(_CELL, COLUMNS)
_COLUMN = shaped({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _column(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
    """Settings of a column, or null to skip it."""
    return iter(()) if value is None else _COLUMN(value, where)


_TASK = shaped(
    {
        **_TYPED,
        "task_id": IDENTIFIER,
        "title": string(3000),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {**_NAMED, "details": RICH_TEXT, "output": RICH_TEXT, "sources": listed(anything, 100)},
)
_CARD = shaped(
    _TYPED,
    {
        **_NAMED,
        "hero_image": IMAGE_ELEMENT,
        "icon": IMAGE_ELEMENT,
        "title": either(150),
        "subtitle": either(150),
        "body": either(200),
        "actions": listed(BUTTONS, 25),
    },
    at_least_one("hero_image", "title", "body", "actions"),
)

EVERYWHERE: Mapping[str, Check] = {
    "actions": shaped({**_TYPED, "elements": listed(IN_ACTIONS, 25)}, _NAMED),
    "context": shaped(
        {
            **_TYPED,
            "elements": listed(
                lambda value, where: (
                    IMAGE_ELEMENT(value, where)
                    if isinstance(value, dict) and value.get("type") == "image"
                    else either(3000)(value, where)
                ),
                10,
            ),
        },
        _NAMED,
    ),
    "divider": shaped(_TYPED, _NAMED),
    "header": shaped({**_TYPED, "text": plain(150)}, _NAMED),
    "image": shaped(
        {**_TYPED, "alt_text": string(2000)},
        {**_NAMED, **IMAGE_FIELDS, "title": plain(2000)},
        at_least_one("image_url", "slack_file"),
    ),
    "input": shaped(
        {**_TYPED, "label": plain(2000), "element": IN_INPUT},
        {**_NAMED, "dispatch_action": boolean, "hint": plain(2000), "optional": boolean},
    ),
    "rich_text": RICH_TEXT,
    "section": shaped(
        _TYPED,
        {
            **_NAMED,
            "text": either(3000),
            "fields": listed(either(2000), 10),
            "accessory": IN_SECTION,
            "expand": boolean,
        },
        at_least_one("text", "fields"),
    ),
    "video": shaped(
        {**_TYPED, "alt_text": string(2000), "title": plain(199), "thumbnail_url": URL, "video_url": URL},
        {
            **_NAMED,
            "author_name": string(49),
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(200),
            "title_url": URL,
        },
    ),
}
_ONLY_MESSAGES: Mapping[str, Check] = {
    "context_actions": shaped({**_TYPED, "elements": listed(IN_CONTEXT_ACTIONS, 5)}, _NAMED),
    "data_table": shaped(
        {**_TYPED, "caption": string(255), "rows": listed(_ROW, ROWS + 1, 2)},
        {**_NAMED, "page_size": whole(1, 100), "row_header_column_index": whole(0, COLUMNS - 1)},
        _even_rows,
    ),
    "file": shaped({**_TYPED, "external_id": string(255), "source": one_of("remote")}, _NAMED),
    "markdown": shaped({**_TYPED, "text": string(12_000)}, _NAMED),
    "plan": shaped({**_TYPED, "title": string(3000)}, {**_NAMED, "tasks": listed(tagged({"task_card": _TASK}), 50)}),
    "table": shaped(
        {**_TYPED, "rows": listed(_ROW, ROWS)}, {**_NAMED, "column_settings": listed(_column, COLUMNS)}, _even_rows
    ),
    "task_card": _TASK,
}
_CAROUSEL = {"carousel": shaped({**_TYPED, "elements": listed(tagged({"card": _CARD}), 10)}, _NAMED)}
_ALERT = {
    "alert": shaped(
        {**_TYPED, "text": either(200)}, {**_NAMED, "level": one_of("default", "info", "warning", "error", "success")}
    )
}
_CONTAINER = {
    "container": shaped(
        {**_TYPED, "child_blocks": listed(tagged({**EVERYWHERE, **_ONLY_MESSAGES, "card": _CARD}), 10)},
        {
            **_NAMED,
            "title": plain(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": either(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": IMAGE_ELEMENT,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        at_least_one("title", "rich_text_title"),
        _collapse,
    )
}

IN_MESSAGE = tagged({**EVERYWHERE, **_ONLY_MESSAGES, **_CAROUSEL, **_CONTAINER, "card": _CARD})
IN_MODAL = tagged({**EVERYWHERE, **_ALERT, "card": _CARD})
IN_HOME = tagged({**EVERYWHERE, **_CAROUSEL, "card": _CARD})
