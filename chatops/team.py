"""The team file: people, who they are at each door, their roles and limits. Who is not in it may do nothing."""

import re
import shlex
import stat
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from chatops.errors import ConfigurationError
from chatops.personal_tokens import PersonalToken
from chatops.positions import Document, read_document
from chatops.principal import Surface
from chatops.roles import Role

_FILE_LIMIT = 1024 * 1024
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_IDENTITY = re.compile(r"\S{1,512}")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError("a name is 1 to 64 letters, digits, _ . or -, and begins with a letter")
    return text


def _identity(text: str) -> str:
    if not _IDENTITY.fullmatch(text):
        raise ValueError("an identity is 1 to 512 characters without spaces")
    return text


_Name = Annotated[str, AfterValidator(_name)]
_Identity = Annotated[str, AfterValidator(_identity)]
_GroupRole = Literal["viewer", "operator"]
_Share = Annotated[float, Field(gt=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Person(_Part):
    """One person: their roles, and who they are at each door."""

    roles: tuple[Role, ...] = ()
    terminal: tuple[_Identity, ...] = Field(default=(), description="Account names on this machine")
    slack: tuple[_Identity, ...] = Field(default=(), description="Team and user id, T01:U0ALICE")
    oidc: tuple[_Identity, ...] = Field(default=(), description="Issuer and subject, https://id.example.com|sub")
    tokens: tuple[PersonalToken, ...] = Field(default=(), description="Personal tokens; see chatops token new")


class Terminal(_Part):
    """How the person at a terminal is recognised. ``environment`` believes CHATOPS_AS: demos and tests only."""

    trust: Literal["os-user", "environment"] = "os-user"
    may_approve: bool = False


class Limits(_Part):
    """How much one call may touch."""

    small: Annotated[int, Field(ge=1, le=100)] = 5
    max_targets: Annotated[int, Field(ge=1, le=100_000)] = 500
    max_fleet_share: _Share = 0.2
    instances_per_order: Annotated[int, Field(ge=1, le=1500)] = 20
    orders_per_day: Annotated[int, Field(ge=0, le=1000)] = 5


_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> object:
    """30s, 30m, 2h or 1d."""
    if isinstance(value, str) and value[:-1].isascii() and value[:-1].isdigit() and value[-1] in _UNITS:
        return timedelta(**{_UNITS[value[-1]]: int(value[:-1][:6])})
    raise ValueError("write a duration as 30s, 30m, 2h or 1d")


class Approvals(_Part):
    """How an approval is asked for."""

    expire_after: Annotated[timedelta, BeforeValidator(_duration)] = timedelta(minutes=30)
    channel: _Identity | None = None
    self_approval: Literal[False] = False


class Window(_Part):
    """A time in which nothing is changed."""

    from_: AwareDatetime = Field(alias="from")
    until: AwareDatetime
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]

    def holds(self, moment: datetime) -> bool:
        """Whether the moment lies in it."""
        return self.from_ <= moment < self.until


class Team(_Part):
    """Everything the team file says."""

    people: dict[_Name, Person] = Field(default_factory=dict)
    slack_usergroups: dict[_Identity, tuple[_GroupRole, ...]] = Field(default_factory=dict)
    oidc_groups: dict[_Identity, tuple[_GroupRole, ...]] = Field(default_factory=dict)
    terminal: Terminal = Terminal()
    limits: Limits = Limits()
    approvals: Approvals = Approvals()
    freeze: tuple[Window, ...] = ()

    def at_terminal(self, account: str) -> str | None:
        """The person behind an account of this machine, or None."""
        return next((name for name, person in self.people.items() if account in person.terminal), None)

    def at_slack(self, identity: str) -> str | None:
        """The person behind a workspace and a user of it, or None."""
        return next((name for name, person in self.people.items() if identity in person.slack), None)

    def roles_of(self, person: str, groups: Iterable[str] = (), door: Surface | None = None) -> frozenset[Role]:
        """A person's own roles and those that these groups bring; none for somebody who is not named.

        Groups are those of whoever knows people at that door: Slack, or else an identity provider.
        """
        known = self.people.get(person)
        if known is None:
            return frozenset()
        granting = self.slack_usergroups if door is Surface.SLACK else self.oidc_groups
        return frozenset(known.roles).union(*(granting.get(group, ()) for group in groups))

    def at_issuer(self, identity: str) -> str | None:
        """The person behind an issuer and a subject, or None."""
        return next((name for name, person in self.people.items() if identity in person.oidc), None)

    def tokens(self) -> Iterator[tuple[str, PersonalToken]]:
        """Every personal token, and whose it is."""
        return ((name, token) for name, person in self.people.items() for token in person.tokens)


def load_team(file: Path) -> Team:
    """The team that this file describes.

    Raises:
        ConfigurationError: there is none, or it cannot be used; the message names file and line. One that others
            than its owner may write, or put another in the place of, is not used.

    """
    try:
        _check_guarded(file)
        with file.open("rb") as stream:
            text = stream.read(_FILE_LIMIT + 1)
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no team file at {file}, so nobody may do anything.",
            next_step="Make one with: chatops init",
        ) from None
    except OSError as error:
        raise ConfigurationError(f"The team file {file} cannot be read: {error.strerror}.") from error
    if len(text) > _FILE_LIMIT:
        raise ConfigurationError(f"The team file {file} is larger than {_FILE_LIMIT} bytes.")
    document = read_document(file, text)
    try:
        team = Team.model_validate(document.content)
    except ValidationError as error:
        raise document.invalid(error) from None
    _check_identities(document, team)
    _check_tokens(document, team)
    return team


