"""What the tests of the declarations stand on: an executor, the client below it and a simulator, on one clock."""

import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import JsonValue, SecretStr

from chatops.audit import Audit
from chatops.cloud import AccessKey, Password
from chatops.consent import Verdict
from chatops.executor import Executor
from chatops.outcome import Outcome
from chatops.roles import Role
from chatops.simulator import Fault, Simulator
from chatops.simulator.records import RequestRecord
from chatops.simulator.settings import Dialect
from chatops.team import Limits, Team
from tests.chatops.cloud.world import ACTIONS, KEY, Clock, World, world
from tests.chatops.conftest import Person, person
from tools import Params

PHONES = 60
NOTHING_TO_REFUSE = Team(limits=Limits(max_targets=100_000, instances_per_order=1500))
"""A team whose own limits are wider than those of the API, so that the API's can be seen."""


class Stage:
    """A path from arguments to a simulator, and a look behind it.

    No dataclass: hypothesis would print all its fields, which are pages long.
    """

    def __init__(self, *, executor: Executor, world: World) -> None:
        self.executor = executor
        self.world = world

    def __repr__(self) -> str:
        return f"<stage at {self.world.url}>"

    @property
    def simulator(self) -> Simulator:
        return self.world.simulator

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def records(self) -> list[RequestRecord]:
        """The requests that arrived since the stage was last renewed, oldest first."""
        return list(self.simulator.requests)

    @property
    def last(self) -> RequestRecord:
        return self.simulator.requests[-1]

    @property
    def audit(self) -> str:
        file = self.executor.audit.file
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def renew(self) -> None:
        """The fleet as it was, no faults, nothing arrived, and everybody who waits for a while has waited."""
        self.simulator.tenants = Simulator(self.simulator.settings).tenants
        self.simulator.faults.clear()
        self.simulator.requests.clear()
        self.clock.seconds += 301.0  # a credential that was refused too often may be used again
        self.clock.slept.clear()

    async def run(
        self,
        name: str,
        arguments: Mapping[str, JsonValue] | None = None,
        *,
        role: Role = "operator",
        verdict: Verdict = Verdict.YES,
    ) -> Outcome:
        """The outcome of a call by a person; without arguments, of the printed example."""
        given = arguments if arguments is not None else arguments_of(ACTIONS[name].examples[0].params)
        return await self.executor.run(person(role), name, given, Person(verdict=verdict))

    async def answered(
        self,
        name: str,
        answer: object,
        *,
        status: int = 200,
        arguments: Mapping[str, JsonValue] | None = None,
        content_type: str = "application/json",
    ) -> Outcome:
        """The outcome when every request is answered with exactly this: bytes as they are, the rest as JSON."""
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        fault = Fault(kind="raw", status=status, body_base64=base64.b64encode(body).decode(), content_type=content_type)
        self.simulator.faults.clear()
        self.simulator.faults.add(fault)
        try:
            return await self.run(name, arguments)
        finally:
            self.simulator.faults.clear()


@asynccontextmanager
async def open_stage(
    folder: Path,
    *,
    dialect: Dialect = "table",
    credentials: AccessKey | Password = KEY,
    team: Team = NOTHING_TO_REFUSE,
) -> AsyncIterator[Stage]:
    """A stage with everything real: HTTP over loopback, signatures or tokens, the audit file."""
    numbers = count(1)
    async with world(dialect=dialect, credentials=credentials, phones=PHONES) as opened:

        def now() -> datetime:
            return datetime.fromtimestamp(opened.clock.seconds, tz=UTC)

        executor = Executor(
            actions=ACTIONS,
            client=opened.client,
            audit=Audit(file=folder / "audit.jsonl", now=now),
            team=team,
            now=now,
            new_id=lambda: f"call-{next(numbers)}",
        )
        yield Stage(executor=executor, world=opened)


def arguments_of(params: Params) -> dict[str, JsonValue]:
    """The params as a person would write them, secrets included."""
    written: dict[str, JsonValue] = params.model_dump(mode="json", exclude_none=True)
    secrets = {name: value for name, value in params if isinstance(value, SecretStr)}
    return {**written, **{name: value.get_secret_value() for name, value in secrets.items()}}


def example_arguments(name: str, **changes: JsonValue) -> dict[str, JsonValue]:
    """The arguments of the printed example, with some of them changed."""
    return {**arguments_of(ACTIONS[name].examples[0].params), **changes}


def data_of(outcome: Outcome) -> dict[str, Any]:
    """What an outcome says about the phones, as JSON."""
    assert outcome.error is None, outcome.error
    data = outcome.payload()["data"]
    assert isinstance(data, dict)
    return data


def body_of(stage: Stage) -> dict[str, Any]:
    """The JSON body of the request that arrived last."""
    body = stage.last.body
    assert isinstance(body, dict)
    return body
