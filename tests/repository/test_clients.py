"""What the README tells people to write into their assistant's files is read here, followed, and gets a list answered.

The official SDK stands in for the assistants; what they themselves do with a file cannot be tried here.
"""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx2
import pytest
import yaml
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from chatops.demo.stage import chatops_command
from chatops.listening import PATH
from chatops.settings import Settings, variable
from chatops.simulator import RunningSimulator
from chatops.team import Team
from tests.chatops.surfaces.conftest import environment, simulator, team_file
from tests.chatops.surfaces.mcp.served import TOKENS, environment_of, start
from tools import load_actions

__all__ = ["environment", "simulator", "team_file"]

pytestmark = [pytest.mark.anyio, pytest.mark.process]

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
SECTION = README.split("### Connect an assistant\n")[1].split("\n## ")[0]
PROGRAM = "/path/to/chatops"
ADDRESS = f"http://127.0.0.1:{Settings.model_fields['port'].default}{PATH}"
VARIABLE = "PHONES_TOKEN"
KEYS = {"type", "command", "args", "env", "url", "headers", "bearer_token_env_var"}
NAMED = re.compile(r"(\$\{?(?:\w+:)?)(\w+)\}?")
SIGNS = {"Claude Code": {"${", "$"}, "Cursor": {"${env:"}, "VS Code": {"${input:"}}
"""How a client is told to take something from its environment, or from its person."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A server as it is written down for one of the clients, and what the file asks its person for."""

    client: str
    entry: Mapping[str, Any]
    asks: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.client} over {'HTTP' if 'url' in self.entry else 'stdio'}"


def blocks() -> Iterator[tuple[str, str, str]]:
    """Language, text, and the line of prose above, of every block of the section."""
    for found in re.finditer(r"^(.+):\n\n((?:```[^`]+```\n\n?)+)", SECTION, re.MULTILINE):
        for language, text in re.findall(r"```(\w+)\n(.+?)```", found[2], re.DOTALL):
            yield language, text, found[1]


def entries(language: str, text: str) -> Iterator[tuple[Mapping[str, Any], frozenset[str]]]:
    if language == "console":
        for line in text.splitlines():
            yield of_command_line(line), frozenset()
        return
    written = json.loads(text) if language == "json" else tomllib.loads(text)
    (kind,) = written.keys() & {"mcpServers", "servers", "mcp_servers"}
    assert set(written[kind]) == {"phones"}
    yield written[kind]["phones"], frozenset(each["id"] for each in written.get("inputs", ()))


def of_command_line(line: str) -> Mapping[str, Any]:
    """What ``claude mcp add`` makes of its arguments, as far as they stand in the README."""
    assert line.startswith("$ claude mcp add ")
    options, _, command = line.removeprefix("$ claude mcp add ").partition(" -- ")
    words = iter(shlex.split(options))
    given: dict[str, dict[str, str]] = {"--transport": {}, "--env": {}, "--header": {}}
    rest: list[str] = []
    for word in words:
        if word in given:
            name, _, value = next(words).partition(": " if word == "--header" else "=")
            given[word][name] = value
        else:
            rest.append(word)
    (transport,) = given["--transport"]
    if not command:
        name, url = rest
        assert name == "phones"
        return {"type": transport, "url": url, "headers": given["--header"]}
    assert rest == ["phones"]
    program, *arguments = shlex.split(command)
    return {"type": transport, "command": program, "args": arguments, "env": given["--env"]}


WRITTEN = [
    Written(client=prose.split("(")[0].split(",")[0].strip(), entry=entry, asks=asks)
    for language, text, prose in blocks()
    for entry, asks in entries(language, text)
]


def filled_in(written: Written, text: str, said: str) -> str:
    """What the client makes of a value: what it asks its person for, or finds in its own environment."""
    for sign, name in NAMED.findall(text):
        assert sign in SIGNS[written.client]
        assert name in written.asks if sign == "${input:" else name == VARIABLE
    return NAMED.sub(lambda _: said, text).replace("…", said)


def test_every_client_is_told_both_ways() -> None:
    told = {str(each) for each in WRITTEN}
    clients = {"Claude Code", "VS Code", "Codex"}
    assert told == {
        *(f"{each} over {way}" for each in clients for way in ("stdio", "HTTP")),
        "Claude Desktop over stdio",
        "Cursor over HTTP",
    }
    assert SECTION.count("```json") + SECTION.count("```toml") + SECTION.count("$ claude mcp add") == len(WRITTEN)


@pytest.mark.parametrize("written", [each for each in WRITTEN if "command" in each.entry], ids=str)
async def test_command_of_the_readme_answers_a_list(written: Written, environment: Mapping[str, str]) -> None:
    entry = written.entry
    assert entry.keys() <= KEYS
    assert entry.get("type", "stdio") == "stdio"
    assert entry["command"] == PROGRAM
    assert entry["env"].keys() <= {variable(name) for name in Settings.model_fields}
    given = {name: filled_in(written, value, environment[name]) for name, value in entry["env"].items()}
    assert given == {name: environment[name] for name in ("CHATOPS_CLOUD_ACCESS_KEY", "CHATOPS_CLOUD_SECRET_KEY")}
    program, *before = chatops_command()
    rest = {name: value for name, value in environment.items() if name not in given}
    started = StdioServerParameters(command=program, args=[*before, *entry["args"]], env={**rest, **given})
    async with Client(started) as client:
        assert {each.name for each in (await client.list_tools()).tools} >= load_actions().keys()


@pytest.mark.parametrize("written", [each for each in WRITTEN if "url" in each.entry], ids=str)
async def test_address_of_the_readme_answers_a_list(
    written: Written, simulator: RunningSimulator, tmp_path: Path
) -> None:
    entry, token = written.entry, TOKENS["alice"]
    assert entry.keys() <= KEYS
    assert entry.get("type", "http") == "http"
    assert entry["url"] == ADDRESS
    headers = {name: filled_in(written, value, token) for name, value in entry.get("headers", {}).items()}
    if "bearer_token_env_var" in entry:
        assert (headers, entry["bearer_token_env_var"]) == ({}, VARIABLE)
        headers = {"Authorization": f"Bearer {token}"}
    with start(environment_of(tmp_path, simulator.url)) as running:
        async with (
            httpx2.AsyncClient(headers=headers, trust_env=False) as http,
            Client(streamable_http_client(running.mcp, http_client=http)) as client,
        ):
            assert {each.name for each in (await client.list_tools()).tools} >= load_actions().keys()


def test_team_files_of_the_readme_can_be_used() -> None:
    files = re.findall(r"```yaml\n( *people:.+?)```", README, re.DOTALL)
    teams = [Team.model_validate(yaml.safe_load(dedent(each))) for each in files]
    assert [sorted(each.people) for each in teams] == [["alice", "bob"], ["alice", "bob", "vera"], ["alice", "carl"]]
