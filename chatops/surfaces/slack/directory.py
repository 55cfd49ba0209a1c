"""Who somebody in Slack is: the person the team file names, with the roles they have at this moment."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chatops.errors import PersonUnknown, SlackError, SlackUnavailable
from chatops.identity import with_roles
from chatops.people import HasTeam
from chatops.principal import Principal, Surface
from chatops.surfaces.slack.web import Web

KNOWN_FOR = 300.0
"""Seconds for which what Slack said of a user or a group is believed."""

_LOG = logging.getLogger(__name__)
# Slack's is_app_user is no mark of this kind: it is set for a person who has authorised the app.
_REFUSED: Mapping[str, str] = {
    "deleted": "is deactivated",
    "is_bot": "is a bot",
    "is_workflow_bot": "is a workflow",
    "is_restricted": "is a guest",
    "is_ultra_restricted": "is a guest",
    "is_stranger": "belongs to another organisation",
}
_SLACKBOT = "USLACKBOT"
"""A bot of which Slack says that it is none."""


@dataclass(frozen=True, kw_only=True)
class _Known:
    value: Any
    at: float


@dataclass(kw_only=True)
class Directory:
    """Asks Slack and the team file. ``team_id`` is our workspace; ``clock`` never goes back."""

    web: Web
    team: HasTeam
    team_id: str
    clock: Callable[[], float]
    _cache: dict[str, _Known] = field(default_factory=dict, init=False)

    async def principal(self, team_id: str, user: str, user_team: str = "", *, fresh: bool = False) -> Principal:
        """Who this is. With ``fresh`` nothing is believed that Slack said before: for whoever approves.

        Raises:
            PersonUnknown: nobody who may use this; the message says why.
            SlackUnavailable: Slack cannot say, and that means no.

        """
        account = f"{team_id}:{user}"
        if team_id != self.team_id or user_team not in ("", self.team_id):
            raise _stranger("belongs to another workspace", account)
        person = self.team.team.at_slack(account)
        if person is None:
            raise _stranger("is not named in the team file", account)
        await self._check_user(user, account, fresh=fresh)
        groups = await self._groups_of(user, fresh=fresh)
        roles = self.team.team.roles_of(person, groups, Surface.SLACK)
        return replace(with_roles(person, roles, Surface.SLACK), groups=groups)

    async def _check_user(self, user: str, account: str, *, fresh: bool) -> None:
        try:
            answer = await self._known(f"user {user}", lambda: self.web.ask("users.info", user=user), fresh=fresh)
        except SlackError as error:
            raise SlackUnavailable(
                "Slack could not say who you are, so nothing is done.", next_step="Try again in a minute."
            ) from error
        found = answer.get("user")
        if not isinstance(found, dict) or found.get("team_id") != self.team_id:
            raise _stranger("belongs to another workspace", account)
        for mark, why in _REFUSED.items():
            if found.get(mark) or (mark == "is_bot" and user == _SLACKBOT):
                raise _stranger(why, account)

    async def _groups_of(self, user: str, *, fresh: bool) -> frozenset[str]:
        """The groups of the team file this user is in. One that cannot be asked about brings nothing."""
        held = set()
        for group in self.team.team.slack_usergroups:
            team_id, _, identifier = group.partition(":")
            if team_id != self.team_id:
                continue
            ask = self._asking_group(identifier)
            try:
                answer = await self._known(f"group {identifier}", ask, fresh=fresh)
            except SlackError as error:
                _LOG.warning("the user group %s brings nobody a role just now: %s", group, error.message)
                continue
            if user in (answer.get("users") or ()):
                held.add(group)
        return frozenset(held)

    def _asking_group(self, identifier: str) -> Callable[[], Awaitable[Mapping[str, Any]]]:
        return lambda: self.web.ask("usergroups.users.list", usergroup=identifier)

    async def _known(
        self, name: str, ask: Callable[[], Awaitable[Mapping[str, Any]]], *, fresh: bool
    ) -> Mapping[str, Any]:
        known = self._cache.get(name)
        if known is None or fresh or self.clock() - known.at >= KNOWN_FOR:
            # Before asking: an answer that fails must leave nothing that is believed later.
            self._cache.pop(name, None)
            asked_at = self.clock()
            known = self._cache[name] = _Known(value=await ask(), at=asked_at)
        value: Mapping[str, Any] = known.value
        return value


def _stranger(why: str, account: str) -> PersonUnknown:
    return PersonUnknown(
        f"{account} {why}, so nothing may be done here.",
        account=account,
        next_step=f"Have this added to a person in the team file: slack: [{account}]",
    )
