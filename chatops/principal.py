"""Who asks, through which door, and on whose behalf."""

from dataclasses import dataclass
from enum import StrEnum


class Surface(StrEnum):
    """A door."""

    MCP = "mcp"
    SLACK = "slack"
    TERMINAL = "terminal"


@dataclass(frozen=True, kw_only=True)
class Assistant:
    """What an assistant says of itself: a claim for the audit, never an identity."""

    name: str
    version: str


@dataclass(frozen=True, kw_only=True)
class Principal:
    """An authenticated person at a door. ``permissions`` are those of all their roles together.

    ``groups`` are those of an identity provider, or of Slack, some of which may have brought a role.
    """

    person: str
    roles: frozenset[str]
    permissions: frozenset[str]
    surface: Surface
    assistant: Assistant | None = None
    groups: frozenset[str] = frozenset()
