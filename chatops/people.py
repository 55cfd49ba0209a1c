"""People of the team file, looked up at the moment they are needed: who they are now, and who may approve."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from chatops.errors import PermissionMissing
from chatops.operations.records import Operation
from chatops.principal import Assistant, Principal, Surface
from chatops.roles import Role, permissions_of
from chatops.team import Team


class HasTeam(Protocol):
    """Something that knows the team as it is now."""

    @property
    def team(self) -> Team:
        """The team."""


def require_role(principal: Principal, roles: Collection[Role], what: str) -> None:
    """Go on only for somebody with one of these roles.

    Raises:
        PermissionMissing: the person has none of them.

    """
    if not principal.roles & set(roles):
        raise PermissionMissing(
            f"{principal.person} may not {what}.",
            next_step=f"That comes with the role {' or '.join(roles)}; the team file says who has it.",
        )


@dataclass(frozen=True, kw_only=True)
class People:
    """The team, as questions about it. ``slack`` says whether people can be asked there."""

    policy: HasTeam
    slack: bool = False

    @property
    def team(self) -> Team:
        """The team as it is now."""
        return self.policy.team

    def roles_of(self, person: str, groups: Iterable[str] = (), door: Surface | None = None) -> frozenset[Role]:
        """The roles this person has now, in these groups; none for somebody the team file does not name."""
        return self.team.roles_of(person, groups, door)

    def asker_of(self, operation: Operation) -> Principal:
        """The person behind an operation, with the roles they have now."""
        nobody: frozenset[str] = frozenset()
        assistant = Assistant(name=operation.assistant, version="") if operation.assistant else None
        asker = Principal(
            person=operation.person,
            roles=nobody,
            permissions=nobody,
            surface=Surface(operation.door),
            assistant=assistant,
            groups=frozenset(operation.asker_groups),
        )
        return self.as_now(asker)

    def as_now(self, principal: Principal) -> Principal:
        """The same person at the same door, with the roles they have now."""
        roles = self.roles_of(principal.person, principal.groups, principal.surface)
        return replace(
            principal,
            roles=frozenset(str(role) for role in roles),
            permissions=frozenset(str(each) for each in permissions_of(roles)),
        )

    def approvers(self, asker: str, roles: Collection[Role]) -> tuple[str, ...]:
        """Who may approve what this person asks for: others, named under people, who have all of these roles."""
        others = ((name, person) for name, person in self.team.people.items() if name != asker)
        return tuple(sorted(name for name, person in others if set(person.roles) >= set(roles)))

    def reachable(self, asker: str, roles: Collection[Role]) -> tuple[str, ...]:
        """Who of them can say yes through a door that exists: Slack, or a terminal where the team file allows it."""
        return tuple(each for each in self.approvers(asker, roles) if self.doors_of(each))

    def doors_of(self, person: str) -> tuple[Surface, ...]:
        """The doors through which this person of the team file can approve."""
        team, known = self.team, self.team.people[person]
        at_terminal = team.terminal.may_approve and (team.terminal.trust == "environment" or bool(known.terminal))
        doors = ((Surface.SLACK, self.slack and bool(known.slack)), (Surface.TERMINAL, at_terminal))
        return tuple(door for door, is_open in doors if is_open)
