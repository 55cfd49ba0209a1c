"""The App Home of one person: published when they open it, and again after something they wait for was decided."""

import logging
from dataclasses import replace

import anyio

from chatops.consent import NobodyToAsk
from chatops.control.whoami import Identity
from chatops.errors import ChatopsError, SlackRejected
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.principal import Principal
from chatops.roles import missing
from chatops.surfaces.slack.flows import charting
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.home import Home, home_view
from chatops.surfaces.slack.received import Received
from chatops.surfaces.slack.web import Web
from tools.fleet_summary import FleetSummary

_RECENT, _WAITING = 10, 200
_ODDITIES = 4
_PATIENCE = 10.0
"""Seconds for reading the fleet: the rest of the home does not wait longer for it."""
_LOG = logging.getLogger(__name__)


async def home_opened(office: Office, received: Received, principal: Principal, begin: Begin) -> None:  # noqa: ARG001  # may be done again
    """Publish the home of whoever has opened it; the tab with messages has nothing of ours."""
    event = received.payload.get("event")
    if isinstance(event, dict) and event.get("tab") not in (None, "home"):
        return
    web, user = office.desk.web, received.user
    summary = await _fleet(office, principal)
    home = await _home(office, principal, summary)
    if summary is None:
        await _publish(web, user, home, None)
        return
    charting.remember(web, user, summary)
    known = charting.at_hand(web, summary)
    if known is None:
        # Drawing takes a moment, and nobody waits for it.
        await _publish(web, user, home, None)
        known = await charting.drawn(web, summary)
    if known is not None:
        await _publish(web, user, home, known)


async def refresh(office: Office, user: str, principal: Principal) -> None:
    """Publish it again with what is in the store; the fleet stands there as they have seen it last.

    It is an aside: that it failed is logged, and the next opening shows it anyway.
    """
    web = office.desk.web
    summary = charting.seen_by(web, user)
    try:
        home = await _home(office, principal, summary)
        await _publish(web, user, home, charting.at_hand(web, summary) if summary is not None else None)
    except ChatopsError as error:
        _LOG.warning("the home of %s is not up to date: %s", principal.person, error.message)


async def _publish(web: Web, user: str, home: Home, known: charting.Shown | None) -> None:
    if known is not None:
        with_chart = replace(home, chart_file=known.file, chart_text=known.text)
        try:
            await web.ask("views.publish", user_id=user, view=home_view(with_chart))
        except SlackRejected as error:
            # A file that Slack has not looked at yet, or that somebody has deleted.
            _LOG.warning("a home is shown without its chart: %s", error.message)
        else:
            return
    await web.ask("views.publish", user_id=user, view=home_view(home))


async def _home(office: Office, principal: Principal, summary: FleetSummary | None) -> Home:
    service = office.service
    await service.ledger.expire()
    said = (await service.executor.run(principal, "whoami", {}, NobodyToAsk())).result
    freezes = said.freezes if isinstance(said, Identity) else ()
    return Home(
        waiting=await _waiting(office, principal),
        recent=await service.ledger.listed(person=principal.person, limit=_RECENT),
        words=tuple(action.word for action in service.executor.offered(principal)),
        fleet=_numbers(summary) if summary is not None else (),
        freezes=tuple(
            f"{each.scope}: {each.reason} (until {each.until:%Y-%m-%d %H:%M} UTC, by {each.by})" for each in freezes
        ),
    )


async def _waiting(office: Office, principal: Principal) -> tuple[Operation, ...]:
    """What waits for an approval that this person may give."""
    service = office.service
    waiting = await service.ledger.listed(states=[State.AWAITING_APPROVAL], limit=_WAITING)
    return tuple(
        each for each in waiting if principal.person in service.people.approvers(each.person, each.approver_roles)
    )


async def _fleet(office: Office, principal: Principal) -> FleetSummary | None:
    """The fleet in numbers, to whom may see it; None where it cannot be read soon."""
    executor = office.service.executor
    if missing(executor.actions["fleet_summary"], principal.permissions):
        return None
    with anyio.move_on_after(_PATIENCE):
        found = (await executor.run(principal, "fleet_summary", {}, NobodyToAsk())).result
        return found if isinstance(found, FleetSummary) else None
    return None


def _numbers(summary: FleetSummary) -> tuple[tuple[str, str], ...]:
    running = summary.running_status.get("running", 0)
    odd = [(f"! {each.what}", str(each.phones)) for each in summary.oddities[:_ODDITIES]]
    whole = "" if summary.complete else " or more: not every page could be read"
    return (
        ("phones", f"{summary.phones}{whole}"),
        ("running", str(running)),
        ("assigned", str(summary.assigned)),
        ("in use", str(summary.in_use)),
        ("frozen", str(summary.frozen)),
        *odd,
    )
