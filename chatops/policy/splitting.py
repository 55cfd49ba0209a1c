"""A policy text cut into its rules: the parser says neither line nor rule, so each is parsed for itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A string, a comment, or the end of a rule. Nothing else in the language holds a semicolon.
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|;', re.DOTALL)
_LEADING = re.compile(r"(?:\s|//[^\n]*(?:\n|$))*")
_ID = re.compile(r'@id\(\s*"([^"\\]*)"')


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The text of one rule without what stands before it, the line on which it begins, and the id it claims."""

    text: str
    line: int
    name: str


def pieces(text: str) -> Iterator[Piece]:
    """The rules of a text, in order; an unfinished last one is one as well, so that the parser refuses it."""
    start = 0
    for token in _TOKEN.finditer(text):
        if token.group() == ";":
            yield from _piece(text, start, token.end())
            start = token.end()
    yield from _piece(text, start, len(text))


def _piece(text: str, start: int, end: int) -> Iterator[Piece]:
    leading = _LEADING.match(text, start, end)
    begin = leading.end() if leading else start
    if begin < end:
        body = text[begin:end]
        name = _ID.search(body)
        yield Piece(text=body, line=text.count("\n", 0, begin) + 1, name=name[1] if name else "")
