"""An executor with everything real around it: simulator over HTTP, client, audit file."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest
from pydantic import SecretStr

from chatops.audit import Audit
from chatops.cloud import AccessKey, ClientSettings, open_client
from chatops.consent import Question, Reply, Verdict
from chatops.executor import Executor
from chatops.principal import Assistant, Principal, Surface
from chatops.roles import Role, permissions_of
from chatops.simulator import ACCESS_KEY, SECRET_KEY, Simulator, SimulatorSettings, serve
from chatops.team import Team
from tools import load_actions

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def person(role: Role = "operator", *, assistant: bool = False) -> Principal:
    return Principal(
        person="alice",
        roles=frozenset({role}),
        permissions=frozenset(str(each) for each in permissions_of([role])),
        surface=Surface.MCP if assistant else Surface.TERMINAL,
        assistant=Assistant(name="tester", version="1") if assistant else None,
    )


@dataclass(kw_only=True)
class Person:
    """Answers every question in one way, and remembers what was asked."""

    verdict: Verdict = Verdict.YES
    asked: list[Question] = field(default_factory=list)

    async def ask(self, question: Question) -> Reply:
        self.asked.append(question)
        return Reply(verdict=self.verdict, reason="Nobody is here.", next_step="Go to a terminal.")


@dataclass(frozen=True, kw_only=True)
class Bench:
    """An executor, and a look behind it."""

    executor: Executor
    simulator: Simulator
    audit: Path


class OpenBench(Protocol):
    def __call__(self, team: Team = ..., audit: Path | None = ...) -> AbstractAsyncContextManager[Bench]: ...


@pytest.fixture
def open_bench(tmp_path: Path) -> OpenBench:
    @asynccontextmanager
    async def opened(team: Team = Team(), audit: Path | None = None) -> AsyncIterator[Bench]:  # noqa: B008  # frozen
        file = audit or tmp_path / "audit.jsonl"
        numbers = count(1)
        async with serve(SimulatorSettings(phones=60, faults=True)) as running:
            settings = ClientSettings(
                credentials=AccessKey(access_key=ACCESS_KEY, secret_key=SecretStr(SECRET_KEY)),
                endpoint=running.url,
                iam_endpoint=running.url,
                requests_per_second=1000,
            )
            async with open_client(settings) as client:
                executor = Executor(
                    actions=load_actions(),
                    client=client,
                    audit=Audit(file=file, now=lambda: NOW),
                    team=team,
                    now=lambda: NOW,
                    new_id=lambda: f"call-{next(numbers)}",
                )
                yield Bench(executor=executor, simulator=running.simulator, audit=file)

    return opened
