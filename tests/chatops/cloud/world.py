"""What the tests of the client stand on: a clock that waits for nobody, simulators, and a server that says anything."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import anyio
from pydantic import SecretStr

from chatops.cloud import AccessKey, Answer, ClientSettings, CloudClient, Grant, Password, open_client
from chatops.simulator import (
    ACCESS_KEY,
    DOMAIN,
    PASSWORD,
    PROJECT_ID,
    SECRET_KEY,
    SECURITY_TOKEN,
    TEMPORARY_ACCESS_KEY,
    TEMPORARY_SECRET_KEY,
    USERNAME,
    Simulator,
    SimulatorSettings,
    serve,
)
from chatops.simulator.settings import Dialect
from tools import AnyAction, Params, load_actions

HERE: frozenset[str | None] = frozenset({"cn-north-7"})
EPOCH = 1_756_300_000.0
KEY = AccessKey(access_key=ACCESS_KEY, secret_key=SecretStr(SECRET_KEY))
WRONG_KEY = AccessKey(access_key=ACCESS_KEY, secret_key=SecretStr("not-the-secret-key"))
TEMPORARY_KEY = AccessKey(
    access_key=TEMPORARY_ACCESS_KEY,
    secret_key=SecretStr(TEMPORARY_SECRET_KEY),
    security_token=SecretStr(SECURITY_TOKEN),
)
USER = Password(username=USERNAME, password=SecretStr(PASSWORD), domain=DOMAIN)
WRONG_USER = Password(username=USERNAME, password=SecretStr("not-the-password"), domain=DOMAIN)

ACTIONS = load_actions()
READ = ACTIONS["query_status"]
CHANGE = ACTIONS["reboot_instances"]
NEVER_TWICE = ACTIONS["create_instances"]
LIST = ACTIONS["list_instances"]
OK = {"error_code": "0", "error_msg": "ok"}
NO_PHONES = {"data": {"status_results": []}, **OK}


@dataclass
class Clock:
    """Stands still until somebody sleeps; the sleep is over at once."""

    seconds: float = EPOCH
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await anyio.lowlevel.checkpoint()


def pass_time(seconds: float) -> None:
    """Makes everything due that the event loop would do within so many seconds: limits are reached, none is raced."""
    loop = asyncio.get_running_loop()
    before = loop.time
    # The loop has no other way to be told the time.
    setattr(loop, "time", lambda: before() + seconds)  # noqa: B010  # an assignment would upset the type checker


def params_of(action: AnyAction) -> Params:
    params: Params = action.examples[0].params
    return params


async def ask(client: CloudClient, action: AnyAction, params: Params | None = None) -> Answer[Any]:
    """Reads or changes, whichever the action is, with the params of its first example unless others are given."""
    params = params if params is not None else params_of(action)
    if action.change is None:
        return await client.read(action, params)
    return await client.change(Grant.covering(action, params, principal="tester", regions=HERE), action, params)


@dataclass(frozen=True, kw_only=True)
class World:
    client: CloudClient
    simulator: Simulator
    clock: Clock
    url: str

    def arrived(self, operation: str) -> int:
        """How often a call reached the simulator."""
        return len(self.simulator.requests.of(operation))


@asynccontextmanager
async def opened(
    url: str,
    clock: Clock,
    *,
    credentials: AccessKey | Password = KEY,
    jitter: float = 1.0,
    **settings: Any,  # noqa: ANN401  # whichever of the client's settings a test is about
) -> AsyncIterator[CloudClient]:
    """A client of this server; waits are ``jitter`` of their ceiling."""
    if isinstance(credentials, AccessKey):
        settings.setdefault("project_id", PROJECT_ID)
    given = {"requests_per_second": 1e9, "iam_endpoint": url, **settings}
    wanted = ClientSettings(credentials=credentials, endpoint=url, **given)
    async with open_client(wanted, clock=clock, sleep=clock.sleep, jitter=lambda most: most * jitter) as client:
        yield client


@asynccontextmanager
async def world(
    *,
    credentials: AccessKey | Password = KEY,
    dialect: Dialect = "table",
    phones: int = 20,
    token_seconds: float = 86_400.0,
    jitter: float = 1.0,
    **settings: Any,  # noqa: ANN401  # whichever of the client's settings a test is about
) -> AsyncIterator[World]:
    """A client and the simulator it talks to, on one clock."""
    clock = Clock()
    simulated = SimulatorSettings(phones=phones, dialect=dialect, now=clock, token_seconds=token_seconds)
    async with (
        serve(simulated) as running,
        opened(running.url, clock, credentials=credentials, jitter=jitter, **settings) as client,
    ):
        yield World(client=client, simulator=running.simulator, clock=clock, url=running.url)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The very bytes a server writes. ``hangs``: then nothing more comes; otherwise the connection is closed."""

    raw: bytes = b""
    hangs: bool = False


NOTHING = Reply()
SILENCE = Reply(hangs=True)


def reply(
    body: object = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    length: int | None = None,
) -> Reply:
    """An HTTP answer: bytes as they are, anything else as JSON. ``length`` may lie."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    given = {"Content-Type": "application/json", "Content-Length": str(len(content) if length is None else length)}
    lines = [
        f"HTTP/1.1 {status} Whatever",
        *(f"{name}: {value}" for name, value in {**given, **(headers or {})}.items()),
    ]
    return Reply(raw="\r\n".join([*lines, "Connection: close", "", ""]).encode() + content)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request as it stood on the wire."""

    line: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Scripted:
    """A server that answers with one reply after the other; the last one is repeated."""

    replies: list[Reply]
    url: str = ""
    seen: list[Seen] = field(default_factory=list)
    _came: anyio.Event = field(default_factory=anyio.Event)

    async def asked(self) -> None:
        """Waits until a request has come."""
        await self._came.wait()

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.seen.append(Seen(line=head[0], headers=headers, body=body))
            self._came.set()
            answer = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            writer.write(answer.raw)
            await writer.drain()
            if answer.hangs:
                await reader.read()
        writer.close()


@asynccontextmanager
async def scripted(
    *replies: Reply,
    clock: Clock | None = None,
    credentials: AccessKey | Password = KEY,
    **settings: Any,  # noqa: ANN401  # whichever of the client's settings a test is about
) -> AsyncIterator[tuple[CloudClient, Scripted]]:
    """A client of a server that says exactly these things."""
    said = Scripted(list(replies))
    server = await asyncio.start_server(said.handle, "127.0.0.1", 0)
    said.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        async with opened(said.url, clock or Clock(), credentials=credentials, **settings) as client:
            yield client, said
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def unanswered(begun: Callable[[], Awaitable[None]], *, then: float) -> AsyncIterator[None]:
    """A block that comes to a stand after ``begun``: then so many seconds pass."""
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            await begun()
            await anyio.wait_all_tasks_blocked()
            pass_time(then)

        group.start_soon(watch)
        yield
        group.cancel_scope.cancel()


def pages(*rows: Sequence[str], total: int | None = None, size: int = 100) -> list[Reply]:
    """Answers of the listing, one a page, with these phones on it."""
    return [page(ids, number=number, total=total, size=size) for number, ids in enumerate(rows, start=1)]


def page(ids: Sequence[str], *, number: int, total: object, size: object = 100) -> Reply:
    """One page of the listing."""
    named = {"page_no": number, "page_size": size, "total_count": total}
    told = {name: value for name, value in named.items() if value is not None}
    return reply({"data": {"result": [{"instance_id": each} for each in ids]}, **told, **OK})
