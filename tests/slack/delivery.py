"""What Slack sends an app, whichever way, and what came back."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol
from uuid import uuid4

from tests.slack import JsonObject

ACK_SECONDS = 3.0


class Kind(StrEnum):
    """As Socket Mode names them."""

    COMMAND = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One thing to tell the app; sent again, it keeps its envelope id."""

    kind: Kind
    payload: JsonObject
    envelope_id: str = field(default_factory=lambda: str(uuid4()))
    retry: int = 0
    reason: str = ""

    def again(self, reason: str = "timeout") -> "Delivery":
        """The next attempt of the same."""
        return replace(self, retry=self.retry + 1, reason=reason)

    def as_new(self) -> "Delivery":
        """The same event under new ids, which Slack has been seen to send."""
        payload = {**self.payload, "event_id": f"Ev{uuid4().hex[:10].upper()}"}
        return Delivery(kind=self.kind, payload=payload)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the app acknowledged with and how long that took; ``failure`` is the error the person is shown."""

    took: float
    body: JsonObject = field(default_factory=dict)
    failure: str | None = None
    status: int | None = None  # of HTTP

    @property
    def is_ok(self) -> bool:
        return self.failure is None


class Transport(Protocol):
    """One of the two ways to an app."""

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Sends it and waits for the acknowledgement, three seconds at most."""
