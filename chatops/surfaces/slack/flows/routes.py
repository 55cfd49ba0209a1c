"""Which flow answers what: the tables that the pieces of this door plug into."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chatops.principal import Principal
from chatops.surfaces.slack.cards import APPROVE, DENY, WITHDRAW
from chatops.surfaces.slack.flows.office import Checking, Flow, Follow, Office, OwnCommand, Place
from chatops.surfaces.slack.flows.telling import whisper
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.received import Received


async def told_its_id(office: Office, place: Place, operation: str) -> None:
    """Says which operation it is, where nothing follows operations."""
    await whisper(office, place, Message(text=f"Operation {operation}"))


async def nothing_at_home(office: Office, received: Received, principal: Principal, begin: Begin) -> None:
    """Shows nothing."""


@dataclass(frozen=True, kw_only=True)
class Routes:
    """What the router does not do itself. ``fresh`` names clicks and forms of which Slack is asked anew who it is."""

    follow: Follow = told_its_id
    clicks: Mapping[str, Flow] = field(default_factory=dict)
    forms: Mapping[str, Flow] = field(default_factory=dict)
    checks: Mapping[str, Checking] = field(default_factory=dict)
    own: Mapping[str, OwnCommand] = field(default_factory=dict)
    home: Flow = nothing_at_home
    fresh: frozenset[str] = frozenset({APPROVE, DENY, WITHDRAW})
