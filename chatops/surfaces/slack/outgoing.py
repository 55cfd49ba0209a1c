"""Our messages: posted once, edited by any replica at most every two seconds, never back to an older state.

Whether a message was posted of which no answer told, nobody can find out with the scopes that this app has. Its claim
holds a minute, and then it is posted again: of a request for approval that stands there twice, both are answered from
the store; one that stands nowhere is approved by nobody. What surely was not posted may be posted at once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import anyio
from pydantic import JsonValue

from chatops.errors import ChatopsError, SlackRejected, SlackUnavailable
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.messages import LEASE, Hold, Messages, Posted
from chatops.surfaces.slack.web import Web, was_not_done

EDIT_PAUSE = 2.0
"""Seconds between two edits of one message."""

_AGAIN_AFTER = 5.0
_GLANCE = 0.2
_EDITS_AT_MOST = 1000
_PATIENCE = LEASE * 0.75
_LOG = logging.getLogger(__name__)


@dataclass(kw_only=True)
class _Edit:
    posted: Posted
    message: Message
    is_urgent: bool
    not_before: float


@dataclass(kw_only=True)
class Outgoing:
    """Posts and edits. ``clock`` never goes back. ``run`` sends edits until it is cancelled.

    ``patience`` is for how many seconds a message is waited for that another process is posting, ``pause`` how many
    pass between two edits of one message.
    """

    web: Web
    messages: Messages
    clock: Callable[[], float] = anyio.current_time
    patience: float = 12.0
    pause: float = EDIT_PAUSE
    _edits: dict[tuple[str, str], _Edit] = field(default_factory=dict, init=False)
    _sent_at: dict[tuple[str, str], float] = field(default_factory=dict, init=False)
    _news: anyio.Event = field(default_factory=anyio.Event, init=False)

    async def post(self, new: Posted, message: Message, *, thread: str = "", waits: bool = True) -> Posted:
        """Post this under its key, or find where it was posted before. ``waits`` for others that are posting it.

        Raises:
            SlackRejected: Slack says no, and nothing was posted.
            SlackUnavailable: it may have been posted; within a minute nobody posts it again.

        """
        new = replace(new, thread=thread or new.thread)
        found = await self.messages.claim(new)
        waited = 0.0
        while found is not None and found.ts is None:
            if not waits or waited >= self.patience:
                raise SlackUnavailable("Nobody knows yet whether this was posted.", next_step="Try again in a minute.")
            await anyio.sleep(_GLANCE)
            waited += _GLANCE
            found = await self.messages.claim(new)
        return found if found is not None else await self._post(new, message)

    async def _post(self, new: Posted, message: Message) -> Posted:
        try:
            with anyio.fail_after(_PATIENCE):
                answer = await self.web.post(
                    "chat.postMessage", channel=new.channel, thread_ts=new.thread, **_shown(message)
                )
        except (SlackRejected, SlackUnavailable) as error:
            if was_not_done(error):
                await self.messages.release(new)
            raise
        except TimeoutError as error:
            raise SlackUnavailable("Slack takes no message just now.", next_step="Try again in a minute.") from error
        channel, ts = str(answer["channel"]), str(answer["ts"])
        await self.messages.place(new, channel, ts)
        self._sent(new)
        return replace(new, channel=channel, ts=ts)

    async def whisper(self, channel: str, user: str, message: Message, *, thread: str = "") -> None:
        """Post this for one person alone; it is never repeated."""
        await self.web.post(
            "chat.postEphemeral", channel=channel, user=user, thread_ts=thread or None, **_shown(message)
        )

    def edit(self, posted: Posted, message: Message, *, version: int = 0, is_urgent: bool = False) -> None:
        """Show this there as soon as may be, instead of all that waits to be shown. Urgent is what people wait for.

        Nothing is shown that is older than what stands there. What waits is lost with the process: whoever can draw it
        from the store draws it again.
        """
        key = (posted.team, posted.key)
        before = self._edits.get(key)
        if before is not None and before.posted.version > version:
            return
        if before is None and len(self._edits) >= _EDITS_AT_MOST:
            _LOG.warning("too many edits wait for Slack; one is left out")
            return
        self._edits[key] = _Edit(
            posted=replace(posted, version=version),
            message=message,
            is_urgent=is_urgent or (before is not None and before.is_urgent),
            not_before=max(self._sent_at.get(key, 0.0) + self.pause, before.not_before if before else 0.0),
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
        for each in self._edits.values():
            each.not_before = 0.0
        for _ in range(len(self._edits)):
            await self._send_next()

    def _next_wait(self) -> float:
        if not self._edits:
            return float("inf")
        return min(each.not_before for each in self._edits.values()) - self.clock()

    async def _send_next(self) -> None:
        ready = [key for key, each in self._edits.items() if each.not_before <= self.clock()]
        if not ready:
            return
        key = min(ready, key=lambda each: (not self._edits[each].is_urgent, self._edits[each].not_before))
        edit = self._edits.pop(key)
        try:
            hold = await self.messages.hold(edit.posted, edit.posted.version)
            if hold is Hold.OURS:
                await self._update(edit)
            elif hold is Hold.BUSY:
                self._later(edit)
        except ChatopsError as error:
            _LOG.warning("an edit is tried again: %s", error.message)
            self._later(edit)

    async def _update(self, edit: _Edit) -> None:
        posted = edit.posted
        self._sent(posted)
        try:
            with anyio.fail_after(_PATIENCE):
                await self.web.ask(
                    "chat.update", channel=posted.channel, ts=posted.ts, **_shown(edit.message, is_edit=True)
                )
        except SlackRejected as error:
            _LOG.warning("a message of ours cannot be edited: %s", error.message)
            await (self.messages.lose if error.upstream_code == "message_not_found" else self.messages.give_up)(posted)
        except (SlackUnavailable, TimeoutError):
            _LOG.warning("Slack takes no edit just now; it is tried again")
            await self.messages.let_go(posted)
            self._later(edit)
        else:
            await self.messages.shown(posted, posted.version)

    def _later(self, edit: _Edit) -> None:
        # What has come meanwhile is newer, and says more.
        key = (edit.posted.team, edit.posted.key)
        self._edits.setdefault(key, replace(edit, not_before=self.clock() + _AGAIN_AFTER))

    def _sent(self, posted: Posted) -> None:
        """Remember when, for as long as it matters."""
        time = self.clock()
        self._sent_at = {key: at for key, at in self._sent_at.items() if at > time - self.pause}
        self._sent_at[posted.team, posted.key] = time


def _shown(message: Message, *, is_edit: bool = False) -> dict[str, JsonValue]:
    shown: dict[str, JsonValue] = {"text": message.text, "blocks": [dict(each) for each in message.blocks]}
    return shown if is_edit else {**shown, "unfurl_links": False, "unfurl_media": False}
