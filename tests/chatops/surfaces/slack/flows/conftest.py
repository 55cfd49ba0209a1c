"""The Slack door with its flows: a fake Slack, the real service, and the simulator over HTTP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

import pytest

from chatops.settings import load_settings
from chatops.simulator import SimulatorSettings
from chatops.surfaces.slack.door import Desk, Door, open_door
from chatops.surfaces.slack.flows.composing import ROUTES
from chatops.surfaces.slack.flows.office import Flow, Office, OwnCommand, Place
from chatops.surfaces.slack.flows.router import Router
from chatops.surfaces.slack.flows.telling import say
from chatops.surfaces.slack.message import Message
from chatops.team import Team
from tests.chatops.conftest import Bench, OpenBench, team
from tests.chatops.surfaces.slack.test_door import served
from tests.slack.fake import FakeSlack, Person, fake_slack

CHANNEL = "C0OPS"
FLEET = SimulatorSettings(phones=150, faults=True, speed=1000)


def slack_team() -> Team:
    """Alice operates, Bob approves, Vera looks, and Nora may do nothing; all of them are in Slack."""
    return team(
        people={
            "alice": {"roles": ["operator"], "slack": ["T01:U0ALICE"]},
            "bob": {"roles": ["operator", "approver"], "slack": ["T01:U0BOB"]},
            "vera": {"roles": ["viewer"], "slack": ["T01:U0VERA"]},
            "nora": {"slack": ["T01:U0NORA"]},
        }
    )


@dataclass(kw_only=True)
class Stand:
    """The door, open."""

    slack: FakeSlack
    bench: Bench
    followed: list[tuple[Place, str]] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)

    @property
    def alice(self) -> Person:
        return self.slack.person("U0ALICE").joins(CHANNEL)

    async def follow(self, office: Office, place: Place, operation: str) -> None:
        """In the place of the cards of operations."""
        self.followed.append((place, operation))
        await say(office, place, f"op:{operation}:asked", Message(text=f"Card of {operation}"), operation=operation)


class OpenStand(Protocol):
    def __call__(
        self, transport: str, *, own: Mapping[str, OwnCommand] = ..., home: Flow = ...
    ) -> AbstractAsyncContextManager[Stand]: ...


@pytest.fixture
def open_stand(open_bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> OpenStand:
    """Opens the door over ``socket`` or ``http``."""

    @asynccontextmanager
    async def opened(
        transport: str, *, own: Mapping[str, OwnCommand] = ROUTES.own, home: Flow = ROUTES.home
    ) -> AsyncIterator[Stand]:
        async with AsyncExitStack() as stack:
            bench = await stack.enter_async_context(open_bench(slack_team(), simulator=FLEET))
            slack = await stack.enter_async_context(fake_slack())
            monkeypatch.setenv("CHATOPS_SLACK_BOT_TOKEN", slack.application.bot_token)
            monkeypatch.setenv("CHATOPS_SLACK_API_URL", slack.api_url)
            if transport == "http":
                monkeypatch.setenv("CHATOPS_SLACK_SIGNING_SECRET", slack.application.signing_secret)
            else:
                monkeypatch.setenv("CHATOPS_SLACK_APP_TOKEN", slack.application.app_token)
            slack.channel(CHANNEL)
            stand = Stand(slack=slack, bench=bench)

            def build(desk: Desk) -> Router:
                office = Office(desk=desk, service=bench.service, command="/phone")
                return Router(office=office, routes=replace(ROUTES, follow=stand.follow, own=own, home=home))

            door = await stack.enter_async_context(
                open_door(load_settings(), bench.service.database, bench.policy, lambda: "ours", build)
            )
            stand.doors.append(door)
            if transport == "http":
                slack.delivers_to(await stack.enter_async_context(served(door)))
            else:
                await slack.connected()
            yield stand

    return opened


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> str:
    """Each story once over Socket Mode, and once over signed HTTP."""
    name: str = request.param
    return name


@pytest.fixture
async def stand(transport: str, open_stand: OpenStand) -> AsyncIterator[Stand]:
    async with open_stand(transport) as opened:
        yield opened
