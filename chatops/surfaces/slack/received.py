"""A request of Slack, whichever way it came: what it is, from whom, and what makes it the same one again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Payload = Mapping[str, Any]
_ID_LIMIT = 255
_NAME_LIMIT = 32
"""Characters of a workspace, a person or a channel."""


class Kind(StrEnum):
    """What somebody did."""

    COMMAND = "command"
    CLICK = "click"
    SUBMISSION = "submission"
    CLOSED = "closed"
    SHORTCUT = "shortcut"
    SUGGESTION = "suggestion"
    EVENT = "event"

    @property
    def is_repeated(self) -> bool:
        """Whether Slack sends it again until it is acknowledged; of all others people are told that they failed."""
        return self is Kind.EVENT


_INTERACTIONS: Mapping[str, Kind] = {
    "block_actions": Kind.CLICK,
    "view_submission": Kind.SUBMISSION,
    "view_closed": Kind.CLOSED,
    "shortcut": Kind.SHORTCUT,
    "message_action": Kind.SHORTCUT,
    "block_suggestion": Kind.SUGGESTION,
    "event_callback": Kind.EVENT,
}


class Unreadable(Exception):
    """It is nothing this door knows."""


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request. ``team`` is the workspace it came to; ``user_team`` that of the person, who may be a guest of it."""

    id: str
    kind: Kind
    team: str
    user: str
    user_team: str
    channel: str
    payload: Payload

    @property
    def response_url(self) -> str:
        """Where this one person is answered for half an hour, five times at most; empty where there is none."""
        return str(self.payload.get("response_url") or "")

    @property
    def trigger(self) -> str:
        """What a form is opened with, for three seconds."""
        return str(self.payload.get("trigger_id") or "")


def read(payload: Payload) -> Received:
    """The request that a payload is.

    Raises:
        Unreadable: none that this door knows.

    """
    kind = _kind(payload)
    team, user, user_team, channel = people = _people(kind, payload)
    identifier = _identity(kind, payload)
    if not team or not identifier or len(identifier) > _ID_LIMIT:
        raise Unreadable("it does not say which request of which workspace it is")
    if max(map(len, people)) > _NAME_LIMIT:
        raise Unreadable("a workspace, a person or a channel has too long a name")
    return Received(
        id=identifier, kind=kind, team=team, user=user, user_team=user_team or team, channel=channel, payload=payload
    )


def _kind(payload: object) -> Kind:
    if not isinstance(payload, Mapping):
        raise Unreadable("it is no object")
    if "command" in payload:
        return Kind.COMMAND
    found = _INTERACTIONS.get(str(payload.get("type")))
    if found is None:
        raise Unreadable(f"there is no such type of request: {str(payload.get('type'))[:40]!r}")
    return found


def _people(kind: Kind, payload: Payload) -> tuple[str, str, str, str]:
    """Workspace, user, the user's workspace, channel."""
    if kind is Kind.COMMAND:
        return _text(payload, "team_id"), _text(payload, "user_id"), "", _text(payload, "channel_id")
    if kind is Kind.EVENT:
        event = _part(payload, "event")
        home = _text(event, "user_team") or _text(event, "source_team") or _text(event, "team")
        return _text(payload, "team_id"), _text(event, "user"), home, _text(event, "channel")
    user = _part(payload, "user")
    place = _text(_part(payload, "channel"), "id") or _text(_part(payload, "container"), "channel_id")
    return _text(_part(payload, "team"), "id"), _text(user, "id"), _text(user, "team_id"), place


def _identity(kind: Kind, payload: Payload) -> str:
    """The same for each delivery of one request: those of one event may have ids and envelopes of their own."""
    if kind is Kind.EVENT:
        event = _part(payload, "event")
        moment = _text(event, "ts") or _text(event, "event_ts")
        if moment and _text(event, "channel"):
            return ":".join(("event", _text(event, "type"), _text(event, "channel"), _text(event, "user"), moment))
        return _named("event", _text(payload, "event_id"))
    trigger = _text(payload, "trigger_id")
    if trigger or kind not in (Kind.CLOSED, Kind.SUGGESTION):
        return _named(kind.value, trigger)
    # Neither has a trigger; a view is closed once, and suggestions change nothing.
    view = _part(payload, "view")
    return _named(kind.value, _text(view, "id") or _text(payload, "action_ts") or _text(payload, "action_id"))


def _named(prefix: str, identifier: str) -> str:
    return f"{prefix}:{identifier}" if identifier else ""


def _part(payload: Payload, name: str) -> Payload:
    found = payload.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(payload: Payload, name: str) -> str:
    found = payload.get(name)
    return found if isinstance(found, str) else ""
