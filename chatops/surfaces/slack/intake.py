"""One request from its arrival to its acknowledgement: at most two seconds, or it has failed and never runs."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import anyio
from pydantic import JsonValue

from chatops.errors import ChatopsError
from chatops.surfaces.slack.handler import Handler, Redrawn
from chatops.surfaces.slack.inbox import Inbox, State, Written
from chatops.surfaces.slack.received import Kind, Received

ACKNOWLEDGED_WITHIN = 2.0
"""Seconds after arrival; Slack gives up after three of its own, which have begun earlier."""

_LOG = logging.getLogger(__name__)

Send = Callable[[Mapping[str, JsonValue] | None], Awaitable[None]]
"""Sends the acknowledgement, with what it carries; raises where it surely did not arrive."""

Refuse = Callable[[], Awaitable[None]]
"""Tells Slack that it failed: over HTTP by a status, over Socket Mode by silence."""


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Takes requests in. ``clock`` never goes back; ``wake`` tells the workers that there is something to do."""

    inbox: Inbox
    handler: Handler
    clock: Callable[[], float]
    wake: Callable[[], None]

    async def take(self, received: Received, arrived: float, send: Send, refuse: Refuse) -> None:
        """Write it down and acknowledge it, or say that it failed."""
        carried, written = None, None
        try:
            with anyio.fail_after(max(0.0, arrived + ACKNOWLEDGED_WITHIN - self.clock())):
                carried = await self._answered(received)
                if carried is None:
                    written = await self.inbox.put(received)
        except (ChatopsError, TimeoutError) as error:
            _LOG.warning("a %s of Slack has failed: %s", received.kind, str(error) or "it took too long")
            await self._refuse(received, refuse)
        except Exception:  # noqa: BLE001  # one place for faults of ours: Slack has to be told of them as well
            _LOG.exception("a %s of Slack has failed by a fault", received.kind)
            await self._refuse(received, refuse)
        else:
            if written is None:
                await self._sent(received, carried, send)
            else:
                await self._settle(received, written, min(arrived, self.clock() - written.age), send, refuse)

    async def _answered(self, received: Received) -> Mapping[str, JsonValue] | None:
        """What the acknowledgement itself carries; None for what has to be written down and run."""
        if received.kind is Kind.SUGGESTION:
            return {"options": [dict(each) for each in await self.handler.suggest(received)]}
        if received.kind is Kind.SUBMISSION:
            checked = await self.handler.validate(received)
            if isinstance(checked, Redrawn):
                return {"response_action": "update", "view": checked.view}
            if checked:
                return {"response_action": "errors", "errors": dict(checked)}
        return None

    async def _settle(self, received: Received, written: Written, arrived: float, send: Send, refuse: Refuse) -> None:
        """Answer what is written down. ``arrived`` is when it came first, perhaps to a process that has died."""
        if received.kind.is_repeated or written.state not in (State.RECEIVED, State.FAILED, State.MISSED):
            # It runs, or has run, whatever becomes of the acknowledgement.
            await self._sent(received, None, send)
            self.wake()
        elif written.state is not State.RECEIVED or self._is_late(arrived):
            await refuse()
        elif not await self._sent(received, None, send):
            await self._fail(received)
        elif self._is_late(arrived):
            # Nobody knows what Slack made of it. It stays as it is until it is missed, and the person is told.
            _LOG.warning("a %s was acknowledged too late, and is not run", received.kind)
        else:
            await self._acknowledged(received)

    def _is_late(self, arrived: float) -> bool:
        return self.clock() - arrived >= ACKNOWLEDGED_WITHIN

    async def _sent(self, received: Received, carried: Mapping[str, JsonValue] | None, send: Send) -> bool:
        try:
            await send(carried)
        except Exception:  # noqa: BLE001  # whatever it is, the door stays open for everybody else
            _LOG.warning("a %s could not be acknowledged", received.kind, exc_info=True)
            return False
        return True

    async def _acknowledged(self, received: Received) -> None:
        """Let it run. Where that cannot be written it is missed, and the person is told."""
        try:
            if not await self.inbox.acknowledge(received):
                _LOG.warning("an acknowledged %s is not run: it was given up meanwhile, or runs already", received.kind)
        except ChatopsError as error:
            _LOG.warning("an acknowledged %s is not run: %s", received.kind, error.message)
        self.wake()

    async def _refuse(self, received: Received, refuse: Refuse) -> None:
        await refuse()
        await self._fail(received)

    async def _fail(self, received: Received) -> None:
        """Where even this cannot be written it is not acknowledged either, so it never runs, and is given up later."""
        try:
            await self.inbox.fail(received)
        except ChatopsError as error:
            _LOG.warning("a failed %s is given up later: %s", received.kind, error.message)
