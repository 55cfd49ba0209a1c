"""The scenes of the story, in order; each says what it shows and fails when it does not."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import anyio
from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.stdio import stdio_client
from pydantic import JsonValue
from rich.console import Console
from rich.text import Text

from chatops.demo.stage import PHONES, Stage, chatops_command, open_stage
from chatops.demo.typist import Typed, type_at_terminal
from chatops.simulator import Fault

_CALL_LIMIT = 60.0
_ON_ITS_WAY = 3.0
_TASK_POLLS = 60
_LINES_SHOWN = 14
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_PICTURE_WIDTH = 110  # characters
_TOKENS = 2  # the first one, and the one after it was forgotten
_LINK = "https://storage.example.com/packages/launcher.apk?Expires=1753252931&Signature=not-a-real-one"


class SceneFailed(Exception):
    """What a scene promises was not to be seen."""


@dataclass(kw_only=True)
class Narrator:
    """Tells the story; ``client`` is the assistant's side of MCP."""

    console: Console
    stage: Stage
    client: Client
    scene: int = 0

    def title(self, text: str) -> None:
        """Begin a scene."""
        self.scene += 1
        self.console.print()
        self.console.rule(f"[bold]{self.scene}. {text}", align="left")

    def lines(self, text: str, *, style: str = "") -> None:
        """Show text as it is, however long: data is never markup, and what is left out is said."""
        lines = text.rstrip().splitlines()
        for line in lines[:_LINES_SHOWN]:
            is_row = " | " in line
            self.console.print(Text(line, style=style), overflow="ellipsis" if is_row else "fold", no_wrap=is_row)
        if len(lines) > _LINES_SHOWN:
            self.console.print(Text(f"… and {len(lines) - _LINES_SHOWN} more lines", style="dim"))

    async def at_terminal(self, who: str, *words: str, asked: str = "", answer: str = "") -> Typed:
        """Let a person run a command at a terminal of their own, and answer its question."""
        shown = " ".join("'{…}'" if word.startswith("{") else word for word in words)
        self.console.print(Text(f"{who}$ chatops {shown}", style="cyan"))
        typed = await anyio.to_thread.run_sync(
            lambda: type_at_terminal(
                chatops_command(*words), self.stage.person(who), asked=asked, answer=answer, seconds=_CALL_LIMIT
            )
        )
        self.lines(typed.screen)
        return typed

    async def call(self, action: str, arguments: dict[str, JsonValue], *, quiet: bool = False) -> dict[str, JsonValue]:
        """Let the assistant call a tool; its structured answer."""
        if not quiet:
            self.console.print(Text(f"assistant> {action} {json.dumps(arguments)}", style="cyan"))
        with anyio.fail_after(_CALL_LIMIT):
            result = await self.client.call_tool(action, arguments)
        if not quiet:
            self.lines("\n".join(part.text for part in result.content if part.type == "text"))
        if not isinstance(result.structured_content, dict):
            raise SceneFailed(f"{action} gave no structured content")
        return result.structured_content


def expect(holds: bool, promise: str) -> None:
    """Stop the story when a promise is not kept."""
    if not holds:
        raise SceneFailed(promise)


async def _summary(narrator: Narrator) -> None:
    narrator.title("What is the state of the fleet?")
    answer = await narrator.call("fleet_summary", {})
    data = answer["data"]
    counted = data.get("phones") if isinstance(data, dict) else None
    expect(isinstance(counted, int) and counted >= PHONES, "the summary counts the whole fleet")


async def _list(narrator: Narrator) -> None:
    narrator.title("Which phones of one region are stopped?")
    answer = await narrator.call("list_instances", {"region": "cn-north-7", "state": "stopped", "limit": 5})
    expect(answer["status"] == "done", "the list is filtered")


async def _status(narrator: Narrator) -> None:
    narrator.title("Are these two running?")
    answer = await narrator.call("query_status", {"instance_ids": ["a44uhlf7", "efjy72gs"]})
    expect(answer["status"] == "done", "the status is answered")


