"""A line that is repeated to whoever typed it, without what may be a secret: each letter of it becomes a dot."""

import re
from collections.abc import Collection

from tools import clean_text, safe_text

_DOT = "\u2022"
_QUOTED = "\"[^\"]*\"?|'[^']*'?|`[^`]*`?|[\u201c\u201d][^\u201c\u201d\"]*.?|[\u2018\u2019][^\u2018\u2019']*.?"
_VALUE = rf"(?P<value>{_QUOTED}|\S+)"
_FLAG = r"(?:--|[\u2012-\u2015]-?)"
_ALWAYS = ("token", "secret", "password", "passwd", "pwd", "signature", "sig", "credential", "credentials", "key", "sk")
_ADDRESS = re.compile(r"(?<=://)(?P<value>\S+)")
_WORD = re.compile(r"(?P<value>\S+)")


def hidden(line: str, secrets: Collection[str]) -> str:
    """The line, as long as it was; ``secrets`` are names of what is secret. Of an address only its scheme stays."""
    names = "|".join(re.escape(each).replace("_", "[_-]") for each in {*secrets, *_ALWAYS})
    for pattern in (
        re.compile(rf"(?<!\w){_FLAG}?(?:\w+[_-])?(?:{names})\s*=\s*{_VALUE}", re.IGNORECASE),
        re.compile(rf"(?<!\w){_FLAG}(?:{names})\s+{_VALUE}", re.IGNORECASE),
        _ADDRESS,
    ):
        line = pattern.sub(_dotted, line)
    return _WORD.sub(lambda found: _dotted(found) if _looks_secret(found[0]) else found[0], line)


def _dotted(found: "re.Match[str]") -> str:
    whole, value = found[0], found["value"]
    begin = found.start("value") - found.start()
    return f"{whole[:begin]}{_DOT * len(value)}{whole[begin + len(value) :]}"


def _looks_secret(word: str) -> bool:
    return safe_text(word, limit=len(word), lines=False) != clean_text(word, limit=len(word), lines=False)
