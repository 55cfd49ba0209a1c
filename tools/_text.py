"""Text that came from a phone or from the API: cleaned once, where it enters."""

import unicodedata
from typing import Annotated

from pydantic import BeforeValidator, JsonValue, WithJsonSchema

from tools._redaction import without_secrets

LINE_LIMIT = 256
BLOCK_LIMIT = 4096
_CUT = "…"
_REMOVED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean_text(text: str, *, limit: int, lines: bool) -> str:
    """The text without control, bidirectional, zero-width and unassigned characters, cut to ``limit`` characters.

    Line breaks and tabs stay when ``lines`` is true and become spaces otherwise, so that a name can never look like
    two lines of output. A cut is shown by a final "…".
    """
    return _cut(_visible(text, limit=limit, lines=lines), text, limit=limit)


def safe_text(text: str, *, limit: int, lines: bool) -> str:
    """The clean text, with "[secret removed]" in the place of whatever looks like a secret: for what others wrote."""
    # Before it is cut, which could leave half a secret that nothing recognises; after what cannot be seen is gone.
    return _cut(without_secrets(_visible(text, limit=limit, lines=lines)), text, limit=limit)


def _visible(text: str, *, limit: int, lines: bool) -> str:
    shown = text[: limit * 4].replace("\r\n", "\n").replace("\r", "\n")
    if shown.isascii() and shown.isprintable():
        return shown  # most texts; to look at each character takes ten times as long
    return "".join(_shown(character, lines=lines) for character in shown)


def _cut(kept: str, text: str, *, limit: int) -> str:
    return kept if len(kept) <= limit and len(text) <= limit * 4 else kept[: limit - 1] + _CUT


def phones(count: int) -> str:
    """The number with its noun: "1 phone", "2 phones"."""
    return f"{count} phone{'' if count == 1 else 's'}"


def _shown(character: str, *, lines: bool) -> str:
    if character in "\n\t":
        return character if lines else " "
    return "" if unicodedata.category(character) in _REMOVED_CATEGORIES else character


def _scalar_text(value: object) -> object:
    """Numbers and booleans as text: the reference prints the same field as a number and as a string (conflict 63)."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value


def _line(value: object) -> object:
    value = _scalar_text(value)
    return safe_text(value, limit=LINE_LIMIT, lines=False) if isinstance(value, str) else value


def _id(value: object) -> object:
    """An id is handed back to the API: a part of it that looks like a key must not be taken out.

    It stands in our own sentences, so it is one word whatever it says: no call takes one with a space.
    """
    value = _scalar_text(value)
    return "_".join(clean_text(value, limit=LINE_LIMIT, lines=False).split()) if isinstance(value, str) else value


def _block(value: object) -> object:
    value = _scalar_text(value)
    return safe_text(value, limit=BLOCK_LIMIT, lines=True) if isinstance(value, str) else value


def _document(value: JsonValue) -> JsonValue:
    """Every text in it as a block, names of keys as a line."""
    if isinstance(value, dict):
        return {safe_text(key, limit=LINE_LIMIT, lines=False): _document(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_document(each) for each in value]
    return safe_text(value, limit=BLOCK_LIMIT, lines=True) if isinstance(value, str) else value


def _absent(value: object) -> object:
    """None for what the API writes when it has nothing to say: an empty text or the word "null" (conflict 64)."""
    return None if value in ("", "null") else value


ReportedLine = Annotated[str, BeforeValidator(_line), WithJsonSchema({"type": "string", "x-untrusted": True})]
"""One line of untrusted text, at most 256 characters."""

ReportedId = Annotated[str, BeforeValidator(_id), WithJsonSchema({"type": "string"})]
"""An id in an answer: cleaned like any text, and not presented as something to read."""

ReportedBlock = Annotated[str, BeforeValidator(_block), WithJsonSchema({"type": "string", "x-untrusted": True})]
"""Several lines of untrusted text, at most 4,096 characters."""

MaybeLine = Annotated[ReportedLine | None, BeforeValidator(_absent)]
"""One line of untrusted text, or None where the API has nothing to say."""

MaybeId = Annotated[ReportedId | None, BeforeValidator(_absent)]
"""An id in an answer, or None where the API has nothing to say."""

MaybeBlock = Annotated[ReportedBlock | None, BeforeValidator(_absent)]
"""Several lines of untrusted text, or None where the API has nothing to say."""

ReportedDocument = Annotated[
    dict[str, JsonValue], BeforeValidator(_document), WithJsonSchema({"type": "object", "x-untrusted": True})
]
"""An answer that was kept, with untrusted text in it: each text is cleaned, however deep it stands."""
