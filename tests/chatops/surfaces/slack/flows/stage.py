"""A Slack door before a real service: what somebody types that is a command of the door itself, and opened homes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import anyio
import pytest

from chatops.settings import load_settings
from chatops.surfaces.slack.asked import Own
from chatops.surfaces.slack.door import Desk, open_door
from chatops.surfaces.slack.flows.homing import home_opened
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.flows.own_words import OWN
from chatops.surfaces.slack.handler import Begin, Option
from chatops.surfaces.slack.received import Kind, Received
from chatops.surfaces.slack.words import read
from tests.chatops.conftest import Bench, OpenBench, team
from tests.chatops.surfaces.slack.test_door import served
from tests.slack.fake import FakeSlack, fake_slack

PEOPLE = {
    "alice": {"roles": ["operator"], "slack": ["T01:U0ALICE"]},
    "bob": {"roles": ["operator", "approver"], "slack": ["T01:U0BOB"]},
    "vera": {"roles": ["viewer"], "slack": ["T01:U0VERA"]},
    "carol": {"roles": ["approver"]},
}


@dataclass(kw_only=True)
class OwnWords:
    """Hands commands of the door itself, and opened homes, to their flows."""

    bench: Bench
    desk: Desk
    begun: list[str] = field(default_factory=list)

    async def handle(self, received: Received, begin: Begin) -> None:
        desk = self.desk
        principal = await desk.directory.principal(received.team, received.user, received.user_team)
        office = Office(desk=desk, service=self.bench.service, command="/phone")
        if received.kind is Kind.EVENT:
            await home_opened(office, received, principal, begin)
            return
        found = read(received.payload["text"], self.bench.executor.actions)
        assert isinstance(found, Own)

        async def begins() -> None:
            self.begun.append(found.name)
            await begin()

        place = Place(channel=received.channel, user=received.user, response_url=received.response_url)
        await OWN[found.name](office, place, principal, found.rest, begins)

    async def interrupted(self, received: Received) -> None: ...

    async def missed(self, received: Received) -> None: ...

    async def validate(self, submission: Received) -> Mapping[str, str]:  # noqa: ARG002  # the protocol
        return {}

    async def suggest(self, request: Received) -> Sequence[Option]:  # noqa: ARG002  # the protocol
        return ()


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that a story needs."""

    slack: FakeSlack
    bench: Bench
    handler: OwnWords

    @property
    def office(self) -> Office:
        return Office(desk=self.handler.desk, service=self.bench.service, command="/phone")


@asynccontextmanager
async def staged(
    open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch, *, over: str = "socket"
) -> AsyncIterator[Stage]:
    """The door is open, over Socket Mode or signed HTTP, in a channel named C0OPS."""
    handlers: list[OwnWords] = []
    async with fake_slack() as slack, open_bench(team(people=PEOPLE)) as bench:

        def build(desk: Desk) -> OwnWords:
            handlers.append(OwnWords(bench=bench, desk=desk))
            return handlers[0]

        monkeypatch.setenv("CHATOPS_SLACK_BOT_TOKEN", slack.application.bot_token)
        if over == "http":
            monkeypatch.setenv("CHATOPS_SLACK_SIGNING_SECRET", slack.application.signing_secret)
        else:
            monkeypatch.setenv("CHATOPS_SLACK_APP_TOKEN", slack.application.app_token)
        monkeypatch.setenv("CHATOPS_SLACK_API_URL", slack.api_url)
        slack.channel("C0OPS")
        for each in ("U0ALICE", "U0BOB", "U0VERA"):
            slack.person(each).joins("C0OPS")
        opening = open_door(load_settings(), bench.service.database, bench.policy, lambda: "ours", build)
        async with opening as door, AsyncExitStack() as stack:
            if over == "http":
                slack.delivers_to(await stack.enter_async_context(served(door)))
            else:
                await slack.connected()
            with anyio.fail_after(60):
                yield Stage(slack=slack, bench=bench, handler=handlers[0])
