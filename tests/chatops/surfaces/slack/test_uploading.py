from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from chatops.errors import SlackRejected, SlackUnavailable
from chatops.surfaces.slack.uploading import upload
from chatops.surfaces.slack.web import Web, web_client
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.faults import Fault, dropped

pytestmark = pytest.mark.anyio


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as slack:
        yield slack


def web_of(slack: FakeSlack) -> Web:
    return Web(client=web_client(SecretStr(slack.application.bot_token), slack.api_url))


async def test_a_file_is_there_and_seen_in_no_channel(slack: FakeSlack) -> None:
    slack.channel("C0OPS")
    identifier = await upload(web_of(slack), "fleet.png", b"png", title="The fleet", alt_text="3 phones")
    file = slack.state.workspace.files[identifier]
    assert (file.name, file.title, file.content) == ("fleet.png", "The fleet", b"png")
    assert slack.messages_in("C0OPS") == []


async def test_a_file_in_a_channel_stands_in_the_thread_once_although_no_answer_came(slack: FakeSlack) -> None:
    slack.channel("C0OPS")
    said = slack.person("U0BOB").says("look")
    slack.faults.plan("files.completeUploadExternal", dropped(is_processed=True), times=1)
    with pytest.raises(SlackUnavailable):
        await upload(web_of(slack), "a.csv", b"a,b", title="a.csv", channel="C0OPS", thread=said.ts)
    assert (await slack.file_in("C0OPS", named="a.csv")).thread_ts == said.ts
    assert len(slack.calls("files.completeUploadExternal")) == 1


@pytest.mark.parametrize(
    "address", ["https://files.slack.com.evil.example/x", "http://files.slack.com/x", "https://evil.example/x", ""]
)
async def test_bytes_go_nowhere_but_to_slack(slack: FakeSlack, address: str) -> None:
    body = {"ok": True, "file_id": "F1", "upload_url": address}
    slack.faults.plan("files.getUploadURLExternal", Fault(body=body), times=1)
    with pytest.raises(SlackRejected, match="not its own"):
        await upload(web_of(slack), "fleet.png", b"png", title="The fleet")


async def test_an_upload_that_is_not_taken_is_no_file(slack: FakeSlack) -> None:
    body = {"ok": True, "file_id": "F1", "upload_url": slack.api_url.replace("/api/", "/upload/F9")}
    slack.faults.plan("files.getUploadURLExternal", Fault(body=body), times=1)
    with pytest.raises(SlackUnavailable, match="answered 404"):
        await upload(web_of(slack), "fleet.png", b"png", title="The fleet")
    assert slack.calls("files.completeUploadExternal") == []
