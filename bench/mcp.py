"""What our checks cost an assistant: our MCP server beside a bare one that makes the same call of the API.

Run: .venv/bin/python bench/mcp.py [stdio|http ...]
Both servers and the simulator run at the same time; their turns alternate, and each figure is the median of the turns,
with the ratio of ours to the bare one. Times hold for this machine, ratios for any. What the bare one leaves out stands
in ``bench/servers/bare.py``: everything that this project is for.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any, Protocol

import httpx2

from chatops.simulator import ACCESS_KEY, DOMAIN, PASSWORD, SECRET_KEY, USERNAME

ROOT = Path(__file__).resolve().parent.parent
SIMULATOR = "from chatops.simulator import SimulatorSettings, run; run(SimulatorSettings(phones=200, seed=7))"
OURS = "import sys; from chatops.__main__ import main; sys.exit(main())"
BARE = str(ROOT / "bench" / "servers" / "bare.py")
TOKEN = "chatops_pat_" + "b" * 43
TEAM = f"""\
people:
  alice:
    roles: [operator]
    tokens: [{{name: bench, hash: "sha256:{sha256(TOKEN.encode()).hexdigest()}", expires: 2099-01-01}}]
terminal: {{trust: environment}}
"""
VERSION = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
}
LIST = {"method": "tools/list", "params": {"_meta": META}}
CALL = {
    "method": "tools/call",
    "params": {"name": "query_status", "arguments": {"instance_ids": ["efjy72gs"]}, "_meta": META},
}
TRANSPORTS = ["stdio", "http"]
TURNS = 7
COLD_STARTS = 7
CALLS_A_TURN = 60
AT_ONCE = 32
START_SECONDS = 30.0
_TICK = os.sysconf("SC_CLK_TCK")

Ask = Callable[[Mapping[str, Any]], Awaitable[None]]


class Connection(Protocol):
    """A server that runs, and a way to ask it."""

    pid: int

    async def ask(self, request: Mapping[str, Any]) -> None:
        """Send the request and wait for its result."""


def checked(answer: Mapping[str, Any]) -> None:
    """Only what worked is measured."""
    if "result" not in answer or answer["result"].get("isError"):
        raise RuntimeError(f"not an answer: {json.dumps(answer)[:400]}")


@dataclass(kw_only=True)
class Piped:
    """A server at the other end of two pipes; answers are told apart by their id."""

    process: asyncio.subprocess.Process
    waiting: dict[int, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    number: int = 0

    @property
    def pid(self) -> int:
        """The server's process."""
        return self.process.pid

    async def ask(self, request: Mapping[str, Any]) -> None:
        """Send the request and wait for its result."""
        self.number += 1
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.waiting[self.number] = future
        assert self.process.stdin is not None  # noqa: S101  # it was asked for
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": self.number, **request}).encode() + b"\n")
        checked(await future)

    async def read(self) -> None:
        """Hand answers to who waits for them, until the server ends."""
        assert self.process.stdout is not None  # noqa: S101  # it was asked for
        async for line in self.process.stdout:
            answer = json.loads(line)
            if "id" in answer:
                self.waiting.pop(answer["id"]).set_result(answer)
        for future in self.waiting.values():
            future.set_exception(ConnectionError("the server has ended"))


@dataclass(kw_only=True)
class Posted:
    """A server behind an address."""

    pid: int
    url: str
    http: httpx2.AsyncClient
    number: int = 0

    async def ask(self, request: Mapping[str, Any]) -> None:
        """Send the request and wait for its result."""
        self.number += 1
        headers = {
            "Accept": "application/json, text/event-stream",
            "Authorization": f"Bearer {TOKEN}",
            "MCP-Protocol-Version": VERSION,
            "Mcp-Method": request["method"],
        }
        if request["method"] == "tools/call":
            headers["Mcp-Name"] = request["params"]["name"]
        body = {"jsonrpc": "2.0", "id": self.number, **request}
        answer = await self.http.post(self.url, json=body, headers=headers)
        if answer.status_code != httpx2.codes.OK:
            raise RuntimeError(f"{answer.status_code}: {answer.text[:400]}")
        checked(
            _event(answer.text) if answer.headers["content-type"].startswith("text/event-stream") else answer.json()
        )


def _event(text: str) -> dict[str, Any]:
    """The one answer of a stream."""
    data = [line.removeprefix("data:") for line in text.splitlines() if line.startswith("data:")]
    answer: dict[str, Any] = json.loads(data[-1])
    return answer


