"""Socket Mode against a real WebSocket: every loss of the connection is followed by another one."""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from pydantic import SecretStr

from chatops.surfaces.slack.inbox import Inbox
from chatops.surfaces.slack.intake import Intake
from chatops.surfaces.slack.receiving.socket import NOT_CONNECTED, Socket
from chatops.surfaces.slack.web import Web, web_client
from tests.chatops.store.stores import Place
from tests.chatops.surfaces.slack.handlers import Recording, until
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.faults import error

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def connected(slack: FakeSlack, folder: Path, handler: Recording | None = None) -> AsyncIterator[Socket]:
    place = Place(folder=folder)
    inbox = Inbox(database=place.open(), owner="ours")
    intake = Intake(inbox=inbox, handler=handler or Recording(), clock=time.monotonic, wake=lambda: None)
    client = web_client(SecretStr(slack.application.app_token), slack.api_url)
    socket = Socket(web=Web(client=client), intake=intake, clock=time.monotonic)
    try:
        async with socket.open():
            yield socket
    finally:
        place.close()


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as running:
        running.channel("C0OPS")
        yield running


async def test_connection_that_breaks_is_followed_by_another_one_at_once(slack: FakeSlack, tmp_path: Path) -> None:
    async with connected(slack, tmp_path) as socket:
        await until(lambda: not socket.why_not())
        for number in (2, 3, 4):
            slack.socket.cut()
            await slack.called("apps.connections.open", times=number)
            await slack.connected()
            await until(lambda: not socket.why_not())
        assert (await slack.person("U0ALICE").types("/phone", "list")).is_ok


async def test_connection_that_slack_refreshes_loses_nothing(slack: FakeSlack, tmp_path: Path) -> None:
    async with connected(slack, tmp_path) as socket:
        await until(lambda: not socket.why_not())
        await slack.socket.disconnect("refresh_requested")
        await slack.connected()
        await until(lambda: not socket.why_not())
        assert (await slack.person("U0ALICE").types("/phone", "list")).is_ok


async def test_slack_that_was_away_is_reached_with_a_new_address(slack: FakeSlack, tmp_path: Path) -> None:
    slack.goes_down()
    async with connected(slack, tmp_path) as socket:
        assert socket.why_not() == NOT_CONNECTED
        slack.comes_back()
        await slack.connected()
        await until(lambda: not socket.why_not())
        assert (await slack.person("U0ALICE").types("/phone", "list")).is_ok


async def test_token_that_is_not_accepted_is_told_once_with_what_to_do(
    slack: FakeSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slack.revokes(slack.application.app_token)
    async with connected(slack, tmp_path) as socket:
        await until(lambda: socket.why_not() == "token_revoked")
        await slack.called("apps.connections.open", times=3)
        assert socket.why_not() == "token_revoked"
    told = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert len(told) == 1
    assert "CHATOPS_SLACK_APP_TOKEN" in told[0]
    assert slack.application.app_token not in caplog.text


async def test_address_that_is_not_given_just_now_is_asked_for_again(slack: FakeSlack, tmp_path: Path) -> None:
    slack.faults.plan("apps.connections.open", error("internal_error"))
    async with connected(slack, tmp_path) as socket:
        await until(lambda: not socket.why_not())


async def test_what_has_come_in_is_acknowledged_although_the_door_closes(slack: FakeSlack, tmp_path: Path) -> None:
    entered, release = anyio.Event(), anyio.Event()

    async def before(_: object) -> None:
        entered.set()
        await release.wait()

    asked = {"type": "block_suggestion", "team": {"id": "T01"}, "user": {"id": "U0ALICE"}, "action_ts": "1.1"}
    async with anyio.create_task_group() as tasks:
        async with connected(slack, tmp_path, Recording(before=before)) as socket:
            await until(lambda: not socket.why_not())
            await slack.socket.ready[0].socket.send_json({"envelope_id": "e1", "payload": asked})
            await entered.wait()
            tasks.start_soon(_soon, release)
        # The fake has not sent it, and says so.
        await slack.until(lambda: slack.complaints)
        assert '{"envelope_id": "e1", "payload": {"options": []}}' in slack.complaints.pop()


async def _soon(event: anyio.Event) -> None:
    """When everybody else has had their turn."""
    for _ in range(10):
        await anyio.lowlevel.checkpoint()
    event.set()


async def test_nonsense_is_dropped_and_the_connection_stays(slack: FakeSlack, tmp_path: Path) -> None:
    async with connected(slack, tmp_path) as socket:
        await until(lambda: not socket.why_not())
        (connection,) = slack.socket.ready
        for text in ("", "{", "[]", '{"type": 7}', '{"envelope_id": "e1", "payload": "x"}', "[" * 5000):
            await connection.socket.send_str(text)
        assert (await slack.person("U0ALICE").types("/phone", "list")).is_ok
        assert slack.socket.ready == [connection]
        # It knows nothing of e1, which is acknowledged so that Slack does not send it again.
        assert '{"envelope_id": "e1"}' in slack.complaints.pop()
