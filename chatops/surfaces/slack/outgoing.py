"""Our messages: posted once, edited by any replica at most every two seconds, their last state always sent."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import anyio
from pydantic import JsonValue

from chatops.errors import ChatopsError, SlackRejected, SlackUnavailable
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.messages import Messages, Posted
from chatops.surfaces.slack.web import Web

EDIT_PAUSE = 2.0
"""Seconds between two edits of one message."""

_AGAIN_AFTER = 5.0
_GONE = frozenset(
    {"message_not_found", "channel_not_found", "is_archived", "cant_update_message", "edit_window_closed"}
)
_LOG = logging.getLogger(__name__)


@dataclass(kw_only=True)
class _Edit:
    posted: Posted
    message: Message
    is_urgent: bool
    not_before: float


@dataclass(kw_only=True)
class Outgoing:
    """Posts and edits. ``clock`` never goes back. ``run`` sends edits until it is cancelled."""

    web: Web
    messages: Messages
    clock: Callable[[], float] = anyio.current_time
    _edits: dict[tuple[str, str], _Edit] = field(default_factory=dict, init=False)
    _sent_at: dict[tuple[str, str], float] = field(default_factory=dict, init=False)
    _news: anyio.Event = field(default_factory=anyio.Event, init=False)

    async def post(self, new: Posted, message: Message, *, thread: str = "") -> Posted:
        """Post this under its key, or find where it was posted before.

        Raises:
            SlackRejected: Slack says no, and nothing was posted.
            SlackUnavailable: nobody knows whether it was posted; asking again with the same key finds out.

        """
        found = await self.messages.claim(new)
        if found is not None and found.ts is not None:
            return found
        if found is not None and (seen := await self._look(found)) is not None:
            return await self._placed(new, found.channel, seen)
        try:
            answer = await self.web.post(
                "chat.postMessage",
                channel=new.channel,
                thread_ts=thread or None,
                metadata={"event_type": "chatops", "event_payload": {"key": new.key}},
                **_shown(message),
            )
        except SlackRejected:
            await self.messages.release(new)
            raise
        except SlackUnavailable:
            seen = await self._look(new)
            if seen is None:
                raise
            return await self._placed(new, new.channel, seen)
        return await self._placed(new, str(answer["channel"]), str(answer["ts"]))

    async def whisper(self, channel: str, user: str, message: Message, *, thread: str = "") -> None:
        """Post this for one person alone; it is never repeated."""
        await self.web.post(
            "chat.postEphemeral", channel=channel, user=user, thread_ts=thread or None, **_shown(message)
        )

    def edit(self, posted: Posted, message: Message, *, is_urgent: bool = False) -> None:
        """Show this there as soon as may be, instead of all that waits to be shown. Urgent is what people wait for."""
        key = (posted.team, posted.key)
        before = self._edits.get(key)
        self._edits[key] = _Edit(
            posted=posted,
            message=message,
            is_urgent=is_urgent or (before is not None and before.is_urgent),
            not_before=max(self._sent_at.get(key, 0.0) + EDIT_PAUSE, before.not_before if before else 0.0),
        )
        self._news.set()

    async def run(self) -> None:
        """Send edits, urgent ones first."""
        while True:
            wait = self._next_wait()
            if wait > 0:
                self._news = anyio.Event()
                with anyio.move_on_after(wait):
                    await self._news.wait()
                continue
            await self._send_next()

    async def flush(self) -> None:
        """Send what waits, each once, without a pause: before the process ends."""
        for key in list(self._edits):
            self._edits[key].not_before = 0.0
        for _ in range(len(self._edits)):
            await self._send_next()

    def _next_wait(self) -> float:
        if not self._edits:
            return float("inf")
        return min(each.not_before for each in self._edits.values()) - self.clock()

    async def _send_next(self) -> None:
        ready = [key for key, each in self._edits.items() if each.not_before <= self.clock()]
        key = min(ready, key=lambda each: (not self._edits[each].is_urgent, self._edits[each].not_before))
        edit = self._edits.pop(key)
        self._sent_at[key] = self.clock()
        try:
            await self._update(edit)
        except SlackRejected as error:
            _LOG.warning("a message of ours cannot be edited: %s", error.message)
            if error.upstream_code in _GONE:
                await self._forget(edit.posted)
        except ChatopsError as error:
            _LOG.warning("an edit is tried again: %s", error.message)
            # What has come meanwhile is newer, and says more.
            self._edits.setdefault(key, replace(edit, not_before=self.clock() + _AGAIN_AFTER))

    async def _update(self, edit: _Edit) -> None:
        await self.web.ask(
            "chat.update", channel=edit.posted.channel, ts=edit.posted.ts, **_shown(edit.message, is_edit=True)
        )

    async def _forget(self, posted: Posted) -> None:
        try:
            await self.messages.release(posted)
        except ChatopsError as error:
            _LOG.warning("a deleted message is not forgotten yet: %s", error.message)

    async def _placed(self, new: Posted, channel: str, ts: str) -> Posted:
        await self.messages.place(new, channel, ts)
        self._sent_at[new.team, new.key] = self.clock()
        return replace(new, channel=channel, ts=ts)

    async def _look(self, posted: Posted) -> str | None:
        """Where a message stands of which no answer told; None if it cannot be found, which proves nothing."""
        try:
            answer = await self.web.ask(
                "conversations.history", channel=posted.channel, include_all_metadata=True, limit=100
            )
        except (SlackRejected, SlackUnavailable):
            return None
        found: list[dict[str, Any]] = answer.get("messages") or []
        return next((str(each["ts"]) for each in found if _key(each) == posted.key), None)


def _key(message: dict[str, Any]) -> object:
    return ((message.get("metadata") or {}).get("event_payload") or {}).get("key")


def _shown(message: Message, *, is_edit: bool = False) -> dict[str, JsonValue]:
    shown: dict[str, JsonValue] = {"text": message.text, "blocks": [dict(each) for each in message.blocks]}
    return shown if is_edit else {**shown, "unfurl_links": False, "unfurl_media": False}