@asynccontextmanager
async def running(*command: str, environment: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process, until the block ends."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=dict(environment), stdin=pipe, stdout=pipe, stderr=sys.stderr, limit=2**24
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


@asynccontextmanager
async def piped(command: tuple[str, ...], environment: Mapping[str, str]) -> AsyncIterator[Piped]:
    """A server on stdio."""
    async with running(*command, environment=environment) as process:
        connection = Piped(process=process)
        reading = asyncio.create_task(connection.read())
        try:
            yield connection
        finally:
            reading.cancel()


@asynccontextmanager
async def posted(command: tuple[str, ...], environment: Mapping[str, str]) -> AsyncIterator[Posted]:
    """A server on HTTP, once it answers."""
    port = _free_port()
    words = tuple(each.format(port=port) for each in command)
    limits = httpx2.Limits(max_connections=AT_ONCE)
    async with (
        running(*words, environment={**environment, "CHATOPS_PORT": str(port)}) as process,
        httpx2.AsyncClient(limits=limits, timeout=START_SECONDS, trust_env=False) as http,
    ):
        connection = Posted(pid=process.pid, url=f"http://127.0.0.1:{port}/mcp", http=http)
        await _until_it_answers(connection)
        yield connection


async def _until_it_answers(connection: Posted) -> None:
    began = time.perf_counter()
    while True:
        try:
            return await connection.ask(LIST)
        except httpx2.ConnectError:
            if time.perf_counter() - began > START_SECONDS:
                raise
            await asyncio.sleep(0.005)


def _free_port() -> int:
    import socket  # noqa: PLC0415  # here only

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_seconds(pid: int) -> float:
    """Time on a processor, of all threads, so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def peak_mib(pid: int) -> float:
    """The most memory it ever had."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


async def one_after_another(connection: Connection) -> tuple[float, float, float]:
    """Milliseconds a call, calls a second, CPU milliseconds a call."""
    times = []
    cpu, began = cpu_seconds(connection.pid), time.perf_counter()
    for _ in range(CALLS_A_TURN):
        before = time.perf_counter()
        await connection.ask(CALL)
        times.append((time.perf_counter() - before) * 1000)
    passed = time.perf_counter() - began
    return median(times), CALLS_A_TURN / passed, (cpu_seconds(connection.pid) - cpu) * 1000 / CALLS_A_TURN


async def many_at_once(connection: Connection) -> float:
    """Calls a second with 32 on their way."""
    began = time.perf_counter()
    for _ in range(2):
        await asyncio.gather(*(connection.ask(CALL) for _ in range(AT_ONCE)))
    return 2 * AT_ONCE / (time.perf_counter() - began)


Open = Callable[[], Any]


async def cold_start(open_server: Open) -> float:
    """Milliseconds from nothing to the first list of tools."""
    began = time.perf_counter()
    async with open_server() as connection:
        await connection.ask(LIST)
        return (time.perf_counter() - began) * 1000


async def compare(transport: str, open_bare: Open, open_ours: Open) -> None:
    """Print every figure of one transport."""
    starts: dict[str, list[float]] = {"bare": [], "ours": []}
    for _ in range(COLD_STARTS):
        starts["bare"].append(await cold_start(open_bare))
        starts["ours"].append(await cold_start(open_ours))
    print(line(transport, "cold start to the first list, ms", starts))
    singles: dict[str, list[tuple[float, float, float]]] = {"bare": [], "ours": []}
    many: dict[str, list[float]] = {"bare": [], "ours": []}
    async with open_bare() as bare, open_ours() as ours:
        servers = {"bare": bare, "ours": ours}
        for connection in servers.values():
            await many_at_once(connection)  # caches, connections and the token are there from now on
        for _ in range(TURNS):
            for name, connection in servers.items():
                singles[name].append(await one_after_another(connection))
                many[name].append(await many_at_once(connection))
        memory = {name: [peak_mib(connection.pid)] for name, connection in servers.items()}
    for position, what in enumerate(("a call, ms (p50)", "calls a second, one at a time", "CPU a call, ms")):
        print(line(transport, what, {name: [each[position] for each in turns] for name, turns in singles.items()}))
    print(line(transport, "calls a second, 32 at once", many))
    print(line(transport, "peak memory, MiB", memory))


def line(transport: str, what: str, figures: Mapping[str, list[float]]) -> str:
    """Both medians, and the ratio."""
    bare, ours = median(figures["bare"]), median(figures["ours"])
    return f"{transport:5}  {what:34} bare {bare:8.1f}   ours {ours:8.1f}   ratio {ours / bare:5.2f}"


@asynccontextmanager
async def surroundings() -> AsyncIterator[dict[str, str]]:
    """A simulator in a process of its own, a team file and a state folder; the environment that names them."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chatops-bench-")))
        (folder / "chatops.yaml").write_text(TEAM, encoding="utf-8")
        (folder / "chatops.yaml").chmod(0o600)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CHATOPS_")}
        simulator = await stack.enter_async_context(running(sys.executable, "-c", SIMULATOR, environment=environment))
        assert simulator.stdout is not None  # noqa: S101  # it was asked for
        url = (await simulator.stdout.readline()).decode().split()[3]
        yield {
            **environment,
            "CHATOPS_CLOUD_ENDPOINT": url,
            "CHATOPS_CLOUD_IAM_ENDPOINT": url,
            "CHATOPS_TEAM_FILE": str(folder / "chatops.yaml"),
            "CHATOPS_STATE_DIR": str(folder / "state"),
        }


async def main(transports: list[str]) -> None:
    """Print the figures of each transport."""
    async with surroundings() as environment:
        ours = {
            **environment,
            "CHATOPS_CLOUD_ACCESS_KEY": ACCESS_KEY,
            "CHATOPS_CLOUD_SECRET_KEY": SECRET_KEY,
            # As fast as the bare one may ask; the default of 10 requests a second would be all that is measured.
            "CHATOPS_CLOUD_REQUESTS_PER_SECOND": "100000",
            "CHATOPS_CLOUD_REQUESTS_AT_ONCE": str(AT_ONCE),
        }
        bare = {
            **environment,
            "CHATOPS_CLOUD_USERNAME": USERNAME,
            "CHATOPS_CLOUD_PASSWORD": PASSWORD,
            "CHATOPS_CLOUD_DOMAIN": DOMAIN,
        }
        python = sys.executable
        if "stdio" in transports:
            local = {**ours, "CHATOPS_AS": "alice"}
            await compare(
                "stdio", lambda: piped((python, BARE), bare), lambda: piped((python, "-c", OURS, "mcp"), local)
            )
        if "http" in transports:
            await compare(
                "http",
                lambda: posted((python, BARE, "{port}"), bare),
                lambda: posted((python, "-c", OURS, "serve"), ours),
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    # Before Python 3.12, argparse takes a default list for a choice that nobody has made.
    parser.add_argument("transports", nargs="*", choices=[*TRANSPORTS, []], metavar="stdio|http")
    asyncio.run(main(parser.parse_args().transports or TRANSPORTS))
