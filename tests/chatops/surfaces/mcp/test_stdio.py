import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from chatops.demo.stage import chatops_command
from chatops.simulator import Fault, RunningSimulator
from tests.chatops.surfaces.kept import audited

pytestmark = [pytest.mark.anyio, pytest.mark.process]

MODERN = "2026-07-28"
NOISY = """
import os, subprocess, sys, warnings
from chatops import rendering
original = rendering.render
def noisy(outcome):
    print("printed")
    os.write(1, b"written to descriptor 1\\n")
    subprocess.run(["echo", "from a child"], check=True)
    warnings.warn("warned", stacklevel=1)
    assert sys.stdin.read() == ""
    return original(outcome)
rendering.render = noisy
from chatops.__main__ import main
sys.exit(main())
"""


class Talk:
    """A server in a process of its own, and a client that speaks bytes."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.heard: list[str] = []

    def say(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data + b"\n")
        self.process.stdin.flush()

    def ask(self, identifier: int, method: str, params: Mapping[str, object], client: str = "tester") -> None:
        """A request of the modern era, from a client of this name."""
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": client, "version": "1"},
        }
        request = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": {**params, "_meta": meta}}
        self.say(json.dumps(request).encode())

    def discover(self) -> None:
        """The first thing a modern client asks, and its answer."""
        self.ask(0, "server/discover", {})
        assert self.hear()["id"] == 0

    def call(self, identifier: int, tool: str, client: str = "tester", **arguments: object) -> None:
        self.ask(identifier, "tools/call", {"name": tool, "arguments": arguments}, client)

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        self.heard.append(line)
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self, *, within: float = 2) -> tuple[int, str]:
        """Exit code and standard error; the process has these seconds, and has said nothing but JSON-RPC."""
        began = time.monotonic()
        rest, errors = self.process.communicate(timeout=10)
        assert time.monotonic() - began < within
        for line in [*self.heard, *rest.decode().splitlines()]:
            assert json.loads(line)["jsonrpc"] == "2.0"
        return self.process.returncode, errors.decode()


@contextmanager
def talk(environment: Mapping[str, str], command: list[str] | None = None) -> Iterator[Talk]:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command or chatops_command("mcp"), stdin=pipe, stdout=pipe, stderr=pipe, env=environment
    ) as process:
        try:
            yield Talk(process)
        finally:
            process.kill()


@pytest.mark.parametrize(("mode", "version"), [("auto", MODERN), (MODERN, MODERN), ("legacy", "2025-11-25")])
async def test_official_client_is_served_over_real_pipes(
    environment: Mapping[str, str], mode: str, version: str
) -> None:
    command, *arguments = chatops_command("mcp")
    started = StdioServerParameters(command=command, args=arguments, env=dict(environment))
    async with Client(started, mode=mode) as client:
        assert client.protocol_version == version
        listed = await client.list_tools()
        assert len(listed.tools) == 25
        summary = await client.call_tool("fleet_summary", {})
        refused = await client.call_tool("delete_instances", {"instance_ids": ["efjy72gs"]})
    assert summary.structured_content is not None
    assert summary.structured_content["data"]["phones"] == 120
    assert refused.structured_content is not None
    assert refused.structured_content["status"] == "refused"


def test_nothing_but_the_protocol_reaches_standard_output_whatever_is_said_to_the_server(
    environment: Mapping[str, str],
) -> None:
    with talk(environment) as client:
        client.discover()
        for garbage in (b"not json", b"\xff\xfe\x00", b"[" * 100_000, b"5", b"{}", b'{"jsonrpc":"2.0","id":{}}', b""):
            client.say(garbage)
        client.ask(2, "tools/call", {"arguments": {}})
        client.ask(3, "tools/call", {"name": 5, "arguments": [1]})
        client.ask(4, "no/such/method", {})
        assert {client.hear()["id"] for _ in range(3)} == {2, 3, 4}
        code, errors = client.end()
    assert code == 0
    assert "Traceback" not in errors


def test_whatever_prints_prints_to_standard_error(environment: Mapping[str, str], tmp_path: Path) -> None:
    command = [chatops_command()[0], "-I", "-c", NOISY, "mcp"]
    with talk(environment, command) as client:
        client.discover()
        client.call(2, "list_skus")
        assert client.hear()["result"]["structuredContent"]["status"] == "done"
        code, errors = client.end()
    assert code == 0
    for said in ("printed", "written to descriptor 1", "from a child", "warned"):
        assert said in errors


def test_claims_are_those_of_the_request_and_not_of_the_connection(environment: Mapping[str, str]) -> None:
    with talk(environment) as client:
        for identifier, name in enumerate(("first", "second")):
            client.call(identifier, "query_status", client=name, instance_ids=["efjy72gs"])
            client.hear()
        client.end()
    assert [line["assistant"] for line in audited(environment)] == [
        {"name": "first", "version": "1"},
        {"name": "second", "version": "1"},
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_signal_ends_it_within_two_seconds_although_the_client_stays(
    environment: Mapping[str, str], number: signal.Signals
) -> None:
    with talk(environment) as client:
        client.discover()
        client.process.send_signal(number)
        began = time.monotonic()
        assert client.process.wait(timeout=10) == 0
        assert time.monotonic() - began < 2
        code, errors = client.end()
    assert (code, errors) == (0, "")


@pytest.mark.parametrize("number", [0, signal.SIGTERM], ids=["disconnect", "SIGTERM"])
def test_read_that_hangs_keeps_nobody_waiting(
    environment: Mapping[str, str], simulator: RunningSimulator, number: int
) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", seconds=3600, operation="batch-query-status", times=1))
    with talk(environment) as client:
        client.call(1, "query_status", instance_ids=["efjy72gs"])
        wait_until_taken(simulator)
        if number:
            client.process.send_signal(number)
        code, errors = client.end()
    assert (code, errors) == (0, "")


def wait_until_taken(simulator: RunningSimulator) -> None:
    limit = time.monotonic() + 10
    while len(simulator.simulator.faults):
        assert time.monotonic() < limit
        os.sched_yield()


def test_change_that_was_sent_is_settled_although_the_client_leaves(
    environment: Mapping[str, str], simulator: RunningSimulator
) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", seconds=0.5, operation="async-command", times=1))
    with talk(environment) as client:
        client.call(1, "start_command", instance_ids=["efjy72gs"], command="uptime")
        wait_until_taken(simulator)
        code, _ = client.end(within=5)
    assert code == 0
    assert [line["kind"] for line in audited(environment)] == ["planned", "sent", "settled", "settled"]


def test_client_that_reads_no_more_ends_it_quietly(environment: Mapping[str, str]) -> None:
    with talk(environment) as client:
        client.discover()
        assert client.process.stdout is not None
        client.process.stdout.close()
        client.ask(2, "tools/list", {})
        began = time.monotonic()
        assert client.process.wait(timeout=10) == 0
        assert time.monotonic() - began < 2
        assert client.process.stderr is not None
        assert client.process.stderr.read() == b""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"CHATOPS_AS": "mallory"}, "mallory"),
        ({"CHATOPS_CLOUD_SECRET_KEY": None}, "CHATOPS_CLOUD_SECRET_KEY"),
        ({"CHATOPS_TEAM_FILE": "nowhere.yaml"}, "chatops init"),
    ],
)
def test_wrong_configuration_is_told_on_standard_error_before_anything_is_served(
    environment: Mapping[str, str], change: dict[str, str | None], told: str
) -> None:
    changed = {name: value for name, value in {**environment, **change}.items() if value is not None}
    with talk(changed) as client:
        code, errors = client.end(within=10)
    assert code == 2
    assert told in errors
    assert "Traceback" not in errors
    assert client.heard == []
