"""Failures a test lays out, met by the SDK's own clients."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler

from tests.slack.conftest import Recorder, client_of, socket_client
from tests.slack.fake import FakeSlack
from tests.slack.faults import broken, dropped, error, rate_limited

pytestmark = pytest.mark.anyio


async def test_rate_limit_names_its_seconds_and_is_retried_by_the_sdk(slack: FakeSlack) -> None:
    slack.faults.plan("chat.postMessage", rate_limited(7))
    with pytest.raises(SlackApiError) as limited:
        await client_of(slack).chat_postMessage(channel="C0OPS", text="one")
    assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "7")
    patient = client_of(slack)
    patient.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.faults.plan("chat.postMessage", rate_limited(0))
    await patient.chat_postMessage(channel="C0OPS", text="two")
    assert [message.text for message in slack.messages_in("C0OPS")] == ["two"]
    assert slack.faults.left == 0


async def test_errors_and_broken_pages_leave_nothing_behind(slack: FakeSlack) -> None:
    slack.faults.plan("chat.postMessage", error("channel_is_archived"))
    slack.faults.plan("*", broken(503))
    for expected in ("channel_is_archived", "503"):
        with pytest.raises(SlackApiError, match=expected):
            await client_of(slack).chat_postMessage(channel="C0OPS", text="x")
    assert not slack.messages_in("C0OPS")


@pytest.mark.parametrize("is_processed", [True, False])
async def test_dropped_connection_leaves_the_effect_it_was_told_to(slack: FakeSlack, *, is_processed: bool) -> None:
    client = client_of(slack)
    client.retry_handlers.clear()
    slack.faults.plan("chat.postMessage", dropped(is_processed=is_processed))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="C0OPS", text="once")
    assert len(slack.messages_in("C0OPS")) == int(is_processed)
    assert "dropped" in str(slack.calls("chat.postMessage")[0].answer)


async def test_fault_may_be_meant_for_some_calls_only(slack: FakeSlack) -> None:
    slack.faults.plan("chat.postMessage", error("fatal_error"), times=None, where=lambda call: "b" in call.text("text"))
    await client_of(slack).chat_postMessage(channel="C0OPS", text="a")
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client_of(slack).chat_postMessage(channel="C0OPS", text="b")
    slack.faults.clear()
    await client_of(slack).chat_postMessage(channel="C0OPS", text="b")


async def test_nothing_gets_through_while_slack_is_down(slack: FakeSlack, app: Recorder) -> None:
    async with socket_client(slack, app):
        slack.goes_down()
        client = client_of(slack)
        client.retry_handlers.clear()
        with pytest.raises(aiohttp.ClientError):
            await client.auth_test()
        assert (await slack.person("U0BOB").types("/phone")).failure == "dispatch_failed"
        slack.comes_back()
        await slack.connected()
        assert (await slack.person("U0BOB").types("/phone", "list")).is_ok
    assert [payload["text"] for payload in app.got] == ["list"]
