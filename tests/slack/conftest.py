"""A running fake, and an app that only remembers, on either transport."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack import JsonObject
from tests.slack.fake import FakeSlack, fake_slack

Listener = Callable[[JsonObject], Awaitable[JsonObject | None]]


@dataclass
class Recorder:
    """An app of the simplest kind: keeps what it gets and acknowledges with what a test laid out."""

    answer: JsonObject | None = None
    listener: Listener | None = None
    got: list[JsonObject] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    envelopes: list[SocketModeRequest] = field(default_factory=list)

    async def heard(self, payload: JsonObject) -> JsonObject | None:
        self.got.append(payload)
        return self.answer if self.listener is None else await self.listener(payload)


def client_of(slack: FakeSlack, token: str | None = None) -> AsyncWebClient:
    return AsyncWebClient(token=token or slack.application.bot_token, base_url=slack.api_url)


@asynccontextmanager
async def socket_client(slack: FakeSlack, recorder: Recorder) -> AsyncIterator[SocketModeClient]:
    """The SDK's own client, connected."""
    client = SocketModeClient(app_token=slack.application.app_token, web_client=client_of(slack), ping_interval=0.05)

    async def heard(_client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        recorder.envelopes.append(request)
        answer = await recorder.heard(request.payload)
        await _client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id, payload=answer))

    client.socket_mode_request_listeners.append(heard)
    before = len(slack.socket.ready)
    await client.connect()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped
    await slack.connected(before + 1)
    try:
        yield client
    finally:
        await client.close()  # type: ignore[no-untyped-call]  # the SDK leaves it untyped


@asynccontextmanager
async def http_app(recorder: Recorder) -> AsyncIterator[str]:
    """Reads requests with aiohttp alone."""

    async def events(request: web.Request) -> web.Response:
        recorder.headers.append({**request.headers, "raw": await request.text()})
        if request.content_type == "application/json":
            payload = await request.json()
        else:
            form = {name: str(value) for name, value in (await request.post()).items()}
            payload = json.loads(form["payload"]) if "payload" in form else form
        answer = await recorder.heard(payload)
        return web.json_response(answer) if answer is not None else web.Response()

    app = web.Application()
    app.router.add_post("/slack/events", events)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    finally:
        await runner.cleanup()


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as running:
        yield running


@pytest.fixture
def app() -> Recorder:
    return Recorder()


@pytest.fixture(params=["socket", "http"])
async def told(request: pytest.FixtureRequest, slack: FakeSlack, app: Recorder) -> AsyncIterator[Recorder]:
    """The app, reached one way and the other."""
    if request.param == "socket":
        async with socket_client(slack, app):
            yield app
    else:
        async with http_app(app) as address:
            slack.delivers_to(address)
            yield app
