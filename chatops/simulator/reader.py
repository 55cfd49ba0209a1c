"""Reading a request strictly: types, lengths and ranges as the reference's tables have them.

Everything that does not fit is 400 with 1000. What was sent but never asked for is collected, so that a test can say
that a client sends nothing of its own invention.
"""

import json
from collections.abc import Sequence

from chatops.simulator.errors import ApiError, RefusedError

ID_CHARACTERS = 32
LIST_LENGTH = 100


def wrong(detail: str) -> RefusedError:
    """The refusal of a value of the wrong type or range."""
    return RefusedError(ApiError.PARAMETER_ERROR, detail)


def parse_object(body: bytes) -> dict[str, object]:
    """The JSON object of a body: UTF-8, no duplicate names, no NaN."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise wrong("the body is no JSON") from error
    if not isinstance(value, dict):
        raise wrong("the body is no JSON object")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return result


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON number")


def is_whole(value: object) -> bool:
    """Whether a value is an Integer of the tables: no Boolean, no fraction, no text."""
    return isinstance(value, int) and not isinstance(value, bool)


class Reader:
    """One object of a request; `numbers_as_text` accepts a number where text is due, as printed examples have it."""

    def __init__(self, value: object, path: str = "", *, numbers_as_text: bool = False) -> None:
        if not isinstance(value, dict):
            raise wrong(f"{path or 'body'} must be an object")
        self._value: dict[str, object] = value
        self._path = path
        self._numbers_as_text = numbers_as_text
        self._read: set[str] = set()
        self._children: list[Reader] = []

    def __contains__(self, name: str) -> bool:
        return name in self._value

    def unknown(self) -> list[str]:
        """Where something stands that nobody asked for."""
        own = [self._at(name) for name in self._value if name not in self._read]
        return own + [name for child in self._children for name in child.unknown()]

    def take(self, name: str) -> object:
        """Any value, unchecked."""
        self._read.add(name)
        if name not in self._value:
            raise wrong(f"{self._at(name)} is required")
        return self._value[name]

    def text(self, name: str, most: int, *, least: int = 1) -> str:
        """A String of so many characters."""
        value = self.take(name)
        if self._numbers_as_text and is_whole(value):
            value = str(value)
        return self._checked_text(value, self._at(name), least, most)

    def texts(self, name: str) -> list[str]:
        """An Array of strings that are ids: 1 to 100 of them, with 1 to 32 characters each."""
        where = self._at(name)
        return [
            self._checked_text(value, f"{where}[{index}]", 1, ID_CHARACTERS)
            for index, value in enumerate(self._list(name, LIST_LENGTH))
        ]

    def whole(self, name: str, least: int, most: int) -> int:
        """An Integer in a range."""
        value = self.take(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise wrong(f"{self._at(name)} must be an integer from {least} to {most}")
        return value

    def number(self, name: str) -> float:
        """A Double above 0."""
        value = self.take(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
            raise wrong(f"{self._at(name)} must be a number above 0")
        return value

    def choice(self, name: str, choices: Sequence[str]) -> str:
        """A String out of an enumeration."""
        value = self.take(name)
        if not isinstance(value, str) or value not in choices:
            raise wrong(f"{self._at(name)} must be one of {', '.join(choices)}")
        return value

    def child(self, name: str) -> "Reader":
        """An object inside this one."""
        return self._adopt(self.take(name), self._at(name))

    def children(self, name: str, most: int) -> "list[Reader]":
        """An Array of objects, at least one."""
        where = self._at(name)
        return [self._adopt(value, f"{where}[{index}]") for index, value in enumerate(self._list(name, most))]

    def _list(self, name: str, most: int) -> list[object]:
        value = self.take(name)
        if not isinstance(value, list) or not 1 <= len(value) <= most:
            raise wrong(f"{self._at(name)} must be a list of 1 to {most}")
        return value

    def _adopt(self, value: object, path: str) -> "Reader":
        child = Reader(value, path, numbers_as_text=self._numbers_as_text)
        self._children.append(child)
        return child

    def _checked_text(self, value: object, where: str, least: int, most: int) -> str:
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise wrong(f"{where} must be text of {least} to {most} characters")
        return value

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


class Query:
    """The query of a request, read as strictly; a name that stands twice is refused."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        self._values = dict(pairs)
        self._read: set[str] = set()
        if len(self._values) != len(pairs):
            raise wrong("a query parameter stands twice")

    def unknown(self) -> list[str]:
        """Parameters nobody asked for."""
        return [f"?{name}" for name in self._values if name not in self._read]

    def text(self, name: str) -> str | None:
        """A String; None if it is not there, and never empty."""
        self._read.add(name)
        value = self._values.get(name)
        if value == "":
            raise wrong(f"{name} is empty")
        return value

    def whole(self, name: str) -> int:
        """A required Integer from 1, in plain digits."""
        value = self.text(name) or ""
        if not (value.isascii() and value.isdigit() and len(value) <= 9) or int(value) < 1:
            raise wrong(f"{name} must be an integer from 1")
        return int(value)
