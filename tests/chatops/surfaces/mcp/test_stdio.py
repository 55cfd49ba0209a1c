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
_SECONDS = 30
"""Much less than what hangs takes, and than a test may take."""
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

    def say_in_session(self, identifier: int, method: str, params: Mapping[str, object]) -> None:
        """A request of the older era."""
        self.say(json.dumps({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}).encode())

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

    def end(self) -> tuple[int, str]:
        """Exit code and standard error of a process that ends by itself and has said nothing but JSON-RPC."""
        rest, errors = self.process.communicate(timeout=_SECONDS)
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
        surrogate = b'{"jsonrpc":"2.0","id":9,"method":"tools/list","params":{"cursor":"\\ud800"}}'
        for garbage in (b"not json", b"\xff\xfe\x00", b"[" * 100_000, b"y" * 30_000_000, surrogate):
            client.say(garbage)
            answer = client.hear()
            assert (answer["id"], answer["error"]["code"]) == (None, -32700)
        for garbage in (b"5", b"{}", b'{"jsonrpc":"2.0","id":{}}', b'{"jsonrpc":"2.0","id":8,"method":[]}'):
            client.say(garbage)
            answer = client.hear()
            assert (answer["id"], answer["error"]["code"]) == (8 if b"8" in garbage else None, -32600)
        client.say(b"")
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
def test_signal_ends_it_although_the_client_stays(environment: Mapping[str, str], number: signal.Signals) -> None:
    with talk(environment) as client:
        client.discover()
        client.process.send_signal(number)
        assert client.process.wait(timeout=_SECONDS) == 0
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
    limit = time.monotonic() + _SECONDS
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
        code, _ = client.end()
    assert code == 0
    assert [line["kind"] for line in audited(environment)] == ["asked", "planned", "sent", "settled", "settled"]


@pytest.mark.parametrize("era", [MODERN, "2025-11-25"])
def test_everything_that_was_asked_is_answered_although_standard_input_ends(
    environment: Mapping[str, str], simulator: RunningSimulator, era: str
) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", seconds=0.5, operation="batch-query-status", times=1))
    calls: dict[int, tuple[str, dict[str, Any]]] = {
        1: ("query_status", {"instance_ids": ["efjy72gs"]}),
        2: ("fleet_summary", {}),
    }
    with talk(environment) as client:
        if era == MODERN:
            for number, (name, arguments) in calls.items():
                client.ask(number, "tools/call", {"name": name, "arguments": arguments})
        else:
            claims = {"protocolVersion": era, "capabilities": {}, "clientInfo": {"name": "tester", "version": "1"}}
            client.say_in_session(9, "initialize", claims)
            client.say(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
            for number, (name, arguments) in calls.items():
                client.say_in_session(number, "tools/call", {"name": name, "arguments": arguments})
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert client.process.stdout is not None
        answers = {each["id"]: each for each in map(json.loads, client.process.stdout) if "id" in each}
        assert client.process.wait(timeout=_SECONDS) == 0
    assert [answers[each]["result"]["isError"] for each in calls] == [False, False]


def test_client_that_reads_no_more_ends_it_quietly(environment: Mapping[str, str]) -> None:
    with talk(environment) as client:
        client.discover()
        assert client.process.stdout is not None
        client.process.stdout.close()
        client.ask(2, "tools/list", {})
        assert client.process.wait(timeout=_SECONDS) == 0
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
        code, errors = client.end()
    assert code == 2
    assert told in errors
    assert "Traceback" not in errors
    assert client.heard == []


def test_stranger_is_turned_away_and_in_the_audit(environment: Mapping[str, str]) -> None:
    with talk({**environment, "CHATOPS_AS": "mallory"}) as client:
        assert client.end()[0] == 2
    (line,) = audited(environment)
    assert (line["kind"], line["error"]) == ("denied", "person_unknown")
    assert line["details"] == {"account": "mallory", "door": "mcp"}


def test_hang_up_signal_reloads_the_team_file_and_the_audit_has_its_difference(
    environment: Mapping[str, str], team_file: Path
) -> None:
    window = "{from: 2020-01-01T00:00:00Z, until: 2099-01-01T00:00:00Z, reason: launch}"
    with talk(environment) as client:
        client.discover()
        client.call(1, "start_command", instance_ids=["efjy72gs"], command="uptime")
        assert client.hear()["result"]["structuredContent"]["status"] == "accepted"
        written = f"terminal: {{trust: environment}}\nlimits: {{small: 7}}\nfreeze: [{window}]\n"
        team_file.write_text(f"people: {{alice: {{roles: [operator]}}}}\n{written}", encoding="utf-8")
        (changes,) = reloaded(client, environment)
        assert {"limit small: 5 became 7", "person vera: viewer became nobody"} <= set(changes)
        assert any(each.startswith("window 2020") and each.endswith("added") for each in changes)
        client.call(2, "start_command", instance_ids=["efjy72gs"], command="uptime")
        answer = client.hear()["result"]["structuredContent"]
        assert (answer["status"], "launch" in answer["message"]) == ("refused", True)
        team_file.write_text("people: {vera: {roles: [viewer]}}\nterminal: {trust: environment}\n", encoding="utf-8")
        assert "person alice: operator became nobody" in reloaded(client, environment, count=2)[1]
        client.call(3, "query_status", instance_ids=["efjy72gs"])
        assert "alice" in client.hear()["error"]["message"]
        client.end()
    assert audited(environment)[-1]["error"] == "person_unknown"


def reloaded(client: Talk, environment: Mapping[str, str], *, count: int = 1) -> list[list[str]]:
    """What each of so many reloads has changed, once the last of them is in the audit."""
    client.process.send_signal(signal.SIGHUP)
    while True:
        told: list[Any] = [line["details"] for line in audited(environment) if line["kind"] == "reload"]
        if len(told) == count:
            return [each["changes"] for each in told]
