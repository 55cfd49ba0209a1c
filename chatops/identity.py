"""The person at the terminal, or behind an assistant that was started from one."""

import os
import pwd
from collections.abc import Iterable

from chatops.errors import ConfigurationError, PersonUnknown
from chatops.principal import Assistant, Principal, Surface
from chatops.roles import Role, permissions_of
from chatops.settings import Settings
from chatops.team import Team


def local_principal(settings: Settings, team: Team, surface: Surface, assistant: Assistant | None = None) -> Principal:
    """Who the team file says the operating system's user is.

    Raises:
        PersonUnknown: nobody.
        ConfigurationError: CHATOPS_AS is set where it is not honoured.

    """
    person = _from_environment(settings, team) if settings.as_ is not None else _from_account(team)
    return with_roles(person, team.people[person].roles, surface, assistant)


def with_roles(person: str, roles: Iterable[Role], surface: Surface, assistant: Assistant | None = None) -> Principal:
    """Somebody at a door, with the permissions of these roles together."""
    held = frozenset(roles)
    return Principal(
        person=person,
        roles=frozenset(str(role) for role in held),
        permissions=frozenset(str(permission) for permission in permissions_of(held)),
        surface=surface,
        assistant=assistant,
    )


def account_name() -> str:
    """The real user's account name; no environment variable can change it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        raise ConfigurationError(
            f"The user id {os.getuid()} has no account name on this machine.",
            next_step="Run as a user with an account.",
        ) from None


def _from_account(team: Team) -> str:
    account = account_name()
    person = team.at_terminal(account)
    if person is None:
        raise PersonUnknown(
            f"The team file names nobody with the account {account}, so you may do nothing.",
            account=account,
            next_step=f"Have this added to a person in the team file: terminal: [{account}]",
        )
    return person


def _from_environment(settings: Settings, team: Team) -> str:
    if team.terminal.trust != "environment":
        raise ConfigurationError(
            "CHATOPS_AS is set, and the team file does not allow the environment to say who you are.",
            next_step="Unset CHATOPS_AS. Only demos and tests set terminal: {trust: environment} in the team file.",
        )
    name = settings.as_ or ""
    if name not in team.people:
        raise PersonUnknown(
            f"CHATOPS_AS names {name}, whom the team file does not know.",
            account=name,
            next_step=f"Known are: {', '.join(sorted(team.people)) or 'nobody'}.",
        )
    return name
