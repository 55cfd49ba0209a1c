"""Several replicas on one store post a message once, and never put an older state over a newer one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest
from pydantic import SecretStr

from chatops.errors import SlackRejected, SlackUnavailable
from chatops.surfaces.slack.manifest import SCOPE_OF
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.messages import OVER, Hold, Messages, Posted
from chatops.surfaces.slack.outgoing import Outgoing
from chatops.surfaces.slack.web import Web, web_client
from tests.chatops.conftest import PassingTime
from tests.chatops.store.stores import Place
from tests.slack.application import Application
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.faults import dropped, error

pytestmark = pytest.mark.anyio

SCOPES = frozenset(scope for scope in SCOPE_OF.values() if scope)
CARD = Posted(team="T01", key="op_a:approval", kind="approval", channel="C0OPS", operation="op_a")


@dataclass(frozen=True, kw_only=True)
class Stand:
    slack: FakeSlack
    place: Place

    def replica(self) -> Outgoing:
        web = Web(client=web_client(SecretStr(self.slack.application.bot_token), self.slack.api_url))
        return Outgoing(web=web, messages=Messages(database=self.place.open()), patience=0.5)

    def said(self) -> list[str]:
        return [each.text for each in self.slack.messages_in("C0OPS")]


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Stand]:
    place = Place(folder=folder)
    async with fake_slack(Application(scopes=SCOPES)) as slack:
        slack.channel("C0OPS")
        yield Stand(slack=slack, place=place)
    place.close()


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    async with opened(tmp_path) as stand:
        yield stand


async def test_replicas_at_the_same_moment_post_once(stand: Stand) -> None:
    found: list[Posted] = []

    async def post(replica: Outgoing) -> None:
        found.append(await replica.post(CARD, Message(text="card")))

    replicas = [stand.replica() for _ in range(3)]
    async with anyio.create_task_group() as tasks:
        for each in replicas:
            tasks.start_soon(post, each)
    assert stand.said() == ["card"]
    assert len({each.ts for each in found}) == 1
    assert found[0].ts is not None


async def test_what_nobody_knows_of_is_posted_again_only_after_a_minute(stand: Stand) -> None:
    replica, other = stand.replica(), stand.replica()
    stand.slack.faults.plan("chat.postMessage", dropped(is_processed=False))
    with pytest.raises(SlackUnavailable):
        await replica.post(CARD, Message(text="card"))
    stand.place.clock.seconds += 59
    with pytest.raises(SlackUnavailable):
        await other.post(CARD, Message(text="card"))
    assert stand.said() == []
    stand.place.clock.seconds += 2
    assert (await other.post(CARD, Message(text="card"))).ts is not None
    assert stand.said() == ["card"]


async def test_what_was_refused_can_be_posted_at_once(stand: Stand) -> None:
    replica = stand.replica()
    stand.slack.faults.plan("chat.postMessage", error("not_in_channel"))
    with pytest.raises(SlackRejected):
        await replica.post(CARD, Message(text="card"))
    await replica.post(CARD, Message(text="card"))
    assert stand.said() == ["card"]


async def test_older_state_never_replaces_a_newer_one(stand: Stand) -> None:
    first, second = stand.replica(), stand.replica()
    posted = await first.post(CARD, Message(text="asked"))
    second.edit(posted, Message(text="done"), version=4)
    await second.flush()
    first.edit(posted, Message(text="running"), version=2)
    await first.flush()
    assert stand.said() == ["done"]


async def test_two_replicas_do_not_edit_a_message_at_once(stand: Stand) -> None:
    first, second = Messages(database=stand.place.open()), Messages(database=stand.place.open())
    posted = await stand.replica().post(CARD, Message(text="asked"))
    assert await first.hold(posted, 2) is Hold.OURS
    assert await second.hold(posted, 3) is Hold.BUSY
    await first.shown(posted, 2)
    assert await second.hold(posted, 1) is Hold.NEWER
    assert await second.hold(posted, 3) is Hold.OURS
    stand.place.clock.seconds += 61
    assert await first.hold(posted, 4) is Hold.OURS, "whoever died while editing is forgotten"


async def test_newer_edit_that_waits_is_not_replaced_by_an_older_one(stand: Stand) -> None:
    replica = stand.replica()
    posted = await replica.post(CARD, Message(text="asked"))
    replica.edit(posted, Message(text="done"), version=4)
    replica.edit(posted, Message(text="running"), version=2)
    await replica.flush()
    assert stand.said() == ["done"]


async def test_deleted_message_is_posted_anew_once(stand: Stand) -> None:
    replica = stand.replica()

    async def deleted_and_edited() -> Posted:
        posted = await replica.post(CARD, Message(text="card"))
        alice = stand.slack.person("U0ALICE").joins("C0OPS")
        for message in stand.slack.messages_in("C0OPS"):
            alice.deletes(message)
        replica.edit(posted, Message(text="later"), version=1)
        await replica.flush()
        (kept,) = await replica.messages.of_operation("op_a")
        return kept

    assert (await deleted_and_edited()).ts is None, "it may be posted under its key again"
    assert (await deleted_and_edited()).version == OVER, "somebody does not want it there"
    assert (await replica.post(CARD, Message(text="card"))).ts is not None
    assert stand.said() == []


async def test_what_was_sent_long_ago_is_not_remembered(stand: Stand) -> None:
    replica, time = stand.replica(), PassingTime()
    replica.clock = time
    for number in range(5):
        await replica.post(Posted(team="T01", key=f"k{number}", kind="x", channel="C0OPS"), Message(text="x"))
        time.ahead += 10
    assert len(replica._sent_at) == 1  # noqa: SLF001  # what must not grow shows nowhere else
