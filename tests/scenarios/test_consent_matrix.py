"""What comes of a call, by era, transport, what the client does with a question, and how much there is to lose.

The last two make the table below; it is the same on every transport, but for a client that leaves. A cell says what
the client is told, what the audit holds of the call, and how many requests have left.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import anyio
import httpx2
import pytest
from anyio.abc import TaskGroup
from mcp import Client, MCPError, StdioServerParameters, types
from mcp.client import Transport
from mcp.client.session import ClientRequestContext
from mcp.client.streamable_http import streamable_http_client

from chatops.demo.stage import chatops_command
from chatops.personal_tokens import hash_of
from chatops.simulator import RunningSimulator
from tests.chatops.surfaces.conftest import environment, simulator
from tests.chatops.surfaces.kept import audited
from tests.chatops.surfaces.mcp.served import TOKENS, start

__all__ = ["environment", "simulator"]

pytestmark = [pytest.mark.anyio, pytest.mark.process]

Era = Literal["auto", "legacy"]
Loss = Literal["small", "large", "destructive"]
Server = Transport | StdioServerParameters
_PATIENCE = 10
_GLANCE = 0.05
Open = Callable[[Mapping[str, str]], AbstractAsyncContextManager[Server]]

TEAM = f"""\
people:
  alice: {{roles: [operator], tokens: [{{name: laptop, hash: "{hash_of(TOKENS["alice"])}", expires: 2099-01-01}}]}}
  bob: {{roles: [operator, approver]}}
