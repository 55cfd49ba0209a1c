"""chatops serve in a process of its own, and the team that it serves."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from chatops.demo.stage import chatops_command
from chatops.personal_tokens import PREFIX, hash_of
from chatops.simulator import ACCESS_KEY, SECRET_KEY

MODERN = "2026-07-28"
LEGACY = "2025-11-25"
AUDIENCE = "https://chatops.example.com/mcp"
TOKENS = {name: f"{PREFIX}{name}-0123456789012345678901234567890" for name in ("alice", "bob", "vera", "old")}
_PATIENCE = 20


def team_text(issuer: str = "https://id.example.com") -> str:
    """Alice operates, Bob operates and approves, Vera looks; Gus has what his groups bring."""
    return f"""\
people:
  alice:
    roles: [operator]
    oidc: ["{issuer}|alice-sub"]
    tokens:
      - {{name: laptop, hash: "{hash_of(TOKENS["alice"])}", expires: 2099-01-01}}
      - {{name: old, hash: "{hash_of(TOKENS["old"])}", expires: 2026-01-01}}
  bob:
    roles: [operator, approver]
    oidc: ["{issuer}|bob-sub"]
    tokens: [{{name: laptop, hash: "{hash_of(TOKENS["bob"])}", expires: 2099-01-01}}]
  vera:
    roles: [viewer]
    tokens: [{{name: laptop, hash: "{hash_of(TOKENS["vera"])}", expires: 2099-01-01}}]
  ada: {{roles: [admin]}}
  gus: {{oidc: ["{issuer}|gus-sub"]}}
oidc_groups: {{phone-oncall: [operator]}}
terminal: {{trust: environment, may_approve: true}}
"""


def environment_of(folder: Path, cloud: str, **more: str) -> dict[str, str]:
    """The environment of a process that finds everything in this folder; a team file is written if there is none."""
    file = folder / "chatops.yaml"
    if not file.exists():
        file.write_text(team_text(more.get("OIDC_ISSUER", "https://id.example.com")), encoding="utf-8")
    file.chmod(0o600)
    folder.chmod(0o700)
    variables = {
        "CLOUD_ENDPOINT": cloud,
        "CLOUD_IAM_ENDPOINT": cloud,
        "CLOUD_ACCESS_KEY": ACCESS_KEY,
        "CLOUD_SECRET_KEY": SECRET_KEY,
        "TEAM_FILE": str(file),
        "STATE_DIR": str(folder / "state"),
        "PORT": "0",
        **more,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CHATOPS_")}
    return {**inherited, **{f"CHATOPS_{name}": value for name, value in variables.items()}}


@dataclass(frozen=True, kw_only=True)
class Served:
    """The process, where it listens, and somebody who asks."""

    process: "subprocess.Popen[str]"
    url: str
    environment: Mapping[str, str]
    client: httpx2.Client

    @property
    def mcp(self) -> str:
        return f"{self.url}/mcp"

    def ask(
        self,
        token: str | None,
        method: str = "tools/list",
        params: Mapping[str, object] | None = None,
        *,
        forms: bool = False,
        **headers: str,
    ) -> httpx2.Response:
        """One request of the newer era; of a client that shows forms, or not."""
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}} if forms else {},
            "io.modelcontextprotocol/clientInfo": {"name": "tester", "version": "1"},
        }
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**(params or {}), "_meta": meta}}
        named = {"Mcp-Name": str(params["name"])} if params and "name" in params else {}
        return self.client.post(
            self.mcp,
            json=body,
            headers={**_usual(token), "MCP-Protocol-Version": MODERN, "Mcp-Method": method, **named, **headers},
        )

    def call(self, token: str | None, tool: str, **arguments: object) -> httpx2.Response:
        return self.ask(token, "tools/call", {"name": tool, "arguments": arguments})

    def listen(self, token: str, *lists: str) -> AbstractContextManager[httpx2.Response]:
        """A stream of the newer era, on which it is told that these lists, or that of tools, are other ones."""
        meta = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
        wanted = dict.fromkeys(lists or ("toolsListChanged",), True)
        params = {"notifications": wanted, "_meta": meta}
        method = "subscriptions/listen"
        return self.client.stream(
            "POST",
            self.mcp,
            json={"jsonrpc": "2.0", "id": 7, "method": method, "params": params},
            headers={**_usual(token), "MCP-Protocol-Version": MODERN, "Mcp-Method": method},
        )

    def open_session(self, token: str) -> str:
        """A session of the older era; its id."""
        claims = {"name": "old tester", "version": "2"}
        params = {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": claims}
        opened = self.post(token, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
        assert opened.status_code == 200, opened.text
        session = opened.headers["Mcp-Session-Id"]
        done = self.post(token, {"jsonrpc": "2.0", "method": "notifications/initialized"}, session)
        assert done.status_code == 202
        return session

    def post(self, token: str, message: Any, session: str | None = None) -> httpx2.Response:  # noqa: ANN401  # any JSON
        """One message of the older era."""
        named = {} if session is None else {"Mcp-Session-Id": session, "MCP-Protocol-Version": LEGACY}
        return self.client.post(self.mcp, json=message, headers={**_usual(token), **named})

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Exit code and standard error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=_PATIENCE)
        return self.process.returncode, errors


def _usual(token: str | None) -> dict[str, str]:
    authorization = {} if token is None else {"Authorization": f"Bearer {token}"}
    return {"Accept": "application/json, text/event-stream", **authorization}


@contextmanager
def start(environment: Mapping[str, str], command: Sequence[str] = ()) -> Iterator[Served]:
    """A service that listens, until the block ends."""
    pipe = subprocess.PIPE
    program = [*(command or chatops_command("serve"))]
    with subprocess.Popen(program, stdout=pipe, stderr=pipe, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("MCP at "), process.communicate()
            url = line.split()[2].rstrip(",;").removesuffix("/mcp")
            with httpx2.Client(timeout=_PATIENCE, trust_env=False) as client:
                yield Served(process=process, url=url, environment=environment, client=client)
        finally:
            process.kill()


def refused(environment: Mapping[str, str], *, code: int = 2) -> str:
    """What a service says that does not start."""
    done = subprocess.run(
        chatops_command("serve"), env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    assert done.returncode == code, done
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr


def wait_until(holds: Callable[[], bool]) -> None:
    limit = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.02)
