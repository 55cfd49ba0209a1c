"""chatops freeze and unfreeze: stop changes, let them go on."""

from functools import partial

import anyio
import click

from chatops import values
from chatops.errors import ChatopsError
from chatops.freezes import Scope
from chatops.freezing import Freezing, regions_in
from chatops.rendering import Shown
from chatops.service import Records
from chatops.surfaces.terminal.asking import TerminalAsker
from chatops.surfaces.terminal.records.session import Answer, Desk, OpenRecords, OpenService, answered

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
_PATIENCE = 10.0


class Duration(click.ParamType[float]):
    """A time such as 30m, in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds that this text stands for."""
        try:
            return values.seconds(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


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
        scope = Scope(region=region, action=action, person=person)
        return answered(records, partial(_freeze, service, scope, reason, seconds), what="Freeze", as_json=as_json)

    @click.command("unfreeze")
    @_JSON
    def unfreeze_command(*, as_json: bool) -> int:
        """Let changes go on. Windows of the team file are not lifted from here."""
        return answered(records, _unfreeze, what="Unfreeze", as_json=as_json)

    return freeze_command, unfreeze_command


async def _freeze(service: OpenService, scope: Scope, reason: str, seconds: float, desk: Desk[Records]) -> Answer:
    freezing = Freezing(freezes=desk.place.freezes, people=desk.place.people)
    regions = partial(_listed, service, desk)
    begun = await freezing.begin(desk.principal, scope, reason=reason, seconds=seconds, regions=regions)
    covered = begun.freeze.scope.text
    return Answer(
        shown=Shown(
            message=f"Frozen until {begun.until}: {covered}. An admin lets it go on with chatops unfreeze.",
            notes=begun.notes,
        ),
        data={"id": begun.freeze.id, "until": begun.until, "scope": covered},
    )


async def _listed(service: OpenService, desk: Desk[Records]) -> frozenset[str]:
    """The regions of the fleet as it is now; none where it cannot be read in a few seconds: a freeze is urgent."""
    asker = TerminalAsker(yes=False, interrupts=desk.interrupts, waiting=desk.waiting)
    try:
        with anyio.move_on_after(_PATIENCE):
            async with service() as (place, principal):
                return regions_in(await place.executor.run(principal, "fleet_summary", {}, asker))
    except ChatopsError:
        # No credentials, or no way to the cloud.
        pass
    return frozenset()


async def _unfreeze(desk: Desk[Records]) -> Answer:
    lifted = await Freezing(freezes=desk.place.freezes, people=desk.place.people).lift(desk.principal)
    return Answer(shown=lifted.shown, data={"lifted": [each.id for each in lifted.freezes]})
