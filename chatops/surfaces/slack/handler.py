"""What the flows of this door implement, and what is handed to them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from chatops.surfaces.slack.message import View
from chatops.surfaces.slack.received import Received

Begin = Callable[[], Awaitable[None]]
"""Called right before something that must not be done twice; raises ``TakenOver`` where another process has it."""

Option = Mapping[str, JsonValue]
"""One option of an external select."""


@dataclass(frozen=True, kw_only=True)
class Redrawn:
    """A form that takes the place of the submitted one, which is not handled: what it showed is no longer true."""

    view: View


Checked = Mapping[str, str] | Redrawn
"""Mistakes in a form by block id, none where it may be handled; or the form as it has to be looked at again."""


class TakenOver(Exception):
    """This process was silent too long, and another one works on the request."""


class Handler(Protocol):
    """Answers requests. Commands, clicks, shortcuts, events and submissions come to ``handle`` once, acknowledged."""

    async def handle(self, received: Received, begin: Begin) -> None:
        """Do it. Should this process die before ``begin``, another one does all of it again; after it, never."""

    async def interrupted(self, received: Received) -> None:
        """A process has died after ``begin``: tell the person to look at their operations."""

    async def missed(self, received: Received) -> None:
        """It was written down and never got to ``begin``: Slack may not have said so, so tell the person.

        Either nobody knows whether it was acknowledged, or the processes that had it have died.
        """

    async def validate(self, submission: Received) -> Checked:
        """Look at a form before it is acknowledged, within a second, without changing anything."""

    async def suggest(self, request: Received) -> Sequence[Option]:
        """Options for an external select, within two seconds; at most a hundred."""
