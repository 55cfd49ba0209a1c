"""Whole messages, views and suggestions: their own limits, and what must be unique or only once in them."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.slack import JsonObject
from tests.slack.limits.blocks import IN_HOME, IN_MESSAGE, IN_MODAL
from tests.slack.limits.checks import Findings, anything, boolean, listed, one_of, shaped, string, tagged
from tests.slack.limits.texts import IDENTIFIER, OPTION, OPTION_GROUP, plain

MESSAGE_TEXT = 4000  # more is cut, or refused with msg_too_long
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
VIEW_BYTES = 250_000
MARKDOWN_TOGETHER = 12_000
OPTIONS = 100

_VIEW = {
    "type": anything,
    "private_metadata": string(3000, 0),
    "callback_id": IDENTIFIER,
    "external_id": IDENTIFIER,
}
_MODAL = shaped(
    {"type": anything, "title": plain(24), "blocks": listed(IN_MODAL, VIEW_BLOCKS)},
    {
        **_VIEW,
        "close": plain(24),
        "submit": plain(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
    },
)
_HOME = shaped({"type": one_of("home"), "blocks": listed(IN_HOME, VIEW_BLOCKS)}, _VIEW)
_ANY_VIEW = tagged({"modal": _MODAL, "home": _HOME})


def message_findings(payload: JsonObject) -> list[str]:
    """What Slack would not take of a message, or would show wrongly; a missing fallback text too."""
    return list(_message(payload))


def view_findings(payload: JsonObject) -> list[str]:
    """What Slack would not take of a form or a home tab."""
    return list(_view(payload))


def options_findings(body: JsonObject) -> list[str]:
    """What Slack would not take of suggestions; no options at all are allowed."""
    if "option_groups" in body:
        return list(listed(OPTION_GROUP, OPTIONS, 0)(body["option_groups"], "option_groups"))
    return list(listed(OPTION, OPTIONS, 0)(body.get("options"), "options"))


def _message(payload: JsonObject) -> Findings:
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        yield "text: no fallback text, so notifications and screen readers say nothing"
    elif len(text) > MESSAGE_TEXT:
        yield f"text: {len(text)} characters, at most {MESSAGE_TEXT}"
    blocks = payload.get("blocks") or []
    malformed = list(listed(IN_MESSAGE, MESSAGE_BLOCKS, 0)(blocks, "blocks"))
    yield from malformed
    if malformed:
        return
    yield from _alike(blocks)
    every = list(_every_block(blocks))
    markdown = sum(len(block.get("text") or "") for block in every if block.get("type") == "markdown")
    if markdown > MARKDOWN_TOGETHER:
        yield f"blocks: {markdown} characters in markdown blocks, at most {MARKDOWN_TOGETHER}"
    if sum(block.get("type") == "table" for block in every) > 1:
        yield "blocks: a message holds one table at most"


def _view(payload: JsonObject) -> Findings:
    malformed = list(_ANY_VIEW(payload, "view"))
    yield from malformed
    if malformed:
        return
    blocks = payload.get("blocks") or []
    yield from _alike(blocks)
    if (size := len(json.dumps(payload).encode())) > VIEW_BYTES:
        yield f"view: {size} bytes, at most {VIEW_BYTES}"
    inputs = [block for block in _every_block(blocks) if block.get("type") == "input"]
    if inputs and payload.get("type") == "modal" and "submit" not in payload:
        yield "view: inputs without a submit button"
    if sum(bool(element.get("focus_on_load")) for element in _elements(blocks)) > 1:
        yield "view: only one element can have the focus"


def _alike(blocks: Any) -> Iterator[str]:  # noqa: ANN401  # JSON of any shape
    """Block ids that stand twice, and action ids that stand twice in a block."""
    every = list(_every_block(blocks))
    yield from _twice((block.get("block_id") for block in every), "blocks: two with block_id")
    for block in every:
        own = [element.get("action_id") for element in _own_elements(block)]
        yield from _twice(own, f"block {block.get('block_id', block.get('type'))}: two elements with action_id")


def _twice(names: Any, what: str) -> Iterator[str]:  # noqa: ANN401  # any iterable of names
    counted = Counter(name for name in names if isinstance(name, str))
    yield from (f"{what} {name!r}" for name, count in counted.items() if count > 1)


def _every_block(blocks: Any) -> Iterator[JsonObject]:  # noqa: ANN401  # JSON of any shape
    """Blocks, and those within them."""
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, dict):
            yield block
            yield from _every_block(block.get("child_blocks"))
            if block.get("type") == "carousel":
                yield from _every_block(block.get("elements"))


def _elements(blocks: Any) -> Iterator[JsonObject]:  # noqa: ANN401  # JSON of any shape
    for block in _every_block(blocks):
        yield from _own_elements(block)


def _own_elements(block: JsonObject) -> Iterator[JsonObject]:
    held = [block.get("accessory"), block.get("element"), *_list(block.get("actions"))]
    if block.get("type") != "carousel":
        held += _list(block.get("elements"))
    yield from (element for element in held if isinstance(element, dict))


def _list(value: Any) -> list[Any]:  # noqa: ANN401  # JSON of any shape
    return value if isinstance(value, list) else []
