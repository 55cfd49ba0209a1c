"""Replicas of the service with Slack in front of them: one store, one simulator, one workspace."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import anyio
import pytest
from pydantic import SecretStr

from chatops.audit import Filter, Recorded, every, open_trail
from chatops.building import Parts, open_service
from chatops.cloud import AccessKey, ClientSettings, open_client
from chatops.operations.points import Point
from chatops.operations.records import Operation
from chatops.service import Service
from chatops.settings import Settings, load_settings
from chatops.simulator import ACCESS_KEY, SECRET_KEY, Simulator, SimulatorSettings, serve
from chatops.store import Database, open_database
from chatops.surfaces.slack.door import Desk, Door, open_door
from chatops.surfaces.slack.flows.composing import ROUTES
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.flows.router import Router
from chatops.surfaces.slack.flows.watching import Watch
from chatops.surfaces.slack.manifest import manifest
from chatops.team import Team
from tests.chatops.conftest import KEY, PassingTime, ReplaceablePolicy, StoreClock, policy_for, team
from tests.chatops.surfaces.slack.test_door import served
from tests.slack.application import Application
from tests.slack.fake import FakeSlack, Person, fake_slack
from tests.slack.workspace import Message
from tools import load_actions


def manifest_scopes() -> frozenset[str]:
    """The scopes that the app asks for, and no other."""
    config = manifest(load_actions(), "/phone")["oauth_config"]
    assert isinstance(config, dict)
    scopes = config["scopes"]
    assert isinstance(scopes, dict)
    bot = scopes["bot"]
    assert isinstance(bot, list)
    return frozenset(str(each) for each in bot)


PEOPLE: Mapping[str, Mapping[str, Sequence[str]]] = {
    "alice": {"roles": ["operator"], "slack": ["T01:U0ALICE"]},
    "bob": {"roles": ["operator", "approver"], "slack": ["T01:U0BOB"]},
    "carol": {"roles": ["approver"], "slack": ["T01:U0CAROL"]},
    "vera": {"roles": ["viewer"], "slack": ["T01:U0VERA"]},
}


def people(**changed: Mapping[str, Sequence[str]]) -> Team:
    """Alice operates; Bob and Carol approve; all are in Slack. Destructive calls on two phones need an approval."""
    return team(
        people={**PEOPLE, **changed},
        limits={"small": 1, "max_fleet_share": 1.0},
        approvals={"channel": "T01:C0APPROVALS"},
    )


@dataclass(kw_only=True)
class Replica:
    """One process."""

    service: Service
    door: Door
    office: Office
    watch: Watch


@dataclass(kw_only=True)
class Around:
    """What is the same for all replicas of a process. What stands in ``at`` is called whenever a point is reached."""

    clock: StoreClock = field(default_factory=StoreClock)
    passing: PassingTime = field(default_factory=PassingTime)
    policy: ReplaceablePolicy = field(default_factory=lambda: ReplaceablePolicy(engine=policy_for(people())))
    at: dict[Point, Callable[[], object]] = field(default_factory=dict)


@dataclass(kw_only=True)
class Replicas(Around):
    """The world: what a story holds in its hand. ``start`` is another replica."""

    slack: FakeSlack
    simulator: Simulator
    url: str
    start: Callable[[], Awaitable[None]]
    running: list[Replica] = field(default_factory=list)

    @property
    def service(self) -> Service:
        return self.running[0].service

    def person(self, name: str, *channels: str) -> Person:
        person = self.slack.person(f"U0{name.upper()}")
        for channel in channels or ("C0OPS", "C0APPROVALS"):
            person.joins(channel)
        return person

    async def card(self, containing: str, channel: str = "C0OPS") -> Message:
        return await self.slack.message_in(channel, containing=containing)

    async def shows(self, card: Message, text: str, *, no_more: str = "Waits") -> None:
        """Wait until the card says this, and not that any more; edits may come after a pause."""

        async def is_shown() -> bool:
            return text in card.seen and no_more not in card.seen

        await until(is_shown)

    async def operations(self) -> tuple[Operation, ...]:
        return await self.service.ledger.listed()

    async def operation(self) -> Operation:
        """The one there is."""
        (found,) = await self.operations()
        return await self.service.ledger.find(found.id) or found

    async def events(self) -> list[Recorded]:
        await self.service.trail.flush()
        return [event async for event in every(self.service.database, Filter())]

    def sent(self, call: str) -> int:
        return len(self.simulator.requests.of(call))


async def until(find: Callable[[], Awaitable[object]]) -> None:
    """Wait until it finds something, in Slack or in the store."""
    with anyio.fail_after(15):
        while not await find():  # noqa: ASYNC110  # the store tells nobody
            await anyio.sleep(0.02)


def settings_of(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch, transport: str = "socket") -> Settings:
    monkeypatch.setenv("CHATOPS_SLACK_BOT_TOKEN", slack.application.bot_token)
    monkeypatch.setenv("CHATOPS_SLACK_API_URL", slack.api_url)
    if transport == "http":
        monkeypatch.setenv("CHATOPS_SLACK_SIGNING_SECRET", slack.application.signing_secret)
    else:
        monkeypatch.setenv("CHATOPS_SLACK_APP_TOKEN", slack.application.app_token)
    return load_settings()


@asynccontextmanager
async def opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, replicas: int = 1, transport: str = "socket"
) -> AsyncIterator[Replicas]:
    await anyio.Path(folder).mkdir(mode=0o700, exist_ok=True)
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(fake_slack(Application(scopes=manifest_scopes())))
        simulator = await stack.enter_async_context(serve(SimulatorSettings(phones=60, faults=True, speed=1_000_000)))
        for channel in ("C0OPS", "C0APPROVALS"):
            slack.channel(channel)
        for user in ("U0ALICE", "U0BOB", "U0CAROL", "U0VERA"):
            slack.person(user)
        settings, doors = settings_of(slack, monkeypatch, transport), list[str]()

        async def start() -> None:
            number = len(world.running)
            world.running.append(await stack.enter_async_context(replica(world, settings, folder, world.url, number)))
            if transport == "http":
                doors.append(await stack.enter_async_context(served(world.running[-1].door)))
                slack.delivers_to(*doors)

        world = Replicas(slack=slack, simulator=simulator.simulator, url=simulator.url, start=start)
        for _ in range(replicas):
            await start()
        if transport == "socket":
            await slack.connected(replicas)
        yield world


@asynccontextmanager
async def replica(around: Around, settings: Settings, folder: Path, url: str, number: int) -> AsyncIterator[Replica]:
    """A process, as far as one can be had without starting one."""
    database = open_database(f"sqlite:///{folder / 'chatops.db'}", state_key=KEY, folder=folder, now=around.clock)
    try:
        async with _served(around, settings, database, url, number) as running:
            yield running
    finally:
        database.close()


@asynccontextmanager
async def _served(
    around: Around, settings: Settings, database: Database, url: str, number: int
) -> AsyncIterator[Replica]:
    numbers = count(1)

    async def sleep(seconds: float) -> None:
        around.clock.seconds += seconds
        await anyio.sleep(0.005)

    def reached(point: Point) -> None:
        if point in around.at:
            around.at[point]()

    cloud = ClientSettings(
        credentials=AccessKey(access_key=ACCESS_KEY, secret_key=SecretStr(SECRET_KEY)),
        endpoint=url,
        iam_endpoint=url,
        requests_per_second=1000,
    )
    offices: list[Office] = []
    async with open_client(cloud) as client, open_trail(database) as trail:
        parts = Parts(
            client=client,
            database=database,
            trail=trail,
            policy=around.policy,
            account="tests",
            new_id=lambda: f"call-{number}-{next(numbers)}",
            sleep=sleep,
            now=around.passing,
            slack=True,
            reached=reached,
        )
        async with open_service(parts) as service:

            def build(desk: Desk) -> Router:
                offices.append(Office(desk=desk, service=service, command="/phone"))
                return Router(office=offices[0], routes=ROUTES)

            new_id = lambda: f"process-{number}"  # noqa: E731  # one line of two ends
            async with open_door(settings, database, around.policy, new_id, build) as door:
                door.desk.outgoing.pause = 0.02
                async with anyio.create_task_group() as tasks:
                    watch = Watch(office=offices[0], pause=0.05)
                    tasks.start_soon(watch.run)
                    yield Replica(service=service, door=door, office=offices[0], watch=watch)
                    tasks.cancel_scope.cancel()