def _check_guarded(file: Path) -> None:
    """Whoever may write the team file is whoever they say they are in it."""
    found = file.stat()
    if not stat.S_ISREG(found.st_mode):
        # A device or a pipe may never end, or never begin.
        raise ConfigurationError(f"The team file {file} is no file.", next_step="Name a file: CHATOPS_TEAM_FILE")
    if found.st_mode & _WRITABLE_BY_OTHERS:
        raise ConfigurationError(
            f"{_writers(found.st_mode)} may write the team file {file}.",
            next_step=f"chmod go-w {shlex.quote(str(file))}",
        )
    check_folder(file)


def check_folder(file: Path) -> None:
    """Whoever may put another team file in the place of this one has written it.

    Raises:
        ConfigurationError: others than its owner may.

    """
    folder = file.resolve().parent
    mode = folder.stat().st_mode
    if mode & _WRITABLE_BY_OTHERS and not mode & stat.S_ISVTX:
        raise ConfigurationError(
            f"{_writers(mode)} may put another team file in the place of {file}.",
            next_step=f"chmod go-w {shlex.quote(str(folder))}",
        )


def _writers(mode: int) -> str:
    return "Everybody" if mode & stat.S_IWOTH else "A group"


def _check_identities(document: Document, team: Team) -> None:
    """Two people with one identity would make every permission and every approval ambiguous."""
    for door in ("terminal", "slack", "oidc"):
        owners: dict[str, str] = {}
        for name, person in team.people.items():
            for identity in getattr(person, door):
                if owners.setdefault(identity, name) != name:
                    raise document.error(
                        ("people", name, door),
                        f"{identity} is already {owners[identity]} at the {door} door",
                        fix="Give each identity to one person.",
                    )


def _check_tokens(document: Document, team: Team) -> None:
    """A token says who somebody is, and its name which one to remove."""
    owners: dict[str, str] = {}
    names: set[tuple[str, str]] = set()
    for person, token in team.tokens():
        if token.hash in owners:
            raise document.error(
                ("people", person, "tokens"),
                f"the token {token.name} is already one of {owners[token.hash]}",
                fix="Make one for each person: chatops token new",
            )
        if (person, token.name) in names:
            raise document.error(
                ("people", person, "tokens"), f"two tokens are called {token.name}", fix="Name each after its place."
            )
        owners[token.hash] = person
        names.add((person, token.name))
