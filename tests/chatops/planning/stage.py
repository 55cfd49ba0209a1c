"""Phones, plans and planners for the tests of planning."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
from hypothesis import strategies as st
from pydantic import JsonValue

from chatops.fleet import Fleet
from chatops.parsing import parse
from chatops.planning import Plan, Target
from chatops.planning.batching import batches_of
from chatops.planning.digest import digest_of
from chatops.planning.planner import Planner
from chatops.planning.warning import warnings_of
from chatops.simulator.phones import Phone
from tests.chatops.cloud.world import ACTIONS, World, world
from tests.chatops.conftest import person
from tests.tools.stage import example_arguments
from tools import AnyAction, Params, RunState, Targets, Where

REGIONS = ("cn-north-4", "cn-north-7", "cn-north-208")


def target(identifier: str = "a44uhlf7", **facts: Any) -> Target:  # noqa: ANN401  # whichever facts a test is about
    """A phone that runs, of one user, at rest; unless it is said otherwise."""
    known: dict[str, Any] = {
        "name": "demo-00001",
        "region": "cn-north-7",
        "state": RunState.RUNNING,
        "assignee": "1123422",
        "in_use": False,
        "frozen": False,
        "backup": "succeeded",
    }
    return Target(instance_id=identifier, **{**known, **facts})


def fleet_of(count: int, **facts: Any) -> tuple[Target, ...]:  # noqa: ANN401  # as above
    return tuple(target(f"p{number:04d}", **facts) for number in range(count))


def params_of(action: str, ids: Sequence[str] = (), **arguments: JsonValue) -> Params:
    """The params of the printed example, for these phones."""
    named: dict[str, JsonValue] = {"instance_ids": [*ids]} if ids else {}
    return parse(ACTIONS[action], example_arguments(action, **named, **arguments))


def plan_of(
    action: str,
    targets: Sequence[Target],
    *,
    fleet_size: int | None = 1000,
    where: str | None = None,
    **arguments: JsonValue,
) -> Plan:
    """The plan of a call for phones of which this is known."""
    record: AnyAction = ACTIONS[action]
    ids = tuple(each.instance_id for each in targets)
    params = pinned = params_of(action, ids[:1], **arguments)
    if isinstance(pinned, Targets):
        params = pinned = pinned.pinned(ids)
    if where is not None:
        params = pinned.model_copy(update={"instance_ids": (), "where": Where.parse(where)})
    return Plan(
        action=record,
        params=params,
        pinned=pinned,
        person="alice",
        account="tests",
        targets=tuple(targets),
        batches=batches_of(record, pinned, targets),
        warnings=warnings_of(record, params, targets),
        fleet_size=fleet_size,
        count=len(targets) if targets else record.count_of(params),
        read_at=0.0,
        digest=digest_of(account="tests", action=record, params=params, targets=targets, person="alice"),
    )


targets_strategy: st.SearchStrategy[Target] = st.builds(
    Target,
    instance_id=st.text("abcdef0123456789", min_size=1, max_size=6),
    name=st.none() | st.text(max_size=8),
    region=st.none() | st.sampled_from(REGIONS),
    state=st.none() | st.sampled_from(RunState),
    assignee=st.none() | st.sampled_from(["1123422", "7"]),
    in_use=st.booleans(),
    frozen=st.booleans(),
    backup=st.none() | st.sampled_from(["succeeded", "failed"]),
)
fleets: st.SearchStrategy[list[Target]] = st.lists(
    targets_strategy, min_size=1, max_size=40, unique_by=lambda each: each.instance_id
)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A planner over a simulator, and a look behind it."""

    planner: Planner
    world: World

    @property
    def phones(self) -> list[Phone]:
        """The simulator's phones, in the order of the listing."""
        return list(self.world.simulator.fleet)

    def phone(self, identifier: str) -> Phone:
        found = self.world.simulator.fleet.find(identifier)
        assert found is not None
        return found

    async def plan(self, action: str, *, by: str = "alice", **arguments: Any) -> Plan:  # noqa: ANN401  # as above
        params = parse(ACTIONS[action], arguments)
        return await self.planner.plan(person(name=by), ACTIONS[action], params)

    async def ids(self, **arguments: JsonValue) -> tuple[str, ...]:
        """The phones of a READ."""
        return (await self.planner.picked(Targets.model_validate_json(json.dumps(arguments)))).ids

    @property
    def changes(self) -> int:
        """How many requests have reached the simulator that were no listing."""
        return sum(record.operation != "batch-query" for record in self.world.simulator.requests)


@asynccontextmanager
async def desk(phones: int = 60) -> AsyncIterator[Desk]:
    async with world(phones=phones) as running:
        fleet = Fleet(reader=running.client.reader, now=anyio.current_time)
        yield Desk(planner=Planner(fleet=fleet, account="tests", now=anyio.current_time), world=running)
