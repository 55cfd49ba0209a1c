"""One rule of the policy, and the consent it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from pydantic import JsonValue

from chatops.errors import ConfigurationError
from chatops.roles import Role


class Obligation(IntEnum):
    """The consent that satisfies a forbid which only asks, in rising order."""

    CONFIRMATION = 1
    TYPED = 2
    APPROVAL = 3


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A permit or a forbid. ``body`` is what the engine reads; ``approvers`` are roles to have besides ``approver``."""

    id: str
    permits: bool
    message: str
    obligation: Obligation | None
    approvers: tuple[Role, ...]
    place: "Place"
    text: str
    body: Mapping[str, JsonValue]

    @property
    def refuses(self) -> bool:
        """Whether no consent satisfies it."""
        return not self.permits and self.obligation is None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a rule stands; ``name`` is its id as far as one can be seen in it."""

    file: Path
    line: int
    name: str

    def error(self, message: str, *, fix: str) -> ConfigurationError:
        """The error for what is wrong with the rule here."""
        named = f"rule {self.name}" if self.name else "a rule without @id"
        return ConfigurationError(f"{self.file}, line {self.line}: {named}: {message}.", next_step=fix)
