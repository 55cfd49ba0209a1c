"""An app written with bolt, which knows nothing of this fake, lives on it as on Slack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp

from tests.slack import JsonObject
from tests.slack.conftest import client_of
from tests.slack.fake import FakeSlack
from tests.slack.samples import BUTTON, MODAL, asking, option

pytestmark = pytest.mark.anyio

FORM = {
    **MODAL,
    "blocks": [asking({"type": "external_select", "action_id": "phone", "min_query_length": 0})],
}


def bolt_app(slack: FakeSlack) -> AsyncApp:
    """A command with a card, a button that opens a form, suggestions, a submission with an error."""
    app = AsyncApp(client=client_of(slack), signing_secret=slack.application.signing_secret)

    @app.command("/phone")
    async def command(ack: Any, say: Any, respond: Any) -> None:  # noqa: ANN401  # bolt's
        await ack("One moment")
        await respond("Only you see this")
        await say(text="Reset?", blocks=[{"type": "actions", "elements": [BUTTON]}])

    @app.action("go")
    async def press(ack: Any, body: JsonObject, client: Any) -> None:  # noqa: ANN401  # bolt's
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.options("phone")
    async def suggest(ack: Any) -> None:  # noqa: ANN401  # bolt's
        await ack(options=[option("p7")])

    @app.view("reset")
    async def submit(ack: Any, body: JsonObject) -> None:  # noqa: ANN401  # bolt's
        chosen = body["view"]["state"]["values"]["ask"]["phone"]["selected_option"]["value"]
        await ack(response_action="errors", errors={"ask": f"{chosen} is busy"})

    @app.event("app_mention")
    async def mention(event: JsonObject, say: Any) -> None:  # noqa: ANN401  # bolt's
        await say(text="Yes?", thread_ts=event["ts"])

    return app


@asynccontextmanager
async def running(slack: FakeSlack, transport: str) -> AsyncIterator[None]:
    app = bolt_app(slack)
    if transport == "socket":
        handler = AsyncSocketModeHandler(app, slack.application.app_token, web_client=client_of(slack))
        await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt leaves it untyped
        await slack.connected()
        try:
            yield
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # bolt leaves it untyped
        return
    runner = web.AppRunner(app.web_app(path="/slack/events"), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.delivers_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_bolt_app_answers_commands_clicks_suggestions_submissions_and_events(
    slack: FakeSlack, transport: str
) -> None:
    async with running(slack, transport):
        bob = slack.person("U0BOB")
        assert (await bob.types("/phone", "reset")).seen == "One moment"
        await slack.ephemeral_to("U0BOB", containing="Only you")
        assert (await bob.presses(await slack.message_in("C0OPS", containing="Reset?"), "go")).is_ok
        form = await slack.view_of("U0BOB", callback_id="reset")
        assert (await bob.suggests(form, "phone")).values == ["p7"]
        assert (await bob.submits(form, {"phone": "p7"})).errors == {"ask": "p7 is busy"}
        mention = await bob.mentions("status")
        thread = mention.delivery.payload["event"]["ts"]
        assert (await slack.message_in("C0OPS", containing="Yes?")).thread_ts == thread