async def _command(narrator: Narrator) -> None:
    narrator.title("A command that only reads; one phone fails, and nothing hides it")
    answer = await narrator.call("run_command", {"command": "ls -l /system", "instance_ids": ["a44uhlf7", "efjy72gs"]})
    expect(answer["status"] == "partial", "one of two phones failed")


async def _asked(narrator: Narrator) -> None:
    narrator.title("An assistant asks to erase phones; another person has to say yes")
    before = narrator.stage.changes()
    answer = await narrator.call("reset_instances", {"instance_ids": ["a44uhlf7", "efjy72gs"]})
    sent = narrator.stage.changes() - before
    narrator.console.print(Text(f"Changes that reached the cloud meanwhile: {sent}", style="green"))
    expect(answer["status"] == "approval_required" and sent == 0, "nothing is sent")
    await _approved(narrator, str(answer["operation_id"]))


async def _approved(narrator: Narrator, operation: str) -> None:
    narrator.title("Bob reads the plan and approves it; it is carried out there and then, and verified")
    typed = await narrator.at_terminal("bob", "approvals", "approve", operation, asked="[y/N]", answer="y")
    expect(typed.exit_code == 0, "the approval carries it out")
    expect(narrator.stage.changes() >= 1, "the reset is sent")
    shown = await narrator.at_terminal("bob", "operations", "show", operation)
    expect("verified" in shown.screen.lower(), "the reset is verified")


async def _install(narrator: Narrator) -> None:
    narrator.title("A person installs an app, and types the number of phones to mean it")
    arguments = {
        "instance_ids": ["XvH39QVW", "Vpp8rC4Y"],
        "package": "com.example.launcher",
        "file_name": "launcher.apk",
        "version": "1.4.2",
        "size_mb": 24,
        "link": _LINK,
    }
    typed = await narrator.at_terminal(
        "alice", "run", "install", "--no-wait", "--params", json.dumps(arguments), asked="Type ", answer="2"
    )
    expect(typed.exit_code == 0, "the installation starts")
    expect("not-a-real-one" not in typed.screen, "the signature of the link is not shown")
    task = next((word.rstrip(".,") for word in typed.screen.split() if word.startswith("ZGCA")), None)
    expect(task is not None, "the task is named")
    await _follow(narrator, str(task))


async def _follow(narrator: Narrator, task: str) -> None:
    narrator.title("The assistant follows the task to its end")
    for _ in range(_TASK_POLLS):
        answer = await narrator.call("get_task", {"task_id": task}, quiet=True)
        narrator.console.print(Text(f"assistant> get_task: {answer['message']}", style="cyan"))
        if str(answer["message"]).startswith("Task ended"):
            return
        await anyio.sleep(1)
    raise SceneFailed("the task ends")


async def _expired_token(narrator: Narrator) -> None:
    narrator.title("The cloud forgets our token; the call recovers by itself")
    # Everything else here signs its requests; this scene needs somebody who works with a token.
    async with Client(stdio_client(_server(narrator.stage.token_environment))) as client:
        other = replace(narrator, client=client)
        await other.call("query_status", {"instance_ids": ["efjy72gs"]}, quiet=True)
        narrator.stage.arm(Fault(kind="expired_token", operation="batch-query-status", times=1))
        answer = await other.call("query_status", {"instance_ids": ["efjy72gs"]})
    tokens = [each for each in narrator.stage.running.simulator.requests if each.path == "/v3/auth/tokens"]
    narrator.console.print(Text(f"Tokens asked for since the start: {len(tokens)}", style="green"))
    expect(answer["status"] == "done" and len(tokens) == _TOKENS, "exactly one new token is asked for")


async def _throttled(narrator: Narrator) -> None:
    narrator.title("The cloud says 429, wait a second; the call waits and succeeds")
    narrator.stage.arm(Fault(kind="throttled", operation="batch-query-status", times=1, retry_after="1"))
    before, began = narrator.stage.running.simulator.requests.total, anyio.current_time()
    answer = await narrator.call("query_status", {"instance_ids": ["efjy72gs"]})
    waited = anyio.current_time() - began
    sent = narrator.stage.running.simulator.requests.total - before
    narrator.console.print(Text(f"Requests: {sent}, after {waited:.1f} s", style="green"))
    expect(answer["status"] == "done" and waited >= 1, "the wait is kept")


