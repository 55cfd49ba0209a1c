"""What in a payload would call people or lead away: checks of texts that Slack interprets."""

import re
from collections.abc import Iterator
from typing import Any

from tests.slack import JsonObject

_BROADCAST = re.compile(r"<!(?:channel|here|everyone|group)\b[^>]*>", re.IGNORECASE)
_MENTION = re.compile(r"<(?:@([UW][A-Z0-9]+)|!subteam\^(S[A-Z0-9]+))(?:\|[^>]*)?>")
_LINK = re.compile(r"<((?:https?|mailto|tel|slack|ftp):[^|>]*)(?:\|[^>]*)?>", re.IGNORECASE)


def broadcasts(payload: JsonObject) -> list[str]:
    """Calls to everybody; also ``link_names`` and ``parse``, with which plain words become calls."""
    found = [match.group() for text in _interpreted(payload) for match in _BROADCAST.finditer(text)]
    found += [f"broadcast {part['range']}" for part in _parts(payload, "broadcast")]
    loose = payload.get("parse") == "full" or payload.get("link_names") not in (None, False, 0, "0", "false")
    return [*found, *(["link_names or parse=full makes @channel a call"] if loose else [])]


def mentions(payload: JsonObject) -> list[str]:
    """Ids of people and user groups that would be called."""
    called = [match[1] or match[2] for text in _interpreted(payload) for match in _MENTION.finditer(text)]
    people = [str(part.get("user_id")) for part in _parts(payload, "user")]
    return [*called, *people, *(str(part.get("usergroup_id")) for part in _parts(payload, "usergroup"))]


def links(payload: JsonObject) -> list[str]:
    """Addresses a reader could follow, from texts, rich text and buttons."""
    found = [match[1] for text in _interpreted(payload) for match in _LINK.finditer(text)]
    return [
        *found,
        *(str(part.get("url")) for part in (*_parts(payload, "link"), *_parts(payload, "button")) if part.get("url")),
    ]


def _interpreted(value: Any) -> Iterator[str]:  # noqa: ANN401  # JSON of any shape
    """Texts in which Slack looks for markup: the fallback text, ``mrkdwn`` and ``markdown``."""
    if isinstance(value, list):
        for entry in value:
            yield from _interpreted(entry)
    elif isinstance(value, dict):
        text = value.get("text")
        if isinstance(text, str) and value.get("type") in (None, "mrkdwn", "markdown", "modal", "message"):
            yield text
        for entry in value.values():
            if isinstance(entry, dict | list):
                yield from _interpreted(entry)


def _parts(value: Any, kind: str) -> Iterator[JsonObject]:  # noqa: ANN401  # JSON of any shape
    """Objects of a type, wherever they stand."""
    if isinstance(value, list):
        for entry in value:
            yield from _parts(entry, kind)
    elif isinstance(value, dict):
        if value.get("type") == kind:
            yield value
        for entry in value.values():
            if isinstance(entry, dict | list):
                yield from _parts(entry, kind)
