"""A call as a button carries it, to be made again by whoever presses it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Self

from pydantic import JsonValue, TypeAdapter, ValidationError

from chatops.parameters import Kind, parameters_of
from chatops.surfaces.slack import limits
from tools import AnyAction


@dataclass(frozen=True, kw_only=True)
class Carried:
    """An action by its name, and raw arguments without secrets."""

    action: str
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)
    plan_only: bool = False
    share: bool = False

    @property
    def text(self) -> str | None:
        """As the value of a button; None where it is too long for one."""
        written = json.dumps(asdict(self), ensure_ascii=False)
        return written if len(written) <= limits.BUTTON_VALUE else None

    @classmethod
    def read(cls, text: object) -> Self | None:
        """From the value of a button; None where it is not one of ours."""
        try:
            return TypeAdapter(cls).validate_json(text) if isinstance(text, str) else None
        except ValidationError:
            return None


def takes_secret(action: AnyAction) -> bool:
    """Whether its arguments may hold a secret, which no button carries."""
    return any(each.kind is Kind.SECRET for each in parameters_of(action))
