"""What a runbook asks for before it begins, and which values it takes."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError

from tools import InstanceId, RegionId, TaskId, UserId

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\n]+$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]

Kind = Literal["instance_id", "region", "package", "user_id", "task_id", "number", "text"]


def _package(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)+", text):
        raise ValueError("a package is letters, digits and _ with dots between them, such as com.tencent.mm")
    return text


def _task_id(text: str) -> str:
    """Opaque, as TaskId says; but it stands in the steps, where nothing may look like Markdown."""
    if not re.fullmatch(r"[A-Za-z0-9_.:@=+~-]+", text):
        raise ValueError("a task id in a runbook is letters, digits and _ . : @ = + ~ -")
    return text


def _number(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise ValueError("a number has one to six digits and is not zero")
    return text


_Package = Annotated[str, StringConstraints(max_length=100), AfterValidator(_package)]
_TaskId = Annotated[TaskId, AfterValidator(_task_id)]
_Number = Annotated[str, AfterValidator(_number)]
_Text = Annotated[str, StringConstraints(max_length=500)]
_KINDS: Mapping[Kind, TypeAdapter[Any]] = {
    "instance_id": TypeAdapter(InstanceId),
    "region": TypeAdapter(RegionId),
    "package": TypeAdapter(_Package),
    "user_id": TypeAdapter(UserId),
    "task_id": TypeAdapter(_TaskId),
    "number": TypeAdapter(_Number),
    "text": TypeAdapter(_Text),
}


class Argument(BaseModel):
    """Something that is asked for. ``example`` is shown to people, and tests use it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: Word
    kind: Kind
    description: Sentence
    example: Sentence
    required: bool = False

    def problem_of(self, text: str) -> str | None:
        """Why this text is no value of it; None where it is one."""
        try:
            _KINDS[self.kind].validate_python(text)
        except ValidationError as error:
            message = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
            return message[:1].lower() + message[1:]
        return None