terminal: {{trust: environment, may_approve: true}}
"""


@asynccontextmanager
async def over_stdio(variables: Mapping[str, str]) -> AsyncIterator[Server]:
    command, *arguments = chatops_command("mcp")
    yield StdioServerParameters(command=command, args=arguments, env=dict(variables))


@asynccontextmanager
async def over_http(variables: Mapping[str, str]) -> AsyncIterator[Server]:
    """A service that knows alice by her token, and not by who has started it."""
    authorization = {"Authorization": f"Bearer {TOKENS['alice']}"}
    nobody = {name: value for name, value in variables.items() if name != "CHATOPS_AS"}
    with start({**nobody, "CHATOPS_PORT": "0"}) as running:
        async with httpx2.AsyncClient(headers=authorization, timeout=60, trust_env=False) as client:
            yield streamable_http_client(running.mcp, http_client=client)
        code, errors = await anyio.to_thread.run_sync(running.end)
        assert (code, errors) == (0, "")


TRANSPORTS: dict[str, Open] = {"stdio": over_stdio, "HTTP": over_http}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """``status`` is None where nobody is left to be told."""

    status: str | None
    asked: bool
    trail: str
    sent: int = 0


DONE = Cell(status="accepted", asked=True, trail="planned consent_asked consent_given sent settled settled", sent=1)
DECLINED = Cell(status="declined", asked=True, trail="planned consent_asked consent_refused")
LEFT_TO_OTHERS = "planned consent_asked cancelled planned consent_asked"
ELSEWHERE = Cell(status="approval_required", asked=True, trail=LEFT_TO_OTHERS)
UNASKED = Cell(status="approval_required", asked=False, trail=LEFT_TO_OTHERS)
APPROVAL = Cell(status="approval_required", asked=False, trail="planned consent_asked")
ABANDONED = {
    "legacy": Cell(status=None, asked=True, trail="planned consent_asked cancelled"),
    # Nobody waits: the question stands until it expires, and its client may still come back with an answer.
    "auto": Cell(status=None, asked=True, trail="planned consent_asked"),
}
LEFT_IN_SESSION = Cell(status=None, asked=True, trail=LEFT_TO_OTHERS)
"""Over standard input the client answers its form with an error before it leaves, and its call goes on without it."""

ANSWERS: dict[str, types.ElicitResult | None] = {
    "accept": types.ElicitResult(action="accept", content={"confirm": True}),
    "accept with false": types.ElicitResult(action="accept", content={"confirm": False}),
    "decline": types.ElicitResult(action="decline"),
    "cancel": types.ElicitResult(action="cancel"),
    "vanish": None,
    "cannot ask": None,
    "by itself": types.ElicitResult(action="accept", content={}),
}


def expected(era: Era, answer: str, loss: Loss, open_server: Open) -> Cell:
    if loss != "small":
        return APPROVAL
    if (era, answer, open_server) == ("legacy", "vanish", over_stdio):
        return LEFT_IN_SESSION
    return {
        "accept": DONE,
        "accept with false": DECLINED,
        "decline": ELSEWHERE,
        "cancel": ELSEWHERE,
        "vanish": ABANDONED[era],
        "cannot ask": UNASKED,
        "by itself": ELSEWHERE,
    }[answer]


@dataclass(kw_only=True)
class Person:
    """Somebody, or something, that answers forms; without an answer it is asked, and stays silent."""

    answer: types.ElicitResult | None = None
    asked: anyio.Event = field(default_factory=anyio.Event)
    shown: list[str] = field(default_factory=list)

    async def __call__(self, context: ClientRequestContext, params: types.ElicitRequestParams) -> types.ElicitResult:
        assert context is not None
        self.shown.append(params.message)
        self.asked.set()
        if self.answer is None:
            await anyio.sleep_forever()
        assert self.answer is not None
        return self.answer


@pytest.fixture
def team_file(tmp_path: Path) -> Path:
    file = tmp_path / "chatops.yaml"
    file.write_text(TEAM, encoding="utf-8")
    file.chmod(0o600)
    return file


@pytest.fixture(params=TRANSPORTS)
def open_server(request: pytest.FixtureRequest) -> Open:
    return TRANSPORTS[request.param]


SESSIONS = {
    "one after the other": ("accept", "accept with false", "decline", "cancel", "by itself"),
    "cannot ask": ("cannot ask",),
    "vanish": ("vanish",),
}
"""Answers that one client of one server can give."""


def phones(running: RunningSimulator) -> Iterator[dict[Loss, list[str]]]:
    """Phones that nobody uses, for one answer after the other; none is in two calls."""
    idle = [
        each.id
        for each in running.simulator.fleet
        if each.running == 2 and not (each.frozen or each.in_use or each.journey)
    ]
    for at in range(0, len(idle) - 8, 8):
        yield {"small": idle[at : at + 1], "destructive": idle[at + 1 : at + 2], "large": idle[at + 2 : at + 8]}


NAMES: dict[Loss, str] = {"small": "reboot_instances", "large": "reboot_instances", "destructive": "reset_instances"}
SENT: dict[Loss, str] = {"small": "reboot", "large": "reboot", "destructive": "batch-reset"}
LOSSES: tuple[Loss, ...] = ("large", "destructive", "small")


@dataclass(kw_only=True)
class Case:
    """One call; ``result`` is empty where nobody was left to be told."""

    answer: str
    loss: Loss
    phones: list[str]
    asked: bool = False
    result: dict[str, Any] = field(default_factory=dict)


async def told(client: Client, case: Case) -> dict[str, Any]:
    result = await client.call_tool(NAMES[case.loss], {"instance_ids": case.phones})
    assert isinstance(result.structured_content, dict)
    return result.structured_content


async def vanish(client: Client, case: Case) -> None:
    """Ask, and have the window closed while the question stands in it."""
    with suppress(MCPError):
        await told(client, case)


async def put(client: Client, case: Case, person: Person | None, group: TaskGroup) -> None:
    """Call, and have this person answer."""
    if person is None:
        case.result = await told(client, case)
    elif case.answer == "vanish" and case.loss == "small":
        group.start_soon(vanish, client, case)
        await person.asked.wait()
        case.asked = True
    else:
        person.answer = ANSWERS[case.answer]
        case.result = await told(client, case)
        case.asked, person.shown = bool(person.shown), []


def trail(events: list[dict[str, Any]], ids: list[str]) -> str:
    """What the audit holds of the call about these phones, without what was read of them afterwards."""
    operations = {
        each["operation"] for each in events if each["kind"] == "planned" and sorted(each["targets"]) == sorted(ids)
    }
    return " ".join(
        str(each["kind"]) for each in events if each.get("operation") in operations and each["kind"] != "verified"
    )


async def written(variables: Mapping[str, str], trails: Sequence[tuple[Case, str]]) -> list[dict[str, Any]]:
    """The audit; a service that goes on without its client needs a moment to write down that it has left."""
    events = await anyio.to_thread.run_sync(audited, variables)
    with anyio.move_on_after(_PATIENCE):
        while any(trail(events, case.phones) != known for case, known in trails):
            await anyio.sleep(_GLANCE)
            events = await anyio.to_thread.run_sync(audited, variables)
    return events


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("era", ["auto", "legacy"])
async def test_every_answer_to_every_question(
    open_server: Open,
    era: Era,
    session: str,
    environment: Mapping[str, str],
    simulator: RunningSimulator,
) -> None:
    person = None if session == "cannot ask" else Person()
    unused = phones(simulator)
    cases = [
        Case(answer=answer, loss=loss, phones=ids[loss])
        for answer in SESSIONS[session]
        for ids in (next(unused),)
        for loss in LOSSES
    ]
    async with open_server(environment) as server:
        async with anyio.create_task_group() as group:
            async with Client(server, mode=era, elicitation_callback=person) as client:
                for case in cases:
                    await put(client, case, person, group)
            group.cancel_scope.cancel()
        known = [expected(era, each.answer, each.loss, open_server) for each in cases]
        events = await written(environment, [(each, cell.trail) for each, cell in zip(cases, known, strict=True)])
    requests = simulator.simulator.requests
    for case, cell in zip(cases, known, strict=True):
        found = Cell(
            status=case.result.get("status"),
            asked=case.asked,
            trail=trail(events, case.phones),
            sent=sum(each.body == {"instance_ids": case.phones} for each in requests.of(SENT[case.loss])),
        )
        assert found == cell, case
        if found.status == "approval_required":
            assert "bob may approve until" in case.result["message"]
            assert f"get_operation, operation_id={case.result['operation_id']}" in case.result["message"]
