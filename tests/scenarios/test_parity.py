"""The same question through every door: the same plan, and the same answer but where the policy tells doors apart.

Each call is made by each person in Slack, through MCP and at the terminal, of one service: first as a plan, then in
earnest, and taken back again. The table that the policy publishes stands below, written down once more.
"""

import re
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError
from pydantic import JsonValue

from chatops.audit import Filter, Recorded, show
from chatops.consent import Verdict
from chatops.identity import with_roles
from chatops.operations.cancelling import cancel
from chatops.operations.records import Operation
from chatops.operations.states import AWAITING, ENDED, State
from chatops.outcome import Outcome
from chatops.parsing import parse
from chatops.principal import Assistant, Principal, Surface
from chatops.rendering import render
from chatops.surfaces.mcp.server import build_server
from chatops.surfaces.slack.command_lines import command_line
from chatops.surfaces.slack.drawing import cell_of
from chatops.surfaces.terminal import command_lines
from chatops.surfaces.terminal.menu import Menu
from chatops.surfaces.terminal.request import Request
from tests.chatops.conftest import Person, policy_for, team
from tests.chatops.surfaces.mcp.forms import ACCEPT_FALSE, Behind
from tests.chatops.surfaces.slack.flows.replicas import Replicas, opened, until
from tools import OPEN, AnyAction, Params, Risk, load_actions

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(20)]

ACTIONS = load_actions()
CHANGES = [each for each in ACTIONS.values() if each.change is not None]
READS = [each for each in ACTIONS.values() if each.change is None]
BY_NAME: Callable[[AnyAction], str] = lambda action: action.name  # noqa: E731  # ids of tests
TEAM = team(
    people={
        "alice": {"roles": ["operator"], "slack": ["T01:U0ALICE"]},
        "bob": {"roles": ["operator", "approver"], "slack": ["T01:U0BOB"]},
        "carol": {"roles": ["approver"], "slack": ["T01:U0CAROL"]},
        "vera": {"roles": ["viewer"], "slack": ["T01:U0VERA"]},
        "adam": {"roles": ["admin"], "slack": ["T01:U0ADAM"]},
    },
    approvals={"channel": "T01:C0APPROVALS"},
)
SMALL = TEAM.limits.small
LINK = "https://storage.example.com/a.apk?Signature=s"
DOORS = tuple(Surface)
_PATIENCE, _GLANCE = 10, 0.01
_LOSES_DATA = "pm clear com.demo.app"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asks for."""

    action: AnyAction
    arguments: Mapping[str, JsonValue]
    in_use: bool = False
    is_beyond: bool = False

    @property
    def params(self) -> Params:
        return parse(self.action, self.arguments)


def published(asked: Asked, door: Surface) -> str:
    """What the policy's table says of an operator's call."""
    risk, count, is_assistant = asked.action.risk_of(asked.params), asked.action.count_of(asked.params), door == "mcp"
    if asked.is_beyond:
        return "policy_denied"
    if risk <= Risk.CHANGE:
        return "allowed"
    if risk is Risk.DISRUPTIVE:
        return "approval" if is_assistant and (count > SMALL or asked.in_use) else "confirmation"
    always = asked.action.name in {"delete_instances", "create_instances"}
    return "approval" if is_assistant or always or count > SMALL else "typed"


def calls_of(action: AnyAction, world: Replicas) -> Iterator[Asked]:
    """Calls of every line of the table."""
    arguments = action.examples[0].params.model_dump(mode="json", context=OPEN, exclude_unset=True)
    arguments |= {"link": LINK} if "link" in arguments else {}
    if "instance_ids" not in arguments:
        yield Asked(action=action, arguments=arguments)
        yield Asked(action=action, arguments={**arguments, "count": 21}, is_beyond=True)
        return
    phones = [each for each in world.simulator.fleet if each.running == 2 and not (each.frozen or each.journey)]
    idle: list[JsonValue] = [each.id for each in phones if not each.in_use]
    busy: list[JsonValue] = [each.id for each in phones if each.in_use]
    yield Asked(action=action, arguments={**arguments, "instance_ids": idle[:2]})
    yield Asked(action=action, arguments={**arguments, "instance_ids": busy[:1]}, in_use=True)
    yield Asked(action=action, arguments={**arguments, "instance_ids": idle[2 : 3 + SMALL]})
    yield Asked(action=action, arguments={**arguments, "instance_ids": idle[:13]}, is_beyond=True)
    if "command" in arguments:
        yield Asked(action=action, arguments={**arguments, "instance_ids": idle[:1], "command": _LOSES_DATA})


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a door made of it: who may go on, or which refusal; and the digest of the plan."""

    decision: str
    digest: str | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)