async def _killed(narrator: Narrator) -> None:
    narrator.title("A process is killed while its request is on its way: nothing is sent twice")
    narrator.stage.arm(Fault(kind="slow", operation="assign", times=1, seconds=_ON_ITS_WAY))
    before = narrator.stage.changes()
    # Whose a phone is can be read at any time; a reboot has to be seen, and may be over before anybody looks.
    words = ("run", "assign", "XvH39QVW", "--user-id", "1123422", "--yes")
    command = chatops_command(*words, "--json")
    narrator.console.print(Text(f"alice$ chatops {' '.join(words)}     # and then: kill -9", style="cyan"))
    async with await anyio.open_process(command, env=narrator.stage.person("alice")) as process:
        await narrator.stage.struck()
        process.kill()
    await narrator.stage.until(lambda: narrator.stage.changes() > before)
    await narrator.at_terminal("alice", "operations", "reconcile")
    listed = await narrator.at_terminal("alice", "operations", "list", "--limit", "1")
    operation = next((word for word in listed.screen.split() if word.startswith("op_")), "")
    await narrator.at_terminal("alice", "operations", "show", operation)
    sent = narrator.stage.changes() - before
    narrator.console.print(Text(f"Assignments that reached the cloud: {sent}", style="green"))
    expect(sent == 1, "it was sent once")


async def _audit(narrator: Narrator) -> None:
    narrator.title("What the audit says, and that nobody has changed it")
    shown = await narrator.at_terminal("bob", "audit", "show", "--limit", "12")
    expect("not-a-real-one" not in shown.screen, "the secret is not there")
    verified = await narrator.at_terminal("bob", "audit", "verify")
    expect(verified.exit_code == 0, "the chain holds")


_SCENES: tuple[Callable[[Narrator], Awaitable[None]], ...] = (
    _summary,
    _list,
    _status,
    _command,
    _asked,
    _install,
    _expired_token,
    _throttled,
    _killed,
    _audit,
)


def _server(environment: dict[str, str]) -> StdioServerParameters:
    command = chatops_command("mcp")
    return StdioServerParameters(command=command[0], args=command[1:], env=dict(environment))


async def play(*, keep: bool, picture: Path | None = None) -> int:
    """Play the story; 0 when every scene showed what it promises.

    With ``keep``, stay up and say how to connect. With ``picture``, what was shown is saved there as an SVG.
    """
    console = Console(highlight=False, record=picture is not None, width=_PICTURE_WIDTH if picture else None)
    ended = await _play(console, keep=keep)
    if picture is not None:
        # The fonts it names lie on somebody's server; any monospaced one will do.
        drawn = _FONT_FACE.sub("", console.export_svg(title="make demo"))
        await anyio.Path(picture).write_text(drawn, encoding="utf-8")
    return ended


async def _play(console: Console, *, keep: bool) -> int:
    async with open_stage() as stage:
        console.print(Text(f"A simulated CloudDevice API with {PHONES} phones listens on {stage.running.url}."))
        async with Client(stdio_client(_server(stage.environment))) as client:
            narrator = Narrator(console=console, stage=stage, client=client)
            try:
                for scene in _SCENES:
                    await scene(narrator)
            except SceneFailed as failure:
                console.print(Text(f"This scene failed to show that {failure}.", style="bold red"))
                return 1
        console.print()
        console.print(
            Text("Every scene kept its promise. Nothing of this is left on your machine.", style="bold green")
        )
        if keep:
            await _stay(console, stage)
    return 0


async def _stay(console: Console, stage: Stage) -> None:
    console.print(Text("\nStill up; end it with Ctrl-C. In another terminal:\n", style="bold"))
    for name, value in stage.environment.items():
        if name.startswith("CHATOPS_"):
            console.print(Text(f"export {name}={value}"), soft_wrap=True)
    console.print(Text("chatops run phones"))
    await anyio.sleep_forever()
