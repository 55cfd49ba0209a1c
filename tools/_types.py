"""Field types that several actions share. Limits are those of the API reference, section 4."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from tools._model import Params
from tools._where import Where

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@-]{0,31}")
_REGION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OPAQUE = re.compile(r"[!-~]{1,128}")


def _text_not_number(value: object) -> object:
    """Ids have up to 19 digits and lose some of them as JSON numbers (conflict 11)."""
    if isinstance(value, (int, float)):
        raise ValueError("write the id as text, in quotes: as a number it may lose digits")  # noqa: TRY004  # pydantic turns ValueError into the field's message
    return value


def _id(text: str) -> str:
    if not is_instance_id(text):
        raise ValueError("an id is 1 to 32 letters, digits or _ . : @ - and starts with a letter or a digit")
    return text


def is_instance_id(text: str) -> bool:
    """Whether a call could take this as the id of a phone."""
    return bool(_ID.fullmatch(text))


def _task_id(text: str) -> str:
    if not _OPAQUE.fullmatch(text) or text in {".", ".."} or "/" in text:
        raise ValueError("a task id is 1 to 128 printable characters without spaces and slashes")
    return text


def _region(text: str) -> str:
    if not _REGION.fullmatch(text):
        raise ValueError("a region is letters, digits, - and _, such as cn-north-7")
    return text


def _without_repeats(values: tuple[str, ...]) -> tuple[str, ...]:
    """The reference's own example names one phone twice (conflict 39)."""
    return tuple(dict.fromkeys(values))


_IdText = Annotated[str, StringConstraints(min_length=1, max_length=32), AfterValidator(_id)]

InstanceId = Annotated[_IdText, BeforeValidator(_text_not_number)]
"""The id of one cloud phone, 1 to 32 characters (conflict 67)."""

UserId = Annotated[_IdText, BeforeValidator(_text_not_number)]
"""The id of a user of the tenant, 1 to 32 characters."""

InstanceIds = Annotated[tuple[InstanceId, ...], Field(min_length=1, max_length=500), AfterValidator(_without_repeats)]
"""1 to 500 phones; repeats are dropped. One request takes 100 (``Batch.per_call``): more are cut into several."""

TaskId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128),
    AfterValidator(_task_id),
    BeforeValidator(_text_not_number),
]
"""The id of a task; its form is not documented, so it is opaque (conflict 25)."""

RegionId = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_region)]
"""The id of a region, such as cn-north-7; 1 to 64 characters."""


class Targets(Params):
    """The phones a call names, under one name although the API spells it four ways (conflict 43)."""

    instance_ids: InstanceIds = Field(default=(), description="Phones, 1-500 ids")
    where: Where | None = Field(default=None, description="Or a filter: region=…,state=stopped,name=demo-*")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.instance_ids) is (self.where is not None):
            raise ValueError("name the phones with instance_ids or with where, one of both")
        return self

    def pinned(self, ids: tuple[str, ...]) -> Self:
        """The same, for exactly these phones."""
        return self.model_copy(update={"instance_ids": ids, "where": None})
