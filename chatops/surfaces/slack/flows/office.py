"""What every flow works with, and the shapes of flows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chatops.principal import Principal
from chatops.service import Service
from chatops.surfaces.slack.door import Desk
from chatops.surfaces.slack.handler import Begin, Checked
from chatops.surfaces.slack.received import Received


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where somebody did something: answers go there. ``response_url`` answers them alone where we are no member."""

    channel: str
    user: str
    thread: str = ""
    response_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Office:
    """Slack, the service, and the name of the slash command."""

    desk: Desk
    service: Service
    command: str


Flow = Callable[[Office, Received, Principal, Begin], Awaitable[None]]
"""Answers a command, a click, a submission, a shortcut or an event of a person who is known."""

Checking = Callable[[Office, Received, Principal], Awaitable[Checked]]
"""Mistakes in a form by block id, or the form anew; changes nothing."""

OwnCommand = Callable[[Office, Place, Principal, str, Begin], Awaitable[None]]
"""A command of the door itself, with what follows its name."""

Follow = Callable[[Office, Place, str], Awaitable[None]]
"""Shows the operation of this id where it was asked for, from now on."""
