"""Clients of both eras hear of another list, over HTTP and over standard input and output."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters

from chatops.control import every_action
from chatops.demo.stage import chatops_command
from chatops.simulator import RunningSimulator
from chatops.surfaces.mcp.announcing import MOST_SESSIONS, MOST_STREAMS_OF_ONE, Announcing
from tests.chatops.surfaces.mcp.served import TOKENS, Served, environment_of, start

pytestmark = [pytest.mark.anyio, pytest.mark.process]

CHANGED = "notifications/tools/list_changed"
ALL_CHANGED = [CHANGED, "notifications/prompts/list_changed", "notifications/resources/list_changed"]
EVERYTHING = len(every_action())


@pytest.fixture
def environment(cloud: RunningSimulator, tmp_path: Path) -> Mapping[str, str]:
    return environment_of(tmp_path, cloud.url)


@pytest.fixture
def running(environment: Mapping[str, str]) -> Iterator[Served]:
    with start(environment) as process:
        yield process


def chatops(environment: Mapping[str, str], *words: str) -> None:
    """Somebody at a terminal of their own."""
    as_ada = {**environment, "CHATOPS_AS": "ada"}
    done = subprocess.run(chatops_command(*words), env=as_ada, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr


def freeze(environment: Mapping[str, str], *words: str) -> None:
    chatops(environment, "freeze", "--reason", "incident 7", "--for", "1h", *words)


def messages(stream: httpx2.Response) -> Iterator[dict[str, Any]]:
    for line in stream.iter_lines():
        if line.startswith("data: {"):
            yield json.loads(line.removeprefix("data: "))


def until_changed(stream: Iterator[dict[str, Any]]) -> None:
    assert next(message for message in stream if "method" in message)["method"] == CHANGED


def give_vera_another_role(running: Served, folder: Path) -> None:
    file = folder / "chatops.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("roles: [viewer]", "roles: [operator]"), encoding="utf-8")
    running.process.send_signal(signal.SIGHUP)


def next_changes(stream: Iterator[dict[str, Any]], count: int) -> list[str]:
    told = (str(message["method"]) for message in stream if "method" in message)
    return [next(told) for _ in range(count)]


def listed(running: Served) -> list[str]:
    return [tool["name"] for tool in running.ask(TOKENS["alice"]).json()["result"]["tools"]]


def test_freeze_takes_changes_off_the_list_and_a_call_says_which_freeze_it_is(running: Served) -> None:
    assert len(listed(running)) == EVERYTHING
    freeze(running.environment, "--action", "reboot_instances")
    assert "reboot_instances" not in listed(running)
    assert len(listed(running)) == EVERYTHING - 1
    freeze(running.environment, "--region", "cn-north-4")
    assert len(listed(running)) == EVERYTHING - 1
    freeze(running.environment, "--person", "alice")
    assert "list_instances" in listed(running)
    assert "set_video" not in listed(running)
    assert "cancel_operation" in listed(running)
    answer = running.call(TOKENS["alice"], "reboot_instances", instance_ids=["efjy72gs"]).json()["result"]
    assert answer["structuredContent"]["status"] == "refused"
    assert "incident 7" in answer["structuredContent"]["message"]


def test_session_of_the_older_era_is_told_of_freeze_and_reload(running: Served, tmp_path: Path) -> None:
    token = TOKENS["vera"]
    session = running.open_session(token)
    running.post(token, {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}, session)
    headers = {"Authorization": f"Bearer {token}", "Mcp-Session-Id": session, "Accept": "text/event-stream"}
    with running.client.stream("GET", running.mcp, headers=headers) as opened:
        stream = messages(opened)
        freeze(running.environment)
        until_changed(stream)
        chatops(running.environment, "unfreeze")
        until_changed(stream)
        give_vera_another_role(running, tmp_path)
        assert next_changes(stream, 3) == ALL_CHANGED
        answer = running.post(token, {"jsonrpc": "2.0", "id": 3, "method": "tools/list"}, session)
        assert "reboot_instances" in answer.text


def test_stream_of_the_newer_era_is_told(running: Served) -> None:
    with running.listen(TOKENS["alice"]) as opened:
        stream = messages(opened)
        assert next(stream)["method"] == "notifications/subscriptions/acknowledged"
        freeze(running.environment)
        until_changed(stream)


def test_roles_are_told_as_other_prompts_and_resources_in_the_newer_era(running: Served, tmp_path: Path) -> None:
    with running.listen(TOKENS["vera"], "toolsListChanged", "promptsListChanged", "resourcesListChanged") as opened:
        stream = messages(opened)
        assert next(stream)["method"] == "notifications/subscriptions/acknowledged"
        give_vera_another_role(running, tmp_path)
        assert next_changes(stream, 3) == ALL_CHANGED


def test_nobody_takes_the_streams_that_are_there_for_everybody(running: Served) -> None:
    kept = []  # what is read no more closes its stream
    with ExitStack() as streams:
        for token in [TOKENS["vera"]] * MOST_STREAMS_OF_ONE:
            kept.append(messages(streams.enter_context(running.listen(token))))
            assert next(kept[-1])["method"] == "notifications/subscriptions/acknowledged"
        answer = streams.enter_context(running.listen(TOKENS["vera"]))
        assert "Too many streams of one person" in next(answer.iter_text())
        kept.append(messages(streams.enter_context(running.listen(TOKENS["alice"]))))
        assert next(kept[-1])["method"] == "notifications/subscriptions/acknowledged"


def test_session_that_listed_only_prompts_is_told_as_well(running: Served, tmp_path: Path) -> None:
    token = TOKENS["vera"]
    session = running.open_session(token)
    running.post(token, {"jsonrpc": "2.0", "id": 2, "method": "prompts/list"}, session)
    headers = {"Authorization": f"Bearer {token}", "Mcp-Session-Id": session, "Accept": "text/event-stream"}
    with running.client.stream("GET", running.mcp, headers=headers) as opened:
        give_vera_another_role(running, tmp_path)
        assert next_changes(messages(opened), 3) == ALL_CHANGED


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_client_over_standard_input_and_output_is_told(environment: Mapping[str, str], mode: str) -> None:
    command, *arguments = chatops_command("mcp")
    told = anyio.Event()

    async def hear(message: object) -> None:
        if getattr(message, "method", None) == CHANGED:
            told.set()

    started = StdioServerParameters(command=command, args=arguments, env={**environment, "CHATOPS_AS": "alice"})
    async with Client(started, mode=mode, message_handler=hear) as client:
        await client.list_tools()
        await heard(client, told, lambda: freeze(environment), modern=mode == "auto")


async def heard(client: Client, told: anyio.Event, act: Callable[[], None], *, modern: bool) -> None:
    if not modern:
        await anyio.to_thread.run_sync(act)
        await told.wait()
        return
    async with client.listen(tools_list_changed=True) as events:
        await anyio.to_thread.run_sync(act)
        async for _ in events:
            return


async def test_sessions_that_have_ended_are_not_remembered_for_ever() -> None:
    server = Announcing("test")
    told: list[int] = []

    class Session:
        def __init__(self, number: int) -> None:
            self.number = number

        async def send_tool_list_changed(self) -> None:
            told.append(self.number)

        async def send_prompt_list_changed(self) -> None:
            """Not looked at."""

        async def send_resource_list_changed(self) -> None:
            """Not looked at."""

    for number in range(MOST_SESSIONS + 5):
        request = SimpleNamespace(headers={"mcp-session-id": str(number)})
        server.listed(SimpleNamespace(session=Session(number), request=request))  # type: ignore[arg-type]  # all it looks at
    await server.announce()
    assert told == list(range(5, MOST_SESSIONS + 5))