NOT_THERE: Mapping[str, Mapping[str, JsonValue]] = {
    "get_device_token": {"instance_id": "zzzzzzzz"},
    "get_prepare_progress": {"instance_id": "zzzzzzzz", "user_id": "1"},
    "get_task": {"task_id": "00000000000000000000000000000000"},
}
MADE_ANEW = frozenset({"device_id"})
"""What the API answers differently each time."""


def read_of(action: AnyAction, world: Replicas) -> Asked:
    """The printed example, about phones that there are."""
    arguments = action.examples[0].params.model_dump(mode="json", exclude_unset=True)
    owned = next(each for each in world.simulator.fleet if each.running == 2 and each.owner and not each.journey)
    there: dict[str, JsonValue] = {"instance_id": owned.id, "user_id": owned.owner, "instance_ids": [owned.id]}
    return Asked(action=action, arguments={name: there.get(name, value) for name, value in arguments.items()})


Ask = Callable[[str, Asked, bool], Awaitable[Answer]]


@dataclass(kw_only=True)
class Doors:
    """The three of them, of one service."""

    world: Replicas
    ended: set[str] = field(default_factory=set)
    outcome: Outcome | None = None
    at: Mapping[Surface, Ask] = field(init=False)

    def __post_init__(self) -> None:
        self.at = {Surface.MCP: self.through_mcp, Surface.SLACK: self.in_slack, Surface.TERMINAL: self.at_the_terminal}

    async def at_the_terminal(self, person: str, asked: Asked, is_plan: bool) -> Answer:
        """A command line, read as the terminal does it."""
        requests: list[Request] = []

        def carry_out(request: Request) -> int:
            requests.append(request)
            return 0

        words = shlex.split(command_lines.command_line(asked.action, asked.params))[2:]
        words = [LINK if each == "@link.txt" else each for each in words]
        words += ["--plan"] if is_plan else []
        Menu(carry_out).main(words, prog_name="chatops run", standalone_mode=False)
        (request,) = requests
        self.outcome = outcome = await self.world.service.executor.run(
            principal_of(person, Surface.TERMINAL),
            request.action.name,
            request.arguments.values,
            Person(verdict=Verdict.NO),
            plan_only=request.plan,
        )
        return await self._told(person, outcome.payload())

    async def through_mcp(self, person: str, asked: Asked, is_plan: bool) -> Answer:
        """The SDK's client, whose person unticks every form."""
        server = build_server(self.world.service.executor, partial(principal_of, person, Surface.MCP))
        async with Client(server, mode="auto", elicitation_callback=Behind(ACCEPT_FALSE)) as client:
            plan: dict[str, Any] = {"plan_only": True} if is_plan else {}
            try:
                result = await client.call_tool(asked.action.name, {**asked.arguments, **plan})
            except MCPError as error:
                return Answer(decision=error.message)
        assert isinstance(result.structured_content, dict)
        return await self._told(person, result.structured_content)

    async def in_slack(self, person: str, asked: Asked, is_plan: bool) -> Answer:
        """A slash command; what must not stand in one is filled into its form."""
        before = await self._newest()
        typist, user = self.world.person(person), f"U0{person.upper()}"
        line = command_line(asked.action, asked.params, "").strip()
        assert (await typist.types("/phone", f"{line} --plan" if is_plan else line)).is_ok
        may = asked.action.permission in principal_of(person, Surface.SLACK).permissions
        if "link" in asked.arguments and may:
            form = await self.world.slack.view_of(user, containing="com.tencent.mm")
            assert (await typist.submits(form, {"param:link": LINK})).errors == {}
        with anyio.fail_after(_PATIENCE):
            while not (found := await self._answers(before)):  # noqa: ASYNC110  # the audit tells nobody
                await anyio.sleep(_GLANCE)
        event = found[0]
        if event.body.get("error"):
            return Answer(decision=str(event.body["error"]))
        if event.operation is None:
            digest = event.body.get("plan_digest")
            return Answer(decision=str(event.body["status"]), digest=str(digest) if digest else None)
        return await self._ended(person, event.operation)

    async def drawn_in_slack(self, person: str) -> bool:
        """Whether Slack has shown this person what the terminal has: its sentence, and every row."""
        assert self.outcome is not None
        shown = render(self.outcome)
        message = await self.world.slack.ephemeral_to(f"U0{person.upper()}", containing=shown.message)
        assert self.outcome.result is not None
        anew = {str(getattr(self.outcome.result, name, "")) for name in MADE_ANEW}
        cells = {cell_of(cell) for row in shown.rows for cell in row}
        return all(cell in message.seen for cell in cells - anew)

    async def _answers(self, before: int) -> list[Recorded]:
        """What the audit holds of answers in Slack, after this event."""
        service = self.world.service
        await service.trail.flush()
        events = [each for each in await show(service.database, Filter(), limit=20) if each.seq > before]
        return [each for each in events if each.body.get("door") == "slack" and each.kind in _ANSWERS]

    async def _newest(self) -> int:
        service = self.world.service
        await service.trail.flush()
        return max((each.seq for each in await show(service.database, Filter(), limit=1)), default=0)

    async def _told(self, person: str, payload: Mapping[str, Any]) -> Answer:
        # Where the API has refused what was allowed, the answer is its error: the record tells of the decision.
        new = [each.id for each in await self.world.operations() if each.id not in self.ended]
        if new:
            (identifier,) = new
            assert payload.get("operation_id", identifier) == identifier
            return await self._ended(person, identifier)
        if "error" in payload:
            return Answer(decision=payload["error"]["code"])
        return Answer(
            decision=payload["status"],
            digest=payload.get("plan", {}).get("digest"),
            data={name: value for name, value in payload.get("data", {}).items() if name not in MADE_ANEW},
        )

    async def _ended(self, person: str, identifier: str) -> Answer:
        """Who may go on; afterwards nothing of it is open."""
        service = self.world.service
        self.ended.add(identifier)
        asked = await self._operation(identifier)
        answer = Answer(decision=waits_for(asked), digest=asked.digest)
        if answer.decision != "allowed":
            if asked.state not in AWAITING:
                return answer
            await cancel(service.dispatch, identifier, principal_of(person, Surface.TERMINAL))
            return answer

        async def is_over() -> bool:
            return (await self._operation(identifier)).state in ENDED

        await until(is_over)
        return answer

    async def _operation(self, identifier: str) -> Operation:
        found = await self.world.service.ledger.find(identifier)
        assert found is not None
        return found


