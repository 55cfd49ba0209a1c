"""Calls of the Web API over HTTP, with everything that can go wrong on the way."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from pydantic import SecretStr

from chatops.errors import SlackRejected, SlackUnavailable
from chatops.surfaces.slack.web import Web, web_client
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.faults import Fault, broken, dropped, error, rate_limited

pytestmark = pytest.mark.anyio


@dataclass(kw_only=True)
class Calling:
    """The client, and how long it has waited between its tries."""

    slack: FakeSlack
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        client = web_client(SecretStr(self.slack.application.bot_token), self.slack.api_url)
        self.web = Web(client=client, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)

    async def says(self) -> str:
        return str((await self.web.post("chat.postMessage", channel="C0OPS", text="Hello"))["ts"])


@pytest.fixture
async def calling() -> AsyncIterator[Calling]:
    async with fake_slack() as slack:
        slack.channel("C0OPS")
        slack.person("U0ALICE")
        yield Calling(slack=slack)


async def test_rate_limit_is_waited_for_and_then_it_is_posted_once(calling: Calling) -> None:
    calling.slack.faults.plan("chat.postMessage", rate_limited(retry_after=7), times=2)
    assert await calling.says()
    assert calling.waited == [7.0, 7.0]
    assert len(calling.slack.messages_in("C0OPS")) == 1


async def test_rate_limit_without_end_is_given_up_and_no_wait_is_longer_than_a_minute(calling: Calling) -> None:
    calling.slack.faults.plan("chat.postMessage", rate_limited(retry_after=3600), times=None)
    with pytest.raises(SlackUnavailable, match="pause") as caught:
        await calling.says()
    assert caught.value.retry_after == 3600
    assert calling.waited
    assert set(calling.waited) == {60.0}
    assert calling.slack.messages_in("C0OPS") == []


@pytest.mark.parametrize("fault", [dropped(is_processed=True), broken(is_processed=True)], ids=str)
async def test_post_of_which_nobody_knows_whether_it_was_done_is_not_repeated(calling: Calling, fault: Fault) -> None:
    calling.slack.faults.plan("chat.postMessage", fault)
    with pytest.raises(SlackUnavailable):
        await calling.says()
    assert len(calling.slack.messages_in("C0OPS")) == 1
    assert calling.waited == []


@pytest.mark.parametrize(
    "fault", [dropped(is_processed=False), dropped(is_processed=True), broken(503), error("internal_error")], ids=str
)
async def test_what_may_be_asked_twice_is_asked_again_after_longer_and_longer(calling: Calling, fault: Fault) -> None:
    calling.slack.faults.plan("users.info", fault, times=3)
    assert (await calling.web.ask("users.info", user="U0ALICE"))["user"]["id"] == "U0ALICE"
    assert calling.waited == [1.0, 2.0, 4.0]


async def test_what_never_answers_is_given_up_after_four_tries(calling: Calling) -> None:
    calling.slack.faults.plan("users.info", broken(), times=None)
    with pytest.raises(SlackUnavailable):
        await calling.web.ask("users.info", user="U0ALICE")
    assert len(calling.slack.calls("users.info")) == 4


@pytest.mark.parametrize("name", ["channel_not_found", "not_in_channel", "missing_scope", "token_revoked"])
async def test_refusal_of_slack_is_told_by_its_code_and_not_repeated(calling: Calling, name: str) -> None:
    calling.slack.faults.plan("chat.postMessage", error(name))
    with pytest.raises(SlackRejected, match=name) as caught:
        await calling.says()
    assert caught.value.upstream_code == name
    assert calling.waited == []


async def test_slack_that_is_down_is_unavailable(calling: Calling) -> None:
    calling.slack.goes_down()
    with pytest.raises(SlackUnavailable):
        await calling.says()


async def test_token_is_in_no_error(calling: Calling) -> None:
    calling.slack.faults.plan("users.info", broken(), times=None)
    with pytest.raises(SlackUnavailable) as caught:
        await calling.web.ask("users.info", user="U0ALICE")
    assert calling.slack.application.bot_token not in f"{caught.value.message} {caught.value.__cause__!r}"


async def test_arguments_that_are_none_are_not_sent(calling: Calling) -> None:
    await calling.web.post("chat.postMessage", channel="C0OPS", text="Hello", thread_ts=None)
    assert "thread_ts" not in calling.slack.calls("chat.postMessage")[0].arguments
