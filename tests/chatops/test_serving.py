"""chatops serve with Slack beside MCP, as a real process against the fake Slack and the simulator."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from chatops.personal_tokens import hash_of
from chatops.simulator import RunningSimulator, SimulatorSettings
from tests.chatops.conftest import simulated
from tests.chatops.slack_served import hanging, saying_command
from tests.chatops.surfaces.mcp.served import TOKENS, Served, environment_of, refused, start
from tests.slack.fake import FakeSlack, fake_slack

pytestmark = [pytest.mark.anyio, pytest.mark.process]

TEAM = """\
people:
  alice: {roles: [operator], slack: ["T01:U0ALICE"]}
terminal: {trust: environment}
"""


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningSimulator]:
    with simulated(SimulatorSettings(phones=60, faults=True)) as running:
        yield running


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with fake_slack() as running:
        running.channel("C0OPS")
        running.person("U0ALICE").joins("C0OPS")
        yield running


def environment(folder: Path, cloud: RunningSimulator, slack: FakeSlack, way: str, **more: str) -> dict[str, str]:
    folder.mkdir(mode=0o700, exist_ok=True)
    if not (folder / "chatops.yaml").exists():
        (folder / "chatops.yaml").write_text(TEAM, encoding="utf-8")
    app = slack.application
    token = {"SLACK_APP_TOKEN": app.app_token} if way == "socket" else {"SLACK_SIGNING_SECRET": app.signing_secret}
    variables = {"SLACK_BOT_TOKEN": app.bot_token, "SLACK_API_URL": slack.api_url, **token, **more}
    return environment_of(folder, cloud.url, **variables)


@contextmanager
def saying(variables: dict[str, str]) -> Iterator[Served]:
    with start(variables, saying_command()) as running:
        yield running


async def reached(running: Served, slack: FakeSlack, way: str) -> None:
    """Waits until requests can come in."""
    await told(running, "ok" if way == "http" else None)
    if way == "http":
        slack.delivers_to(f"{running.url}/slack/events")
    else:
        await slack.connected(len(slack.socket.ready) or 1)


async def told(running: Served, code: str | None) -> None:
    """Waits until /readyz says this of Slack; None waits for anything but the beginning."""
    while True:
        slack = ready(running)["slack"]
        if slack == code or (code is None and slack != "slack_not_reached_yet"):
            return
        await anyio.sleep(0.02)


def ready(running: Served) -> dict[str, object]:
    answer = running.client.get(f"{running.url}/readyz")
    assert answer.status_code == 200
    found: dict[str, object] = answer.json()
    return found


async def ended(running: Served, number: int = signal.SIGTERM) -> tuple[int, str]:
    return await anyio.to_thread.run_sync(running.end, number)


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_command_is_answered_by_the_service_itself_and_mcp_is_served_beside_it(
    cloud: RunningSimulator, slack: FakeSlack, tmp_path: Path, way: str
) -> None:
    with saying(environment(tmp_path, cloud, slack, way)) as running:
        await reached(running, slack, way)
        answer = await slack.person("U0ALICE").types("/phone", "list")
        assert answer.is_ok
        assert answer.took < 2
        await slack.message_in("C0OPS", containing="alice: list, 0 operations")
        assert running.ask(None).status_code == 401
        assert running.client.get(f"{running.url}/healthz").json() == {"status": "ok"}
        assert ready(running) == {"ready": True, "store": "ok", "policy": "ok", "slack": "ok"}
        code, errors = await ended(running)
    assert (code, errors) == (0, "")


async def test_slack_that_cannot_be_reached_at_the_start_leaves_mcp_and_is_reached_later(
    cloud: RunningSimulator, slack: FakeSlack, tmp_path: Path
) -> None:
    slack.goes_down()
    token = f'tokens: [{{name: laptop, hash: "{hash_of(TOKENS["alice"])}", expires: 2099-01-01}}]'
    (tmp_path / "chatops.yaml").write_text(TEAM.replace("slack:", f"{token}, slack:"), encoding="utf-8")
    with saying(environment(tmp_path, cloud, slack, "http")) as running:
        assert ready(running)["slack"] == "slack_not_reached_yet"
        assert running.ask(TOKENS["alice"]).status_code == 200
        slack.delivers_to(f"{running.url}/slack/events")
        failed = await slack.person("U0ALICE").types("/phone", "too early")
        assert not failed.is_ok
        slack.comes_back()
        await told(running, "ok")
        assert (await slack.person("U0ALICE").types("/phone", "list")).is_ok
        await slack.message_in("C0OPS", containing="alice: list")
        assert not slack.messages_in("C0OPS", containing="too early")


async def test_token_that_is_not_accepted_is_told_with_what_to_do_and_mcp_goes_on(
    cloud: RunningSimulator, slack: FakeSlack, tmp_path: Path
) -> None:
    slack.revokes(slack.application.bot_token)
    with saying(environment(tmp_path, cloud, slack, "http")) as running:
        await told(running, "token_revoked")
        assert running.ask(None).status_code == 401
        code, errors = await ended(running)
    assert code == 0
    assert "token_revoked" in errors
    assert "CHATOPS_SLACK_BOT_TOKEN" in errors
    assert slack.application.bot_token not in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_end_waits_for_what_is_under_way_unless_it_is_asked_twice(
    cloud: RunningSimulator, slack: FakeSlack, tmp_path: Path, way: str
) -> None:
    variables = environment(tmp_path, cloud, slack, way)
    with saying(hanging(variables)) as running:
        await reached(running, slack, way)
        assert (await slack.person("U0ALICE").types("/phone", "hang")).is_ok
        await slack.message_in("C0OPS", containing="working: hang")
        running.process.send_signal(signal.SIGTERM)
        while (await slack.person("U0ALICE").types("/phone", "too late")).is_ok:
            pass
        assert running.process.poll() is None
        assert (await ended(running))[0] == 0
    with saying(variables) as running:
        await reached(running, slack, way)
        await slack.message_in("C0OPS", containing="alice: hang")


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_killed_process_is_followed_by_one_that_does_again_what_had_not_begun(
    cloud: RunningSimulator, slack: FakeSlack, tmp_path: Path, way: str
) -> None:
    variables = environment(tmp_path, cloud, slack, way)
    with saying(hanging(variables)) as running:
        await reached(running, slack, way)
        for text in ("hang 1", "begun 2"):
            assert (await slack.person("U0ALICE").types("/phone", text)).is_ok
            await slack.message_in("C0OPS", containing=f"working: {text}")
        os.kill(running.process.pid, signal.SIGKILL)
        await anyio.to_thread.run_sync(running.process.wait)
    with saying(variables) as running:
        await slack.message_in("C0OPS", containing="alice: hang 1")
        await slack.message_in("C0OPS", containing="interrupted: begun 2")
        await reached(running, slack, way)
        assert (await slack.person("U0ALICE").types("/phone", "list")).is_ok
        await slack.message_in("C0OPS", containing="alice: list")
    assert not slack.messages_in("C0OPS", containing="alice: begun")
    assert len(slack.messages_in("C0OPS", containing="alice: hang")) == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": ""}, "CHATOPS_SLACK_APP_TOKEN for Socket Mode"),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, "does not begin with xoxb-"),
        ({"SLACK_API_URL": "http://slack.example/api/"}, "CHATOPS_SLACK_API_URL must begin with https://"),
    ],
)
async def test_half_of_slack_stops_the_start(
    cloud: RunningSimulator, slack: FakeSlack, tmp_path: Path, more: dict[str, str], said: str
) -> None:
    assert said in refused(environment(tmp_path, cloud, slack, "http", **more))


LOADED = """
import atexit, sys
from chatops.__main__ import main
atexit.register(lambda: sys.stderr.write(" ".join(sys.modules)))
sys.exit(main())
"""


@pytest.mark.parametrize("command", ["serve", "mcp"])
def test_without_slack_nothing_of_it_is_loaded(cloud: RunningSimulator, tmp_path: Path, command: str) -> None:
    program = [sys.executable, "-I", "-c", LOADED, command]
    if command == "serve":
        with start(environment_of(tmp_path, cloud.url), program) as running:
            assert "slack" not in ready(running)
            code, said = running.end()
    else:
        variables = environment_of(tmp_path, cloud.url, AS="alice")
        done = subprocess.run(program, env=variables, input="", capture_output=True, text=True, timeout=20, check=False)
        code, said = done.returncode, done.stderr
    loaded = set(said.split())
    assert code == 0
    assert "chatops.executor" in loaded
    assert not loaded & {"aiohttp", "slack_sdk", "slack_bolt", "chatops.surfaces.slack"}