_ANSWERS = frozenset({"planned", "denied", "answered", "invalid", "sent"})


def waits_for(operation: Operation) -> str:
    """Who had to say yes."""
    asks = operation.plan["asks"]
    if not isinstance(asks, dict):
        return "allowed"
    if operation.state is State.AWAITING_APPROVAL:
        return "approval"
    return "typed" if asks["must_type"] else "confirmation"


def principal_of(person: str, door: Surface, assistant: Assistant | None = None) -> Principal:
    return with_roles(person, TEAM.people[person].roles, door, assistant)


@pytest.fixture
async def doors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Doors]:
    async with opened(tmp_path / "state", monkeypatch) as world:
        world.policy.engine = policy_for(TEAM)
        yield Doors(world=world)


async def asked_at(doors: Doors, person: str, asked: Asked, *, is_plan: bool = False) -> dict[Surface, Answer]:
    return {door: await doors.at[door](person, asked, is_plan) for door in DOORS}


def refusals(asked: Asked, *, code: str = "permission_missing") -> dict[Surface, Answer]:
    """To an assistant there is no such action."""
    unknown = Answer(decision=f"Unknown tool: {asked.action.name}")
    return {door: unknown if door is Surface.MCP else Answer(decision=code) for door in DOORS}


@pytest.mark.parametrize("action", CHANGES, ids=BY_NAME)
async def test_every_door_comes_to_the_same_plan_and_decision(doors: Doors, action: AnyAction) -> None:
    calls = [*calls_of(action, doors.world)]
    for person, asked in [*(("alice", each) for each in calls), ("bob", calls[0])]:
        plans = await asked_at(doors, person, asked, is_plan=True)
        digests = {each.digest for each in plans.values()}
        assert {each.decision for each in plans.values()} == {"planned"}, asked
        assert len(digests) == 1, asked
        assert re.fullmatch("[0-9a-f]{64}", str(*digests))
        answers = await asked_at(doors, person, asked)
        assert {door: each.decision for door, each in answers.items()} == {
            door: published(asked, door) for door in DOORS
        }, (person, asked)
        assert {each.digest for each in answers.values()} == ({None} if asked.is_beyond else digests), asked
    for person in ("vera", "adam", "carol"):
        assert await asked_at(doors, person, calls[0], is_plan=person == "vera") == refusals(calls[0])


@pytest.mark.parametrize("action", READS, ids=BY_NAME)
async def test_every_door_answers_a_read_alike(doors: Doors, action: AnyAction) -> None:
    asked = read_of(action, doors.world)
    for person in ("alice", "vera"):
        answers = await asked_at(doors, person, asked)
        if action.permission not in principal_of(person, Surface.MCP).permissions:
            assert answers == refusals(asked)
            continue
        assert {each.decision for each in answers.values()} == {"done"}
        assert answers[Surface.MCP].data
        assert answers[Surface.MCP].data == answers[Surface.TERMINAL].data
        assert await doors.drawn_in_slack(person)
    for person in ("adam", "carol"):
        assert await asked_at(doors, person, asked) == refusals(asked)


async def test_every_door_answers_alike_where_there_is_nothing_to_read(doors: Doors) -> None:
    for name, arguments in NOT_THERE.items():
        answers = await asked_at(doors, "alice", Asked(action=ACTIONS[name], arguments=arguments))
        (code,) = {each.decision for each in answers.values()}
        assert code != "done", name
