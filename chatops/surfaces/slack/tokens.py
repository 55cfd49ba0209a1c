"""What was typed after a slash command, word by word, as Slack and keyboards change it on the way."""

import html
import re
from dataclasses import dataclass
from itertools import pairwise

_QUOTES = {
    '"': '"',
    "'": "'",
    "`": "`",
    "\u201c": '\u201d\u201c"',
    "\u201d": '\u201d\u201c"',
    "\u2018": "\u2019\u2018'",
}
_OPENS_AFTER = "=,"
_ENTITY = re.compile(r"<([@#!]?)([^<>|\s]+)(?:\|([^<>]*))?>")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e"))
_SPACE = re.compile(r"[^\S\n]")
_SCHEME = re.compile(r"^https?://")
_LEADING_DASHES = re.compile(r"[\u2012-\u2015]-?")


@dataclass(frozen=True, kw_only=True)
class Token:
    """A word, where it stands in the cleaned text, and whether any of it was in quotes.

    ``parts`` are what stands between its commas, of those that are outside quotes; none where there is no such comma.
    """

    text: str
    start: int
    end: int
    quoted: bool = False
    parts: "tuple[Token, ...]" = ()


class Unclosed(ValueError):
    """A quote that is opened and never closed; ``start`` is where."""

    def __init__(self, start: int) -> None:
        super().__init__("this quote is never closed")
        self.start = start


def cleaned(text: str) -> str:
    """The text as it was meant: mentions and links as what they stand for, spaces as spaces, nothing unseen."""
    plain = _ENTITY.sub(_meant, text)
    return _SPACE.sub(" ", html_unescaped(plain).translate(_UNSEEN)).replace("\n", " ").strip()


def html_unescaped(text: str) -> str:
    """Slack escapes three characters, and no others."""
    return re.sub(r"&(?:amp|lt|gt);", lambda found: html.unescape(found[0]), text)


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a cleaned text.

    Raises:
        Unclosed: a quote is opened and never closed.

    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        token = _token(text, at)
        found.append(token)
        at = token.end
    return tuple(found)


def _token(text: str, start: int) -> Token:
    written: list[str] = []
    commas: list[tuple[int, int]] = []
    at, quoted = start, False
    while at < len(text) and text[at] != " ":
        opens = at == start or text[at - 1] in _OPENS_AFTER
        closing = _QUOTES.get(text[at]) if opens else None
        if closing is None:
            if text[at] == ",":
                commas.append((sum(map(len, written)), at))
            written.append(text[at])
            at += 1
            continue
        end = next((index for index in range(at + 1, len(text)) if text[index] in closing), None)
        if end is None:
            raise Unclosed(at)
        written.append(text[at + 1 : end])
        at, quoted = end + 1, True
    word = "".join(written)
    parts = _parts(word, start, at, commas, quoted=quoted) if commas else ()
    return Token(text=word if quoted else _dashes(word), start=start, end=at, quoted=quoted, parts=parts)


def _parts(word: str, start: int, end: int, commas: list[tuple[int, int]], *, quoted: bool) -> tuple[Token, ...]:
    """Between the commas: each is known by where it stands in the word, and where it was typed."""
    cuts = [(-1, start - 1), *commas, (len(word), end)]
    pieces = [
        (word[left + 1 : right], typed_left + 1, typed_right)
        for (left, typed_left), (right, typed_right) in pairwise(cuts)
    ]
    return tuple(
        Token(text=piece if quoted else _dashes(piece), start=from_, end=to, quoted=quoted)
        for piece, from_, to in pieces
        if piece
    )


def _dashes(word: str) -> str:
    """Keyboards make one long dash of two short ones."""
    led = _LEADING_DASHES.sub("--", word, count=1) if _LEADING_DASHES.match(word) else word
    return re.sub(r"[\u2010-\u2013]", "-", led)


def _meant(found: "re.Match[str]") -> str:
    kind, what, shown = found[1], found[2], found[3]
    if kind == "!":
        return shown or what
    if shown and _SCHEME.sub("", what).rstrip("/") == shown.rstrip("/"):
        # Slack has made a link of what looks like one, such as the name of a package.
        return shown
    return what.removeprefix("mailto:").removeprefix("tel:")
