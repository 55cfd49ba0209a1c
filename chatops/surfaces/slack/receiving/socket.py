"""Requests over Socket Mode: a WebSocket that we open, and whose envelopes are acknowledged one by one."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from pydantic import JsonValue, SecretStr
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from chatops.surfaces.slack.intake import Intake
from chatops.surfaces.slack.received import Unreadable, read

_AGAIN_AFTER = 5.0
_LOG = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Socket:
    """The connection. ``clock`` never goes back."""

    app_token: SecretStr
    web: AsyncWebClient
    intake: Intake
    clock: Callable[[], float]
    client: SocketModeClient | None = None

    async def is_connected(self) -> bool:
        """Whether requests can come in."""
        return self.client is not None and await self.client.is_connected()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Connect and stay connected until the block ends; one that cannot connect just now goes on trying."""
        self.client = SocketModeClient(app_token=self.app_token.get_secret_value(), web_client=self.web)
        self.client.socket_mode_request_listeners.append(self._listen)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._connect, self.client)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()
                with anyio.CancelScope(shield=True):
                    await self.client.close()  # type: ignore[no-untyped-call]  # the library says nothing of its types

    @staticmethod
    async def _connect(client: SocketModeClient) -> None:
        """The client reconnects by itself once it was connected."""
        while True:
            try:
                await client.connect()  # type: ignore[no-untyped-call]  # the library says nothing of its types
            except Exception as error:  # noqa: BLE001  # whatever the network or the library says, it is tried again
                _LOG.warning("Slack cannot be reached over Socket Mode just now: %s", error)
                await anyio.sleep(_AGAIN_AFTER)
            else:
                return

    async def _listen(self, client: AsyncBaseSocketModeClient, envelope: SocketModeRequest) -> None:
        arrived = self.clock()

        async def acknowledge(carried: Mapping[str, JsonValue] | None) -> None:
            payload = None if carried is None else dict(carried)
            await client.send_socket_mode_response(
                SocketModeResponse(envelope_id=envelope.envelope_id, payload=payload)
            )

        async def refuse() -> None:
            """Slack tells the person by itself, after three seconds."""

        try:
            received = read(envelope.payload)
        except Unreadable as error:
            _LOG.warning("an envelope of Slack is acknowledged and dropped: %s", error)
            await acknowledge(None)
            return
        await self.intake.take(received, arrived, acknowledge, refuse)
