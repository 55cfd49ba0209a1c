"""What goes wrong between the arrival of a request of Slack and its end."""

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
import uvicorn
from aiohttp import ClientSession
from pydantic import JsonValue, SecretStr

from chatops.surfaces.mcp.http import bind
from chatops.surfaces.slack.handler import Begin, Option
from chatops.surfaces.slack.inbox import Inbox
from chatops.surfaces.slack.intake import Intake
from chatops.surfaces.slack.received import Received, Unreadable, read
from chatops.surfaces.slack.receiving.http import Events
from chatops.surfaces.slack.receiving.signatures import Signatures
from tests.chatops.store.stores import Place
from tests.slack.signed import signature

pytestmark = pytest.mark.anyio

SECRET = "signing-secret"


def command(number: int = 1, **other: JsonValue) -> dict[str, Any]:
    known = {"command": "/phone", "text": "list", "team_id": "T01", "user_id": "U0ALICE", "channel_id": "C0OPS"}
    return {**known, "trigger_id": f"trigger{number}", **other}


def submission() -> dict[str, Any]:
    return {"type": "view_submission", "team": {"id": "T01"}, "user": {"id": "U0ALICE"}, "trigger_id": "trigger1"}


def suggestion() -> dict[str, Any]:
    return {"type": "block_suggestion", "team": {"id": "T01"}, "user": {"id": "U0ALICE"}, "action_ts": "1.2"}


async def nothing() -> None:
    """What a flow does that has nothing to do."""


@dataclass(kw_only=True)
class Flows:
    """Flows that a test decides about, and what was asked of them."""

    handling: Callable[[], Awaitable[None]] = nothing
    validating: Callable[[], Awaitable[None]] = nothing
    suggesting: Callable[[], Awaitable[None]] = nothing
    asked: list[str] = field(default_factory=list)

    async def handle(self, received: Received, begin: Begin) -> None:  # noqa: ARG002  # the protocol
        self.asked.append(f"handle {received.id}")
        await self.handling()

    async def interrupted(self, received: Received) -> None:
        self.asked.append(f"interrupted {received.id}")

    async def missed(self, received: Received) -> None:
        self.asked.append(f"missed {received.id}")

    async def validate(self, submission: Received) -> Mapping[str, str]:  # noqa: ARG002  # the protocol
        await self.validating()
        return {}

    async def suggest(self, request: Received) -> Sequence[Option]:  # noqa: ARG002  # the protocol
        await self.suggesting()
        return ()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(folder=tmp_path)
    yield found
    found.close()


def inbox_of(place: Place, owner: str = "elsewhere:1:a") -> Inbox:
    return Inbox(database=place.open(), owner=owner)


@asynccontextmanager
async def served(place: Place, flows: Flows) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    signatures = Signatures(secret=SecretStr(SECRET), now=time.time)
    intake = Intake(inbox=inbox_of(place), handler=flows, clock=time.monotonic, wake=lambda: None)
    events = Events(signatures=signatures, intake=intake, clock=time.monotonic)
    listener = bind("127.0.0.1", 0)
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(events, lifespan="off", log_config=None))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listener])
        yield server, listener.getsockname()[1]
        server.should_exit = True


def headers(body: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(SECRET, stamp, body),
    }


async def post(port: int, body: str) -> int:
    address = f"http://127.0.0.1:{port}/slack/events"
    async with ClientSession() as session, session.post(address, data=body, headers=headers(body)) as answer:
        return answer.status


@pytest.mark.parametrize("payload", [None, "text", 3, []], ids=["none", "text", "number", "list"])
async def test_what_is_no_object_is_unreadable(payload: Any) -> None:
    with pytest.raises(Unreadable):
        read(payload)


@pytest.mark.parametrize("name", ["team_id", "user_id", "channel_id"])
async def test_name_that_is_too_long_for_the_store_is_unreadable(name: str) -> None:
    assert read(command(**{name: "N" * 32})).kind == "command"
    with pytest.raises(Unreadable):
        read(command(**{name: "N" * 33}))


async def test_workspace_of_a_person_that_is_too_long_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read({**submission(), "user": {"id": "U0ALICE", "team_id": "T" * 33}})


async def test_signed_request_that_is_nested_too_deeply_is_refused(place: Place) -> None:
    async with served(place, Flows()) as (_, port):
        assert await post(port, '{"a":' + "[" * 200_000 + "]" * 200_000 + "}") == 400


