"""What an action can do at worst, and which permission it takes."""

import re
from enum import IntEnum
from typing import Self

_PERMISSION = re.compile(r"[a-z]+:[a-z]+")


class Risk(IntEnum):
    """The worst an action can do, in rising order."""

    READ = 0
    CHANGE = 1
    """Can be set back."""
    DISRUPTIVE = 2
    """Interrupts whoever uses the phone."""
    DESTRUCTIVE = 3
    """Loses data or money, or runs somebody's code."""


class Permission(str):
    """A right, written ``noun:verb``, that a role grants and an action needs.

    Raises:
        ValueError: it is not of that form.

    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        if not _PERMISSION.fullmatch(text):
            raise ValueError(f"a permission is written noun:verb in lower-case letters, not {text!r}")
        return super().__new__(cls, text)
