"""freeze and unfreeze: what is stopped, and what goes on, is seen by the whole channel."""

from functools import partial

import anyio

from chatops import values
from chatops.consent import NobodyToAsk
from chatops.errors import InvalidParams
from chatops.freezes import Freeze, Scope
from chatops.freezing import Freezing, regions_in
from chatops.principal import Principal
from chatops.rendering import Shown
from chatops.surfaces.slack import blocks
from chatops.surfaces.slack.drawing import drawn
from chatops.surfaces.slack.escaping import line
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.flows.telling import say, whisper
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.options import Grammar
from chatops.surfaces.slack.speaking import message_of

_PATIENCE = 10.0
_FREEZE = Grammar(
    example='freeze --reason "bad image" --for 30m',
    valued=("reason", "for", "region", "action", "person"),
    required=("reason", "for"),
)
_UNFREEZE = Grammar(example="unfreeze")


async def freeze(office: Office, place: Place, principal: Principal, rest: str, begin: Begin) -> None:
    """Stop changes at once, and say so in the channel."""
    given = _FREEZE.read("freeze", rest, office.command).values
    try:
        seconds = values.seconds(given["for"])
    except ValueError as error:
        raise InvalidParams(f"--for: {error}.", next_step=f"This works: {office.command} {_FREEZE.example}") from None
    scope = Scope(region=given.get("region"), action=given.get("action"), person=_person(office, given.get("person")))
    regions = partial(_regions, office, principal)
    await begin()
    begun = await _freezing(office).begin(principal, scope, reason=given["reason"], seconds=seconds, regions=regions)
    await say(office, place, f"freeze:{begun.freeze.id}", frozen(begun.freeze, office.command))
    if begun.notes:
        await whisper(office, place, drawn(Shown(message="It is frozen as you typed it.", notes=begun.notes)).message)


async def unfreeze(office: Office, place: Place, principal: Principal, rest: str, begin: Begin) -> None:
    """Let changes go on, and say so in the channel; that nothing was frozen is told to whoever asked."""
    _UNFREEZE.read("unfreeze", rest, office.command)
    await begin()
    lifted = await _freezing(office).lift(principal)
    shown = lifted.shown
    if lifted.freezes:
        message = drawn(Shown(message=f"{principal.person} lets changes go on. {shown.message}", notes=shown.notes))
        await say(office, place, f"unfreeze:{lifted.freezes[0].id}", message.message)
    else:
        await whisper(office, place, drawn(shown).message)


def _freezing(office: Office) -> Freezing:
    return Freezing(freezes=office.service.freezes, people=office.service.people)


def _person(office: Office, given: str | None) -> str | None:
    """Who is meant: a mention stands for the person of the team file whose account it is."""
    known = office.service.people.team.at_slack(f"{office.desk.team_id}:{given.lstrip('@')}") if given else None
    return known or given


async def _regions(office: Office, principal: Principal) -> frozenset[str]:
    """The regions of the fleet; none where it cannot be read in a few seconds: a freeze is urgent."""
    with anyio.move_on_after(_PATIENCE):
        return regions_in(await office.service.executor.run(principal, "fleet_summary", {}, NobodyToAsk()))
    return frozenset()


def frozen(freeze: Freeze, command: str) -> Message:
    """What a channel is told of a freeze."""
    pairs = [
        ("what", blocks.span(line(freeze.scope.text, 500))),
        ("until", blocks.moment(freeze.ends_at)),
        ("by", blocks.span(freeze.by)),
        ("reason", blocks.span(line(freeze.reason, 500))),
    ]
    below = f"Reads go on. An approver or an admin lets changes go on with {command} unfreeze."
    return message_of([blocks.header("🧊 Changes are frozen"), blocks.named(pairs), blocks.small(below)])
