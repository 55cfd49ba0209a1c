"""One request from its arrival to its acknowledgement: at most two seconds, or it has failed and never runs."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import anyio
from pydantic import JsonValue

from chatops.errors import ChatopsError
from chatops.surfaces.slack.handler import Handler
from chatops.surfaces.slack.inbox import Inbox, State
from chatops.surfaces.slack.received import Kind, Received

ACKNOWLEDGED_WITHIN = 2.0
"""Seconds after arrival; Slack gives up after three."""

GIVEN_UP_AFTER = 3.0
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
        try:
            left = ACKNOWLEDGED_WITHIN - (self.clock() - arrived)
            with anyio.fail_after(max(0.0, left)):
                carried = await self._answered(received)
                state = State.DONE if carried is not None else await self._written(received)
        except (ChatopsError, TimeoutError) as error:
            _LOG.warning("a %s of Slack has failed: %s", received.kind, str(error) or "it took too long")
            await self._refuse(received, refuse)
            return
        if state is State.FAILED:
            await refuse()
        elif state is not State.RECEIVED:
            # Answered directly, or it has come before: whoever took it then runs it.
            await self._is_sent(received, send, carried)
        else:
            await self._acknowledge(received, arrived, send, refuse)

    async def _answered(self, received: Received) -> Mapping[str, JsonValue] | None:
        """What the acknowledgement itself carries; None for what has to be written down and run."""
        if received.kind is Kind.SUGGESTION:
            return {"options": [dict(each) for each in await self.handler.suggest(received)]}
        if received.kind is Kind.SUBMISSION:
            errors = await self.handler.validate(received)
            if errors:
                return {"response_action": "errors", "errors": dict(errors)}
        return None

    async def _written(self, received: Received) -> State:
        return await self.inbox.put(received)

    async def _acknowledge(self, received: Received, arrived: float, send: Send, refuse: Refuse) -> None:
        if self.clock() - arrived >= ACKNOWLEDGED_WITHIN:
            await self._refuse(received, refuse)
            return
        if not await self._is_sent(received, send, None):
            await self._fail(received)
            return
        if self.clock() - arrived >= GIVEN_UP_AFTER and not received.kind.is_repeated:
            await self._fail(received)
            return
        await self.inbox.acknowledge(received)
        self.wake()

    @staticmethod
    async def _is_sent(received: Received, send: Send, carried: Mapping[str, JsonValue] | None) -> bool:
        try:
            await send(carried)
        except Exception:  # noqa: BLE001  # whatever it is, the door stays open for everybody else
            _LOG.warning("a %s could not be acknowledged", received.kind, exc_info=True)
            return False
        return True

    async def _refuse(self, received: Received, refuse: Refuse) -> None:
        await refuse()
        await self._fail(received)

    async def _fail(self, received: Received) -> None:
        """Where even this cannot be written it is not acknowledged either, so it never runs, and is given up later."""
        try:
            await self.inbox.fail(received)
        except ChatopsError as error:
            _LOG.warning("a failed %s is given up later: %s", received.kind, error.message)
