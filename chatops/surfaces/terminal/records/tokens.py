"""chatops token new: a personal token, shown once, and what the team file has to hold of it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import click
from pydantic import JsonValue, ValidationError

from chatops.errors import ConfigurationError
from chatops.identity import local_principal
from chatops.personal_tokens import LONGEST, PersonalToken, hash_of, last_day, new_token
from chatops.principal import Surface
from chatops.settings import Settings, load_settings
from chatops.surfaces.terminal.printing import print_json, write
from chatops.surfaces.terminal.records.freezing import Duration
from chatops.team import Team, load_team

_DAYS = "90d"


def token_group() -> click.Group:
    """The group of commands."""
    group = click.Group("token", help="Personal tokens, for MCP over HTTP.")

    @group.command("new")
    @click.option("--person", help="Whose it is, by their name in the team file; by default yours.")
    @click.option("--name", default="token", show_default=True, help="What it is called: the place it is kept at.")
    @click.option("--for", "seconds", type=Duration(), default=_DAYS, show_default=True, help="How long it is good.")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
    def new_command(*, person: str | None, name: str, seconds: float, as_json: bool) -> int:
        """Print a new token, once, and the entry that makes the team file know it. Nothing is written."""
        settings = load_settings()
        team = load_team(settings.team_file)
        owner = _owner(settings, team, person)
        secret = new_token()
        token = _described(secret, name, timedelta(seconds=seconds))
        if any(each.name == name for each in team.people[owner].tokens):
            raise ConfigurationError(
                f"{owner} has a token {name} already.", next_step="Say another --name, or remove the old one first."
            )
        if as_json:
            print_json(_document(owner, secret, token, settings.team_file))
        else:
            write(_text(owner, secret, token, settings.team_file))
        return 0

    return group


def _owner(settings: Settings, team: Team, person: str | None) -> str:
    if person is None:
        return local_principal(settings, team, Surface.TERMINAL).person
    if person not in team.people:
        raise ConfigurationError(
            f"The team file does not name {person}.",
            next_step=f"Known are: {', '.join(sorted(team.people)) or 'nobody'}.",
        )
    return person


def _described(secret: str, name: str, lifetime: timedelta) -> PersonalToken:
    if not timedelta() < lifetime <= LONGEST:
        raise ConfigurationError(f"A token is good for up to {LONGEST.days} days.", next_step="Say how long: --for 90d")
    try:
        return PersonalToken(name=name, hash=hash_of(secret), expires=last_day(lifetime))
    except ValidationError:
        raise ConfigurationError(
            "A token's name has letters, digits, dots, dashes and underscores only.", next_step="Say --name laptop"
        ) from None


def _entry(token: PersonalToken) -> str:
    return f'{{name: {json.dumps(token.name)}, hash: "{token.hash}", expires: {token.expires.isoformat()}}}'


def _text(owner: str, secret: str, token: PersonalToken, file: Path) -> str:
    return (
        f"{secret}\n\n"
        f"This is the only time it is shown. {owner} sends it as: Authorization: Bearer TOKEN\n"
        f"It works once this stands in {file}, below people, {owner}, and chatops serve has had a SIGHUP:\n\n"
        f"    tokens:\n"
        f"      - {_entry(token)}\n\n"
        f"{token.expires.isoformat()} is its last day (UTC). Whoever removes the entry revokes it.\n"
    )


def _document(owner: str, secret: str, token: PersonalToken, file: Path) -> Mapping[str, JsonValue]:
    data: dict[str, JsonValue] = {
        "token": secret,
        "person": owner,
        "team_file": str(file),
        "entry": {"name": token.name, "hash": token.hash, "expires": token.expires.isoformat()},
    }
    message = f"Add the entry to the tokens of {owner} in the team file. The token is shown this once."
    return {"status": "done", "message": message, "data": data}
