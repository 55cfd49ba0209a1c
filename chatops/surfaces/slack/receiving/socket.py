"""Requests over Socket Mode: WebSockets that we open, and whose envelopes are acknowledged one by one.

Written on aiohttp: slack_sdk's client stays away for five seconds or more after each loss, and tries an address again
that was good for one connection.
"""

import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import anyio
from aiohttp import ClientSession, ClientWebSocketResponse, ClientWSTimeout, WSMsgType
from anyio.abc import TaskGroup
from pydantic import JsonValue

from chatops.errors import ChatopsError, SlackRejected
from chatops.surfaces.slack.intake import ACKNOWLEDGED_WITHIN, Intake
from chatops.surfaces.slack.received import Unreadable, read
from chatops.surfaces.slack.web import PATIENCE, TOKEN_IS_BAD, Web

NOT_CONNECTED = "socket_not_connected"
HEARTBEAT = 10.0
"""Seconds between two signs of life; a connection without an answer is given up after half of that."""

_LONGEST_PAUSE = 10.0
_CLOSING = ClientWSTimeout(ws_close=1.0)
_NEXT_STEP = (
    "Make an app token with the scope connections:write, give it to CHATOPS_SLACK_APP_TOKEN, and start chatops serve "
    "again."
)
_LOG = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Socket:
    """Stays connected. ``web`` has the app token; ``clock`` never goes back."""

    web: Web
    intake: Intake
    clock: Callable[[], float]
    _link: ClientWebSocketResponse | None = field(default=None, init=False)
    _links: set[ClientWebSocketResponse] = field(default_factory=set, init=False)
    _trouble: str = field(default="", init=False)

    def why_not(self) -> str:
        """A code that says why nothing can come in; empty if it can."""
        return "" if self._link is not None and not self._link.closed else self._trouble or NOT_CONNECTED

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connect, and stay connected until the block ends; what has come in by then is still acknowledged."""
        async with ClientSession() as session, self._closing(), anyio.create_task_group() as answering:
            async with anyio.create_task_group() as reading:
                reading.start_soon(self._stay_connected, session, reading, answering)
                try:
                    yield
                finally:
                    reading.cancel_scope.cancel()
            answering.cancel_scope.deadline = anyio.current_time() + ACKNOWLEDGED_WITHIN

    @asynccontextmanager
    async def _closing(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            with anyio.CancelScope(shield=True):
                for link in self._links:
                    await link.close()

    async def _stay_connected(self, session: ClientSession, reading: TaskGroup, answering: TaskGroup) -> None:
        pause = 0.0
        while True:
            await anyio.sleep(pause)
            pause = min(2 * pause + 0.5, _LONGEST_PAUSE)
            try:
                link = await self._connected(session)
            except (ChatopsError, aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                self._tell(error)
                continue
            if await self._read(link, answering):
                pause = 0.0
            if not link.closed:
                # Slack wants us elsewhere: what still comes here is answered while we go there.
                reading.start_soon(self._read, link, answering)

    async def _connected(self, session: ClientSession) -> ClientWebSocketResponse:
        answer = await self.web.ask("apps.connections.open")
        with anyio.fail_after(PATIENCE):
            link = await session.ws_connect(
                str(answer["url"]), heartbeat=HEARTBEAT, timeout=_CLOSING, proxy=self.web.client.proxy
            )
        self._links = {link, *(each for each in self._links if not each.closed)}
        return link

    async def _read(self, link: ClientWebSocketResponse, answering: TaskGroup) -> bool:
        """Take envelopes until Slack says goodbye, or the connection ends; whether it had begun well."""
        is_welcome = False
        async for message in link:
            said = _object(message.data) if message.type is WSMsgType.TEXT else {}
            if said.get("type") == "hello":
                is_welcome, self._link = True, link
                self._is_well()
            elif said.get("type") == "disconnect":
                _LOG.info("Slack ends a connection of Socket Mode: %s", said.get("reason"))
                break
            elif "envelope_id" in said:
                answering.start_soon(self._take_calmly, link, said)
        if self._link is link:
            self._link = None
        return is_welcome

    async def _take_calmly(self, link: ClientWebSocketResponse, envelope: Mapping[str, Any]) -> None:
        try:
            await self._take(link, envelope)
        except Exception:  # noqa: BLE001  # whatever it is, the door stays open for everybody else
            _LOG.warning("an envelope of Slack was not acknowledged", exc_info=True)

    async def _take(self, link: ClientWebSocketResponse, envelope: Mapping[str, Any]) -> None:
        arrived = self.clock()

        async def acknowledge(carried: Mapping[str, JsonValue] | None) -> None:
            answer = {"envelope_id": envelope["envelope_id"], **({} if carried is None else {"payload": dict(carried)})}
            # It may go over any connection, and its own may be gone.
            way = self._link if link.closed and self._link is not None else link
            await way.send_str(json.dumps(answer))

        async def refuse() -> None:
            """Slack tells the person by itself, after three seconds."""

        payload = envelope.get("payload")
        try:
            received = read(payload if isinstance(payload, dict) else {})
        except Unreadable as error:
            _LOG.warning("an envelope of Slack is acknowledged and dropped: %s", error)
            await acknowledge(None)
            return
        await self.intake.take(received, arrived, acknowledge, refuse)

    def _is_well(self) -> None:
        if self._trouble:
            _LOG.warning("Slack is reached over Socket Mode again")
        self._trouble = ""

    def _tell(self, error: Exception) -> None:
        """Say once why there is no connection."""
        code, next_step = NOT_CONNECTED, "It is tried again until it works."
        if isinstance(error, SlackRejected) and error.upstream_code in TOKEN_IS_BAD:
            code, next_step = str(error.upstream_code), _NEXT_STEP
        if code != self._trouble:
            self._trouble = code
            _LOG.error("Slack cannot be reached over Socket Mode (%s): %s %s", code, error, next_step)


def _object(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
