"""What Slack hands out for a short while: trigger ids (3 s, once) and response URLs (30 minutes, five uses)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

from tests.slack.clock import Clock
from tests.slack.refused import Refused
from tests.slack.workspace import Message

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60.0
RESPONSE_USES = 5


@dataclass(kw_only=True)
class Trigger:
    """Allows one view to be opened for a person."""

    user: str
    until: float
    view: str | None  # where the person pressed, if that was in a form
    is_used: bool = False


@dataclass(kw_only=True)
class ResponseUrl:
    """Where an app may answer to one interaction."""

    user: str
    channel: str
    until: float
    original: Message | None
    uses: int = 0


@dataclass
class Tickets:
    """Everything handed out."""

    clock: Clock
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def trigger(self, user: str, view: str | None = None) -> str:
        """A new trigger id."""
        identifier = f"{next(self._numbers)}.{user}.{uuid4().hex}"
        self.triggers[identifier] = Trigger(user=user, until=self.clock() + TRIGGER_SECONDS, view=view)
        return identifier

    def redeem(self, identifier: str) -> Trigger:
        """Uses a trigger id up."""
        trigger = self.triggers.get(identifier)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if self.clock() > trigger.until:
            raise Refused("expired_trigger_id")
        if trigger.is_used:
            raise Refused("exchanged_trigger_id")
        trigger.is_used = True
        return trigger

    def response_url(self, user: str, channel: str, original: Message | None = None) -> str:
        """The last part of a new response URL."""
        identifier = uuid4().hex
        until = self.clock() + RESPONSE_SECONDS
        self.response_urls[identifier] = ResponseUrl(user=user, channel=channel, until=until, original=original)
        return identifier

    def use(self, identifier: str) -> ResponseUrl:
        """Counts a use of a response URL."""
        url = self.response_urls.get(identifier)
        if url is None:
            raise Refused("no_service")
        if self.clock() > url.until:
            raise Refused("expired_url")
        if url.uses >= RESPONSE_USES:
            raise Refused("used_url")
        url.uses += 1
        return url
