"""What the policy asks of the engine that evaluates rules. Everything else here would survive another engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue


@dataclass(frozen=True, kw_only=True)
class Someone:
    """A person as the rules see them: the roles that count, and whether the team file names them."""

    name: str
    roles: frozenset[str]
    named: bool


@dataclass(frozen=True, kw_only=True)
class Request:
    """One question to the rules. ``context`` is in the engine's JSON; ``consenter`` is whoever said yes."""

    person: Someone
    action: str
    context: Mapping[str, JsonValue]
    consenter: Someone | None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What came out: the ids of the rules that decided. With ``problems`` nothing was decided, and nothing goes on."""

    allowed: bool
    rules: tuple[str, ...]
    problems: tuple[str, ...]


class Evaluator(Protocol):
    """Rules, loaded and ready."""

    def evaluate(self, request: Request) -> Verdict:
        """What they say. Never raises for a request that does not fit: that is a problem in the verdict."""
