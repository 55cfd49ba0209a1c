"""The fleet as people have seen it last, and its chart as a file in Slack: drawn again only when it has changed."""

import logging
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import anyio
from slack_sdk.web.async_client import AsyncWebClient

from chatops.errors import ChatopsError
from chatops.surfaces.slack.chart import chart, is_drawable
from chatops.surfaces.slack.uploading import upload
from chatops.surfaces.slack.web import Web
from tools.fleet_summary import FleetSummary

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A chart that Slack has."""

    file: str
    text: str


@dataclass(kw_only=True)
class _Last:
    """What one process knows: what each user was shown, and the last chart. One is drawn at a time."""

    seen: dict[str, FleetSummary] = field(default_factory=dict)
    of: FleetSummary | None = None
    shown: Shown | None = None
    drawing: anyio.Lock = field(default_factory=anyio.Lock)


_LAST: WeakKeyDictionary[AsyncWebClient, _Last] = WeakKeyDictionary()


def remember(web: Web, user: str, summary: FleetSummary) -> None:
    """This is how the user has seen the fleet."""
    _LAST.setdefault(web.client, _Last()).seen[user] = summary


def seen_by(web: Web, user: str) -> FleetSummary | None:
    """The fleet as this user has seen it last."""
    last = _LAST.get(web.client)
    return last.seen.get(user) if last is not None else None


def at_hand(web: Web, summary: FleetSummary) -> Shown | None:
    """The chart of this very fleet, if it was drawn before."""
    last = _LAST.get(web.client)
    return last.shown if last is not None and last.of == summary else None


async def drawn(web: Web, summary: FleetSummary) -> Shown | None:
    """The chart of this fleet; None where charts cannot be drawn, or Slack does not take it."""
    if not is_drawable():
        return None
    last = _LAST.setdefault(web.client, _Last())
    async with last.drawing:
        if last.of != summary:
            made = await anyio.to_thread.run_sync(chart, summary)
            try:
                file = await upload(web, "fleet.png", made.png, title="The fleet by region", alt_text=made.alt_text)
            except ChatopsError as error:
                _LOG.warning("the chart of the fleet is left out: %s", error.message)
                return None
            last.of, last.shown = summary, Shown(file=file, text=made.alt_text)
        return last.shown
