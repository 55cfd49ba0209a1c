"""A service with everything real around it: simulator over HTTP, client, store, audit, policy."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Protocol

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from pydantic import SecretStr

from chatops.audit import Filter, Recorded, every, open_trail
from chatops.building import Parts, open_service
from chatops.cloud import AccessKey, ClientSettings, open_client
from chatops.consent import Question, Reply, Verdict
from chatops.control import every_action
from chatops.executor import Executor
from chatops.operations.points import Point
from chatops.operations.records import Operation
from chatops.policy import Decision, Facts, PolicyEngine, load_policy
from chatops.principal import Assistant, Principal, Surface
from chatops.roles import Role, permissions_of
from chatops.service import Service
from chatops.simulator import ACCESS_KEY, SECRET_KEY, RunningSimulator, Simulator, SimulatorSettings, serve
from chatops.simulator.phones import Phone
from chatops.store import open_database
from chatops.team import Team

START = 1_795_489_200.0
"""2026-11-24 03:00:00 UTC."""
KEY = SecretStr("a key of the store, for tests only, long enough")


def team(**more: object) -> Team:
    """Alice operates, Bob and Carol approve, Vera looks; the terminal is trusted."""
    return Team.model_validate(
        {
            "people": {
                "alice": {"roles": ["operator"]},
                "bob": {"roles": ["operator", "approver"]},
                "carol": {"roles": ["approver"]},
                "vera": {"roles": ["viewer"]},
            },
            "terminal": {"trust": "environment", "may_approve": True},
            **more,
        }
    )


@contextmanager
def simulated(settings: SimulatorSettings) -> Iterator[RunningSimulator]:
    """A simulator in a thread of its own, so that it answers tests with and without an event loop."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(serve(settings)) as running:
        yield running


@dataclass(frozen=True, kw_only=True)
class _Written:
    text: str
    team: Team = field(compare=False)


@cache
def _policy_for(written: _Written) -> PolicyEngine:
    return load_policy(None, written.team, actions=every_action())


def policy_for(people: Team) -> PolicyEngine:
    """The shipped policy for this team; to load it takes longer than most tests."""
    return _policy_for(_Written(text=people.model_dump_json(), team=people))


def person(role: Role = "operator", *, name: str = "alice", assistant: bool = False) -> Principal:
    return Principal(
        person=name,
        roles=frozenset({role}),
        permissions=frozenset(str(each) for each in permissions_of([role])),
        surface=Surface.MCP if assistant else Surface.TERMINAL,
        assistant=Assistant(name="tester", version="1") if assistant else None,
    )


def approver(name: str = "bob") -> Principal:
    return person("approver", name=name)


@dataclass(kw_only=True)
class Person:
    """Answers every question in one way, and remembers what was asked."""

    verdict: Verdict = Verdict.YES
    asked: list[Question] = field(default_factory=list)

    async def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        typed = self.verdict is Verdict.YES and question.must_type
        return Reply(verdict=self.verdict, typed=typed, reason="Nobody is here.", next_step="Go to a terminal.")


@dataclass(kw_only=True)
class StoreClock:
    """The store's clock, which stands still until somebody moves it."""

    seconds: float = START

    def __call__(self) -> float:
        return self.seconds


