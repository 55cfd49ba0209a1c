"""A process is killed between the click and the end: another one goes on, and the cards tell how it ended."""

import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest

from tests.chatops.surfaces.slack.flows.replicas import Replicas, opened, until

pytestmark = [pytest.mark.anyio, pytest.mark.process]

PROCESS = "tests.chatops.surfaces.slack.flows.process"


@asynccontextmanager
async def killed_at(world: Replicas, folder: Path, point: str, transport: str) -> AsyncIterator[None]:
    """Slack is served by a process that is killed at this point; the block ends when it is dead."""
    command = [sys.executable, "-m", PROCESS, str(folder), world.url, point]
    async with await anyio.open_process(command, env={**os.environ}, stderr=None) as process:
        try:
            if transport == "http":
                assert process.stdout is not None
                with anyio.fail_after(20):
                    world.slack.delivers_to((await process.stdout.receive()).decode().strip())
            else:
                await world.slack.connected()
            yield
        except BaseException:
            process.kill()
            raise
        assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("point", ["approved", "consumed", "sent_all"])
async def test_killed_after_the_click_it_is_sent_once_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str, transport: str
) -> None:
    folder = tmp_path / "state"
    async with opened(folder, monkeypatch, replicas=0, transport=transport) as world:
        world.slack.state.changes.patience = 20
        bob = world.person("bob")
        async with killed_at(world, folder, point, transport):
            await world.person("alice").types("/phone", "reset a44uhlf7 efjy72gs")
            approval = await world.card("Waits for approval", "C0APPROVALS")
            asked = await world.card("Waits for approval")
            await bob.presses(approval, "approve")
            await bob.submits(await world.slack.view_of("U0BOB", callback_id="approve"))
        world.clock.seconds += 100
        await world.start()
        await world.service.recovery.sweep()
        await world.shows(asked, "Approved by bob", no_more="Being")

        async def is_told() -> bool:
            return bool(world.slack.messages_in("C0OPS", containing="Operation op_", thread_ts=asked.ts))

        await until(is_told)
        assert "Waits" not in approval.seen
        assert world.sent("batch-reset") == 1
