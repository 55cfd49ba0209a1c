"""Whether the fallback text of a message says what its blocks say."""

import re
from collections.abc import Iterator
from typing import Any

from tests.slack import JsonObject

_MARKUP = re.compile(r"<!date\^[^>]*>|<[^>|]*\|?|>|:[a-z0-9_+-]+:|&(?:amp|lt|gt);")
_BETWEEN_WORDS = re.compile(r"\W+")
_SAID = ("text", "title", "subtitle", "body", "caption", "fields")
_PRESSED = frozenset({"actions", "context_actions", "input", "divider"})


def unsaid(payload: JsonObject) -> list[str]:
    """Words of the blocks that the fallback text lacks, buttons and inputs aside; markup and dates do not count."""
    said = set(_words(str(payload.get("text") or "")))
    missing: dict[str, None] = {}
    for text in _texts(payload.get("blocks") or []):
        missing.update(dict.fromkeys(word for word in _words(text) if word not in said))
    return list(missing)


def _words(text: str) -> list[str]:
    return _BETWEEN_WORDS.sub(" ", _MARKUP.sub(" ", text)).casefold().split()


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON of any shape
    if isinstance(value, list):
        for entry in value:
            yield from _texts(entry)
    elif isinstance(value, dict) and value.get("type") not in _PRESSED | {"button", "image"}:
        for name, entry in value.items():
            if isinstance(entry, str):
                if name in _SAID:
                    yield entry
            elif name not in ("accessory", "confirm"):
                yield from _texts(entry)
