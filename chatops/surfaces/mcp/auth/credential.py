"""What a request was found to carry, and what is to be answered where that is not enough."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

from chatops.identity import with_roles
from chatops.people import HasTeam
from chatops.principal import Assistant, Principal, Surface

READ: Final = "chatops:read"
CHANGE: Final = "chatops:change"
SCOPES: Final = (READ, CHANGE)


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A person of the team file, and what the token they sent is good for. Nothing of the token itself."""

    person: str
    scopes: frozenset[str]
    groups: frozenset[str] = frozenset()

    @property
    def may_read(self) -> bool:
        """Whether it is good for READ actions; whoever may change may look."""
        return bool(self.scopes & set(SCOPES))

    @property
    def may_change(self) -> bool:
        """Whether it is good for everything that the person's roles include."""
        return CHANGE in self.scopes


class Unauthenticated(Exception):
    """There is no token, or not one that is accepted. The message says why, and nothing of the token."""


class UnknownPerson(Exception):
    """The token is good, and the team file names nobody whose it could be."""


class CannotVerify(Exception):
    """The identity provider's keys cannot be had just now."""


carried: ContextVar[Credential] = ContextVar("chatops_credential")
"""The credential of the request that is being answered."""


def principal_by(team: HasTeam) -> Callable[[Assistant], Principal]:
    """Who the request being answered comes from, with the roles that the team file gives them at this moment."""

    def principal_of(assistant: Assistant) -> Principal:
        return principal(team, carried.get(), assistant)

    return principal_of


def principal(team: HasTeam, credential: Credential, assistant: Assistant | None = None) -> Principal:
    """The person of this credential: their own roles, and those of their groups."""
    roles = team.team.roles_of(credential.person, credential.groups)
    return replace(with_roles(credential.person, roles, Surface.MCP, assistant), groups=credential.groups)
