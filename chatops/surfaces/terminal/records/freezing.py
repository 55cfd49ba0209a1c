"""chatops freeze and unfreeze: stop changes, let them go on."""

import difflib
import re
from datetime import UTC, datetime
from functools import partial

import anyio
import click

from chatops.errors import ChatopsError, ConfigurationError
from chatops.freezes import Scope
from chatops.rendering import Shown
from chatops.service import Records
from chatops.showing import moment
from chatops.surfaces.terminal.asking import TerminalAsker
from chatops.surfaces.terminal.records.naming import action_named
from chatops.surfaces.terminal.records.session import Answer, Desk, OpenRecords, OpenService, answered
from tools.fleet_summary import FleetSummary

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PATIENCE = 10.0
_DURATION = re.compile(r"([0-9]{1,6})([smhd])")


class Duration(click.ParamType[float]):
    """A time such as 30m, in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds that this text stands for."""
        found = _DURATION.fullmatch(str(value))
        if found is None:
            self.fail("write a duration as 30s, 30m, 2h or 1d", param, ctx)
        return float(int(found[1]) * _UNITS[found[2]])


def freeze_commands(records: OpenRecords, service: OpenService) -> tuple[click.Command, ...]:
    """Both commands."""

    @click.command("freeze")
    @click.option("--reason", required=True, help="Why; everybody who is stopped reads it.")
    @click.option("--for", "seconds", type=Duration(), required=True, help="How long: 30m, 2h, 1d.")
    @click.option("--region", help="This region only.")
    @click.option("--action", help="This action only, by its name or its word.")
    @click.option("--person", help="What this person asks for only.")
    @_JSON
    def freeze_command(
        *, reason: str, seconds: float, region: str | None, action: str | None, person: str | None, as_json: bool
    ) -> int:
        """Stop every change at once, consented or not. Reads go on."""
        scope = Scope(region=region, action=_name_of(action), person=person)
        return answered(records, partial(_freeze, service, scope, reason, seconds), what="Freeze", as_json=as_json)

    @click.command("unfreeze")
    @_JSON
    def unfreeze_command(*, as_json: bool) -> int:
        """Let changes go on. Windows of the team file are not lifted from here."""
        return answered(records, _unfreeze, what="Unfreeze", as_json=as_json)

    return freeze_command, unfreeze_command


def _name_of(given: str | None) -> str | None:
    """The name of the action that somebody means: a misspelt one would stop nothing, and nobody would notice."""
    if given is None:
        return None
    action = action_named(given)
    if action is None:
        raise click.UsageError(f"There is no action {given!r}. chatops actions lists them.")
    if action.change is None:
        raise click.UsageError(f"{action.name} changes nothing, so there is nothing to freeze.")
    return action.name


async def _freeze(service: OpenService, scope: Scope, reason: str, seconds: float, desk: Desk[Records]) -> Answer:
    desk.require(("operator", "approver", "admin"), "freeze")
    if scope.person is not None and scope.person not in desk.place.people.team.people:
        raise ConfigurationError(
            f"The team file does not name {scope.person}, so that would freeze nothing.",
            next_step="Name somebody it does, or leave --person out.",
        )
    notes = await _unchecked(service, scope.region, desk) if scope.region is not None else ()
    freeze = await desk.place.freezes.begin(desk.principal, scope, reason=reason, seconds=seconds)
    until = moment(freeze.ends_at)
    return Answer(
        shown=Shown(
            message=f"Frozen until {until}: {scope.text}. An admin lets it go on with chatops unfreeze.", notes=notes
        ),
        data={"id": freeze.id, "until": until, "scope": scope.text},
    )


async def _unchecked(service: OpenService, region: str, desk: Desk[Records]) -> tuple[str, ...]:
    """Notes where nobody knows the regions: then it is frozen as it was typed.

    Raises:
        ConfigurationError: there are others, and not this one.

    """
    known = await desk.place.freezes.regions()
    if region in known:
        return ()
    known |= await _listed(service, desk)
    if region in known:
        return ()
    if not known:
        return (f"No region is known just now, so it was not checked that there is one named {region}.",)
    close = difflib.get_close_matches(region, sorted(known), n=1)
    meant = f"Did you mean {close[0]}? " if close else ""
    raise ConfigurationError(
        f"No phone is known in a region {region!a}, so that would freeze nothing.",
        next_step=f"{meant}Known: {', '.join(sorted(known))}. Without --region everything is frozen.",
    )


async def _listed(service: OpenService, desk: Desk[Records]) -> frozenset[str]:
    """The regions of the fleet as it is now; none where it cannot be read in a few seconds: a freeze is urgent."""
    asker = TerminalAsker(yes=False, interrupts=desk.interrupts, waiting=desk.waiting)
    try:
        with anyio.move_on_after(_PATIENCE):
            async with service() as (place, principal):
                summary = (await place.executor.run(principal, "fleet_summary", {}, asker)).result
                if isinstance(summary, FleetSummary):
                    return frozenset(str(each.region) for each in summary.regions if " " not in each.region)
    except ChatopsError:
        # No credentials, or no way to the cloud.
        pass
    return frozenset()


async def _unfreeze(desk: Desk[Records]) -> Answer:
    desk.require(("approver", "admin"), "let frozen changes go on")
    lifted = await desk.place.freezes.lift(desk.principal)
    message = f"Lifted: {'; '.join(each.scope.text for each in lifted)}." if lifted else "Nothing was frozen from here."
    time = datetime.now(UTC)
    windows = [each for each in desk.place.people.team.freeze if each.holds(time)]
    notes = tuple(
        f"The team file freezes until {each.until.isoformat(timespec='minutes')}: {each.reason}. Only it lifts that."
        for each in windows
    )
    return Answer(shown=Shown(message=message, notes=notes), data={"lifted": [each.id for each in lifted]})
