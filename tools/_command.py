"""Shell commands on phones: what may stand in one, and which do no harm."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from tools._types import Targets

BYTE_LIMIT = 1024
_ALLOWED = re.compile(r"[A-Za-z0-9_./:\- ]*")


def _command(text: str) -> str:
    """The table allows no space, the printed example has some; both are accepted, nothing else is (conflict 1)."""
    if not text.strip():
        raise ValueError("the command is empty")
    if len(text.encode()) > BYTE_LIMIT:
        raise ValueError(f"the command has {len(text.encode())} bytes, at most {BYTE_LIMIT} are possible")
    if refused := sorted(set(_ALLOWED.sub("", text))):
        shown = " ".join(ascii(character) for character in refused[:8])
        raise ValueError(
            f"the API takes only letters, digits, spaces and _ . / : - in a command, not {shown}: "
            "no pipes, quotes, variables or redirections"
        )
    return text


CommandText = Annotated[str, AfterValidator(_command)]


class CommandParams(Targets):
    """A command and the phones it runs on."""

    command: CommandText = Field(
        min_length=1, max_length=BYTE_LIMIT, description="adb shell command; only letters, digits, space and _./:-"
    )


_NAME = re.compile(r"[A-Za-z0-9_.\-]+")
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*")
_SYSTEM_PATH = re.compile(r"/(system|vendor|product|odm|apex)(/[A-Za-z0-9_\-]+(\.[A-Za-z0-9_\-]+)*)*/?")


def _words(*expected: str) -> Callable[[list[str]], bool]:
    return lambda words: words == list(expected)


def _one(pattern: re.Pattern[str], *before: str) -> Callable[[list[str]], bool]:
    def matches(words: list[str]) -> bool:
        return words[:-1] == list(before) and pattern.fullmatch(words[-1]) is not None and words[-1][0] != "-"

    return matches


_HARMLESS: tuple[Callable[[list[str]], bool], ...] = (
    _words("date"),
    _words("df"),
    _words("df", "-h"),
    _words("getprop"),
    _one(_NAME, "getprop"),
    _words("id"),
    _one(_SYSTEM_PATH, "ls"),
    _one(_SYSTEM_PATH, "ls", "-l"),
    _one(_SYSTEM_PATH, "ls", "-a"),
    _one(_SYSTEM_PATH, "ls", "-la"),
    _words("pm", "list", "packages"),
    _words("pm", "list", "packages", "-3"),
    _one(_PACKAGE, "pm", "path"),
    _words("ps"),
    _words("ps", "-A"),
    _words("uname", "-a"),
    _words("uptime"),
    _words("whoami"),
    _words("wm", "density"),
    _words("wm", "size"),
)


def is_harmless(command: str) -> bool:
    """Whether the command is one of a short list that only reads, in exactly a shape that only reads."""
    words = command.split(" ")
    return "" not in words and any(shape(words) for shape in _HARMLESS)
