"""Who asked is killed, or interrupts: what has left is settled, nothing more leaves, and it is found."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from chatops.demo.stage import chatops_command
from chatops.operations.sending import LEFT
from chatops.personal_tokens import hash_of
from chatops.simulator import Fault, RunningSimulator, SimulatorSettings
from tests.chatops.conftest import simulated
from tests.chatops.surfaces.conftest import environment
from tests.chatops.surfaces.kept import audited
from tests.chatops.surfaces.mcp.served import MODERN, TOKENS, Served, start, wait_until

__all__ = ["environment"]

pytestmark = pytest.mark.process

TEAM = f"""\
people:
  alice: {{roles: [operator], tokens: [{{name: laptop, hash: "{hash_of(TOKENS["alice"])}", expires: 2099-01-01}}]}}
terminal: {{trust: environment}}
limits: {{max_fleet_share: 1.0, max_targets: 5000}}
"""
AT_ONCE = 4
"""As many requests as are on their way together; there are more phones than these take."""
PATIENCE = 40
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "tester", "version": "1"},
}
COMMAND = {"name": "start_command", "arguments": {"where": "state=running,frozen=no", "command": "getprop"}}
HELLO: dict[str, list[dict[str, Any]]] = {
    MODERN: [{"jsonrpc": "2.0", "id": 0, "method": "server/discover", "params": {"_meta": META}}],
    "2025-11-25": [
        {
            "jsonrpc": "2.0",
            "id": 0,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "tester", "version": "1"},
            },
        },
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
    ],
}
CLIENT = """
import subprocess, sys, time
server = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
hello, call = sys.argv[1].rsplit("|", 1)
server.stdin.write(hello.encode() + b"\\n")
server.stdin.flush()
server.stdout.readline()
server.stdin.write(call.encode() + b"\\n")
server.stdin.flush()
server.stdout.read()
"""

HTTP_CLIENT = """
import http.client, json, sys
host, headers, body = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
stream = http.client.HTTPConnection(host)
stream.request("GET", "/mcp", headers={**headers, "Accept": "text/event-stream"})
assert stream.getresponse().status == 200
call = http.client.HTTPConnection(host)
call.request("POST", "/mcp", body, headers)
call.getresponse().read()
"""
"""Of the older era: a stream to be told on, and a call; it never says that its session is over."""


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    with simulated(SimulatorSettings(phones=900, faults=True)) as running:
        yield running


@pytest.fixture
def team_file(tmp_path: Path) -> Path:
    file = tmp_path / "chatops.yaml"
    file.write_text(TEAM, encoding="utf-8")
    return file


def killed_client(environment: Mapping[str, str], simulator: RunningSimulator, era: str) -> None:
    """Ask for a change, and kill who asked while its first requests are on their way; the server ends by itself."""
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {**COMMAND, **({"_meta": META} if era == MODERN else {})},
    }
    lines = "\n".join(json.dumps(each) for each in HELLO[era]) + "|" + json.dumps(call)
    command = [sys.executable, "-c", CLIENT, lines, *chatops_command("mcp")]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as client:
        try:
            wait_until_taken(simulator)
        finally:
            client.kill()
        assert client.stderr is not None
        # The server has it as well: this ends when both have.
        assert client.stderr.read() == b""


def wait_until_taken(simulator: RunningSimulator) -> None:
    limit = time.monotonic() + PATIENCE
    while len(simulator.simulator.faults):
        assert time.monotonic() < limit
        time.sleep(0.01)


def shown(environment: Mapping[str, str], *arguments: str) -> Any:  # noqa: ANN401  # JSON
    """What the next process, at a terminal, is told."""
    done = subprocess.run(
        chatops_command(*arguments, "--json"), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done
    return json.loads(done.stdout)


@pytest.mark.parametrize("era", HELLO)
def test_change_of_a_killed_client_is_settled_and_the_next_process_tells_what_was_sent(
    environment: Mapping[str, str], simulator: RunningSimulator, era: str
) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", operation="async-command", times=AT_ONCE, seconds=1))
    killed_client(environment, simulator, era)
    assert len(simulator.simulator.requests.of("async-command")) == AT_ONCE
    kinds = [line["kind"] for line in audited(environment)]
    assert kinds == ["asked", "planned", *["sent"] * AT_ONCE, *["settled"] * AT_ONCE, "settled"]
    (operation,) = {line["operation"] for line in audited(environment) if "operation" in line}
    record = shown(environment, "operations", "show", str(operation))["data"]
    states = [each["state"] for each in record["requests"]]
    assert set(states) == {"accepted", "never_sent"}
    assert states.count("accepted") == AT_ONCE
    assert record["reason"] == LEFT


def hang_up(service: Served, simulator: RunningSimulator, era: str) -> None:
    """Ask for a change, and close the connection while its first requests are on their way."""
    named = {"MCP-Protocol-Version": era}
    if era == MODERN:
        named |= {"Mcp-Method": "tools/call", "Mcp-Name": str(COMMAND["name"])}
        params = {**COMMAND, "_meta": META}
    else:
        named["Mcp-Session-Id"] = service.open_session(TOKENS["alice"])
        params = COMMAND
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    where = urlsplit(service.mcp)
    connection = HTTPConnection(str(where.hostname), where.port)
    usual = {"Authorization": f"Bearer {TOKENS['alice']}", "Accept": "application/json, text/event-stream"}
    connection.request("POST", where.path, body, {**usual, **named, "Content-Type": "application/json"})
    wait_until_taken(simulator)
    connection.close()


def has_ended(environment: Mapping[str, str]) -> bool:
    """Whether every request that left is settled, and the operation as a whole."""
    kinds = [line["kind"] for line in audited(environment)]
    return kinds.count("settled") == kinds.count("sent") + 1


@pytest.mark.parametrize("era", HELLO)
def test_change_of_a_client_that_hangs_up_ends_and_is_found(
    environment: Mapping[str, str], simulator: RunningSimulator, era: str
) -> None:
    """In the newer era to hang up is to cancel; in the older one it is not, and what was asked for is done."""
    simulator.simulator.faults.add(Fault(kind="slow", operation="async-command", times=AT_ONCE, seconds=1))
    with start({**environment, "CHATOPS_PORT": "0"}) as service:
        hang_up(service, simulator, era)
        wait_until(lambda: has_ended(environment))
    (operation,) = {line["operation"] for line in audited(environment) if "operation" in line}
    record = shown(environment, "operations", "show", str(operation))["data"]
    states = [each["state"] for each in record["requests"]]
    assert len(states) > AT_ONCE
    assert states.count("accepted") == len(simulator.simulator.requests.of("async-command"))
    assert states.count("accepted") == (AT_ONCE if era == MODERN else len(states))
    assert record["reason"] == (LEFT if era == MODERN else None)


def test_killed_client_of_a_session_leaves_an_operation_that_ends_and_a_service_that_goes_on(
    environment: Mapping[str, str], simulator: RunningSimulator
) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", operation="async-command", times=AT_ONCE, seconds=1))
    with start({**environment, "CHATOPS_PORT": "0"}) as service:
        session = service.open_session(TOKENS["alice"])
        headers = {
            "Authorization": f"Bearer {TOKENS['alice']}",
            "Accept": "application/json, text/event-stream",
            "Content-Type": "application/json",
            "MCP-Protocol-Version": "2025-11-25",
            "Mcp-Session-Id": session,
        }
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": COMMAND})
        line = [sys.executable, "-c", HTTP_CLIENT, urlsplit(service.mcp).netloc, json.dumps(headers), body]
        with subprocess.Popen(line) as client:
            try:
                wait_until_taken(simulator)
            finally:
                client.kill()
        wait_until(lambda: has_ended(environment))
        (operation,) = {line["operation"] for line in audited(environment) if "operation" in line}
        asked = {"name": "get_operation", "arguments": {"operation_id": operation}}
        found = service.post(
            TOKENS["alice"], {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": asked}, session
        )
        assert (found.status_code, str(operation) in found.text) == (200, True)
        assert service.end() == (0, "")
    record = shown(environment, "operations", "show", str(operation))["data"]
    assert {each["state"] for each in record["requests"]} == {"accepted"}
    assert len(record["requests"]) == len(simulator.simulator.requests.of("async-command")) > AT_ONCE


def test_interrupted_command_sends_no_more_and_tells_what_was_sent(
    environment: Mapping[str, str], simulator: RunningSimulator
) -> None:
    simulator.simulator.faults.add(Fault(kind="slow", operation="async-command", times=AT_ONCE, seconds=1))
    line = ("run", "start", "--where", "state=running,frozen=no", "--command", "getprop", "--json")
    with subprocess.Popen(chatops_command(*line), env=environment, stdout=subprocess.PIPE) as command:
        try:
            wait_until_taken(simulator)
            command.send_signal(signal.SIGINT)
            output, _ = command.communicate(timeout=PATIENCE)
        finally:
            command.kill()
    told = json.loads(output)
    assert (command.returncode, told["status"]) == (1, "partial")
    assert told["message"].endswith(LEFT)
    assert len(simulator.simulator.requests.of("async-command")) == AT_ONCE
