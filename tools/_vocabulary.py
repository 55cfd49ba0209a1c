"""Numbers of the wire as words: each status vocabulary of the API is an enum of its own (conflict 38)."""

import re
from enum import StrEnum
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

_Member = TypeVar("_Member", bound="Coded")
_NUMBER = re.compile(r"-?[0-9]{1,9}")
_TOO_LARGE = 10**9


def _whole(value: object) -> int | None:
    """The number, or None for what is none or would be as long as a page when it is shown."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < _TOO_LARGE else None
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


class Coded(StrEnum):
    """A word and the number the API writes for it.

    A number the reference does not list becomes a member made on the spot, named "unlisted N": it is shown, it equals
    no listed word, and it breaks nothing.
    """

    code: int

    def __new__(cls, word: str, code: int) -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.code = code
        return member

    @classmethod
    def of(cls, code: int) -> Self:
        """The member with this number."""
        for member in cls:
            if member.code == code:
                return member
        unlisted = str.__new__(cls, f"unlisted {code}")
        unlisted._name_ = f"UNLISTED_{code}"
        unlisted._value_ = f"unlisted {code}"
        unlisted.code = code
        return unlisted

    @classmethod
    def read(cls, value: object) -> Self:
        """The member for a word, a number of up to nine digits, or such a number written as text.

        Raises:
            ValueError: it is none of these.

        """
        if isinstance(value, cls):
            return value
        number = _whole(value)
        if number is not None:
            return cls.of(number)
        for member in cls:
            if member.value == value:
                return member
        raise ValueError(f"expected one of: {', '.join(member.value for member in cls)}")

    @property
    def shown(self) -> str:
        """The word with its number, as people read it."""
        return f"{self.value} ({self.code})"

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Self], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.read,
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        words = [str(member.value) for member in cls]
        if handler.mode == "validation":
            return {"type": "string", "enum": words}
        return {"type": "string", "description": f"{', '.join(words)}, or 'unlisted N'"}


def listed(member: _Member) -> _Member:
    """The member, if the reference lists it.

    Raises:
        ValueError: it does not; the message has those it lists.

    """
    if member not in type(member).__members__.values():
        raise ValueError(f"expected one of: {', '.join(each.value for each in type(member))}")
    return member


Chosen = Annotated[_Member, AfterValidator(listed)]
"""A vocabulary as a parameter: listed words only."""
