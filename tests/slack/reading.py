"""What a reader sees in blocks, and where in them something to press or to fill in is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.slack import JsonObject

_SEEN = ("text", "title", "subtitle", "body", "caption", "label", "hint", "alt_text", "placeholder", "description")
_HIDDEN = frozenset({"value", "action_id", "block_id", "private_metadata", "callback_id", "type", "url", "style"})


def seen_in(value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON of any shape
    """All texts, in the order in which they stand."""
    if isinstance(value, list):
        for entry in value:
            yield from seen_in(entry)
    elif isinstance(value, dict):
        for name, entry in value.items():
            if isinstance(entry, str):
                if name in _SEEN:
                    yield entry
            elif name not in _HIDDEN:
                yield from seen_in(entry)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """An interactive element and the block it stands in."""

    block: JsonObject
    element: JsonObject

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])


def placed_in(blocks: list[JsonObject]) -> Iterator[Placed]:
    """Every element that has an ``action_id``, with its block; blocks within blocks too."""
    for block in blocks:
        inner = [*(block.get("elements") or []), block.get("element"), block.get("accessory"), *_buttons_of(block)]
        for element in inner:
            if isinstance(element, dict) and "action_id" in element:
                yield Placed(block=block, element=element)
        yield from placed_in([child for child in block.get("child_blocks") or block.get("cards") or [] if child])


def _buttons_of(block: JsonObject) -> list[JsonObject]:
    """Cards keep theirs under ``actions``."""
    actions = block.get("actions")
    return list(actions) if isinstance(actions, list) else []


def with_block_ids(blocks: list[JsonObject], prefix: str) -> list[JsonObject]:
    """Blocks as Slack keeps them: one without an id is given one."""
    return [{**block, "block_id": block.get("block_id") or f"{prefix}{n}"} for n, block in enumerate(blocks)]