@dataclass(kw_only=True)
class PassingTime:
    """A clock that never goes back, and that a test lets run ahead."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return anyio.current_time() + self.ahead


@dataclass(kw_only=True)
class ReplaceablePolicy:
    """A policy that a test replaces, as a reload would."""

    engine: PolicyEngine

    @property
    def team(self) -> Team:
        return self.engine.team

    def decide(self, facts: Facts) -> Decision:
        return self.engine.decide(facts)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A service, and a look behind it. What stands in ``at`` is called whenever that point is reached."""

    service: Service
    simulator: Simulator
    clock: StoreClock
    passing: PassingTime
    policy: ReplaceablePolicy
    folder: Path
    at: dict[Point, Callable[[], object]]

    @property
    def executor(self) -> Executor:
        return self.service.executor

    def reload(self, changed: Team) -> None:
        """Another team from now on."""
        self.policy.engine = policy_for(changed)

    def rule(self, text: str) -> None:
        """Another rule of the policy from now on."""
        rules = self.folder.parent / "rules"
        rules.mkdir(exist_ok=True)
        (rules / "own.cedar").write_text(text, encoding="utf-8")
        self.policy.engine = load_policy(rules, self.policy.team, actions=every_action())

    def lose_store(self) -> None:
        """Take the database away, as if its disk were gone."""
        self._move(self.folder, self.folder.parent / "lost", is_lost=True)

    def bring_store_back(self) -> None:
        self._move(self.folder.parent / "lost", self.folder, is_lost=False)

    @staticmethod
    def _move(source: Path, target: Path, *, is_lost: bool) -> None:
        target.mkdir(exist_ok=True)
        # The database goes first and comes last: a disk is there or not, and nobody opens one without its log.
        for file in sorted(source.glob("chatops.db*"), reverse=not is_lost):
            file.rename(target / file.name)

    def phone(self, identifier: str) -> Phone:
        """A phone of the simulator, to be changed behind everybody's back."""
        found = self.simulator.fleet.find(identifier)
        assert found is not None
        return found

    async def events(self) -> list[Recorded]:
        """What the audit holds, oldest first."""
        await self.service.trail.flush()
        return [event async for event in every(self.service.database, Filter())]

    async def kinds(self) -> list[str]:
        return [event.kind for event in await self.events()]

    async def operation(self, identifier: str | None) -> Operation:
        found = await self.service.ledger.find(identifier or "")
        assert found is not None
        return found

    async def ended(self, identifier: str | None) -> Operation:
        """The operation when its watch has ended."""
        while (found := await self.operation(identifier)).verification is None:  # noqa: ASYNC110  # the store tells nobody
            await anyio.sleep(0.005)
        return found

    async def story(self, operation: str | None) -> list[str]:
        """The kinds of what the audit holds of one operation."""
        return [event.kind for event in await self.events() if event.operation == operation]

    def sent(self, operation: str) -> int:
        """How many requests of this call have reached the simulator."""
        return len(self.simulator.requests.of(operation))


class OpenBench(Protocol):
    def __call__(
        self, people: Team = ..., *, folder: Path | None = ..., simulator: SimulatorSettings | None = ...
    ) -> AbstractAsyncContextManager[Bench]: ...


@pytest.fixture
def open_bench(tmp_path: Path) -> OpenBench:
    @asynccontextmanager
    async def opened(
        people: Team = team(),  # noqa: B008  # frozen
        *,
        folder: Path | None = None,
        simulator: SimulatorSettings | None = None,
    ) -> AsyncIterator[Bench]:
        settings = simulator or SimulatorSettings(phones=60, faults=True, speed=1000)
        place = folder or tmp_path / "state"
        place.mkdir(mode=0o700, exist_ok=True)
        clock, policy, numbers = StoreClock(), ReplaceablePolicy(engine=policy_for(people)), count(1)
        passing = PassingTime()
        at: dict[Point, Callable[[], object]] = {}
        async with serve(settings) as running:
            client_settings = ClientSettings(
                credentials=AccessKey(access_key=ACCESS_KEY, secret_key=SecretStr(SECRET_KEY)),
                endpoint=running.url,
                iam_endpoint=running.url,
                requests_per_second=1000,
            )
            database = open_database(f"sqlite:///{place / 'chatops.db'}", state_key=KEY, folder=place, now=clock)
            try:
                async with open_client(client_settings) as client, open_trail(database) as trail:

                    async def sleep(seconds: float) -> None:
                        clock.seconds += seconds
                        await anyio.sleep(0.005)

                    def reached(point: Point) -> None:
                        if point in at:
                            at[point]()

                    parts = Parts(
                        client=client,
                        database=database,
                        trail=trail,
                        policy=policy,
                        account="tests",
                        new_id=lambda: f"call-{next(numbers)}",
                        sleep=sleep,
                        now=passing,
                        reached=reached,
                    )
                    async with open_service(parts) as service:
                        yield Bench(
                            service=service,
                            simulator=running.simulator,
                            clock=clock,
                            passing=passing,
                            policy=policy,
                            folder=place,
                            at=at,
                        )
            finally:
                database.close()

    return opened
