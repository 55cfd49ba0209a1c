"""Which phones, said in one short text: ``region=cn-north-7,state=stopped,name=demo-*``; commas mean "and"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from tools._instance import Instance
from tools._states import CopyState, FrozenState, RunState
from tools._vocabulary import listed

_LIMIT = 500
_NOBODY = "none"
_QUOTES = "\"'\u201c\u201d\u2018\u2019"  # straight ones, and those that phones and chats make of them
_Test = Callable[[Instance], bool]


@dataclass(frozen=True)
class Where:
    """A filter over phones, as it was written and as it is applied."""

    text: str
    tests: tuple[_Test, ...] = field(compare=False, repr=False)

    def matches(self, phone: Instance) -> bool:
        """Whether the phone is meant."""
        return all(test(phone) for test in self.tests)

    @classmethod
    def parse(cls, value: object) -> Self:
        """The filter that this text writes.

        Raises:
            ValueError: it is empty, names something unknown, or names something twice.

        """
        if isinstance(value, cls):
            return value
        if not isinstance(value, str) or not value.strip() or len(value) > _LIMIT:
            raise ValueError(f"write a filter of up to {_LIMIT} characters, such as region=cn-north-7,state=stopped")
        said: dict[str, str] = {}
        for part in value.split(","):
            key, sign, wanted = (each.strip() for each in part.partition("="))
            wanted = wanted.strip(_QUOTES).strip()
            if key not in KEYS:
                raise ValueError(f"a filter knows {', '.join(KEYS)}, not {key!a}")
            if not sign or not wanted or not wanted.isprintable():
                raise ValueError(f"say what {key} should be: {key}=…")
            if key in said:
                raise ValueError(f"{key} stands there twice")
            said[key] = wanted
        tests = tuple(KEYS[key](wanted) for key, wanted in said.items())
        return cls(text=",".join(f"{key}={wanted}" for key, wanted in said.items()), tests=tests)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Self], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls.parse,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda where: where.text, return_schema=core_schema.str_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string"}


def is_named(phone: Instance, pattern: str) -> bool:
    """Whether the phone's name fits. Only * stands for anything: ? and [ are letters of a name like any other."""
    return fnmatchcase(phone.instance_name or "", pattern.replace("[", "[[]").replace("?", "[?]"))


def _region(wanted: str) -> _Test:
    return lambda phone: phone.region == wanted


def _name(wanted: str) -> _Test:
    return lambda phone: is_named(phone, wanted)


def _assignee(wanted: str) -> _Test:
    return lambda phone: (phone.assign_user or _NOBODY) == wanted


def _state(wanted: str) -> _Test:
    state = listed(RunState.read(wanted))
    return lambda phone: phone.running_status is state


def _backup(wanted: str) -> _Test:
    state = listed(CopyState.read(wanted))
    return lambda phone: phone.backup_status is state


def _frozen(wanted: str) -> _Test:
    yes = _yes(wanted)
    return lambda phone: (phone.frozen_status is FrozenState.FROZEN) is yes


def _in_use(wanted: str) -> _Test:
    yes = _yes(wanted)
    return lambda phone: phone.in_use is yes


def _yes(wanted: str) -> bool:
    if wanted not in {"yes", "no"}:
        raise ValueError("say yes or no")
    return wanted == "yes"


KEYS: Mapping[str, Callable[[str], _Test]] = {
    "region": _region,
    "state": _state,
    "name": _name,
    "assignee": _assignee,
    "frozen": _frozen,
    "in_use": _in_use,
    "backup": _backup,
}
