"""chatops freeze and unfreeze: stop changes, let them go on."""

import re
from functools import partial

import click

from chatops.freezes import Scope
from chatops.principal import Principal
from chatops.rendering import Shown
from chatops.service import Records
from chatops.surfaces.terminal.records.session import Answer, OpenRecords, answered, require
from chatops.surfaces.terminal.records.showing import moment

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
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


def freeze_commands(records: OpenRecords) -> tuple[click.Command, ...]:
    """Both commands."""

    @click.command("freeze")
    @click.option("--reason", required=True, help="Why; everybody who is stopped reads it.")
    @click.option("--for", "seconds", type=Duration(), required=True, help="How long: 30m, 2h, 1d.")
    @click.option("--region", help="This region only.")
    @click.option("--action", help="This action only, by its full name.")
    @click.option("--person", help="What this person asks for only.")
    @_JSON
    def freeze_command(
        *, reason: str, seconds: float, region: str | None, action: str | None, person: str | None, as_json: bool
    ) -> int:
        """Stop every change at once, consented or not. Reads go on."""
        scope = Scope(region=region, action=action, person=person)
        return answered(records, partial(_freeze, scope, reason, seconds), as_json=as_json)

    @click.command("unfreeze")
    @_JSON
    def unfreeze_command(*, as_json: bool) -> int:
        """Let changes go on. Windows of the team file are not lifted from here."""
        return answered(records, _unfreeze, as_json=as_json)

    return freeze_command, unfreeze_command


async def _freeze(scope: Scope, reason: str, seconds: float, place: tuple[Records, Principal]) -> Answer:
    records, principal = place
    require(principal, ("operator", "approver", "admin"), "freeze")
    freeze = await records.freezes.begin(principal, scope, reason=reason, seconds=seconds)
    until = moment(freeze.ends_at)
    return Answer(
        shown=Shown(message=f"Frozen until {until}: {scope.text}. Let it go on with chatops unfreeze."),
        data={"id": freeze.id, "until": until, "scope": scope.text},
    )


async def _unfreeze(place: tuple[Records, Principal]) -> Answer:
    records, principal = place
    require(principal, ("approver", "admin"), "let frozen changes go on")
    lifted = await records.freezes.lift(principal)
    message = f"Lifted: {'; '.join(each.scope.text for each in lifted)}." if lifted else "Nothing was frozen."
    return Answer(shown=Shown(message=message), data={"lifted": [each.id for each in lifted]})
