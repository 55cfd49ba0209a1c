"""Shell commands on phones: what may stand in one, and which do no harm."""

import re
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from tools._change import Eased, Planned
from tools._endpoint import Batch, Endpoint
from tools._harmless import HARMLESS, KINDS
from tools._model import Result
from tools._risk import Risk
from tools._text import phones
from tools._types import Targets

R = TypeVar("R", bound=Result)

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


# One expression a shape. A kind stands for one word, because none of them matches a space.
_SHAPES = tuple(
    re.compile(" ".join(f"(?:{KINDS[word]})" if word in KINDS else re.escape(word) for word in shape.split(" ")))
    for shape in HARMLESS
)


def is_harmless(command: str) -> bool:
    """Whether the command is one of a short list that only reads, in exactly a shape that only reads."""
    return any(shape.fullmatch(command) for shape in _SHAPES)


UNDO = "Nothing takes back what a command has done."
EASED = Eased[CommandParams](to=Risk.CHANGE, when=lambda params: is_harmless(params.command))


def command_endpoint(call: str) -> Endpoint[CommandParams, R]:
    """The call by which a command gets to phones; whether it waits for them is the only difference between the two."""
    return Endpoint(method="POST", path=f"/v1/instances/{call}", batch=Batch(per_call=100, one_region=True))


def confirm_command(params: CommandParams, plan: Planned) -> str:
    """The question before a command runs."""
    return f"Run {params.command!r} on {phones(plan.count)}?"
