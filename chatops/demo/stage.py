"""What the story is played on: a folder that vanishes, a simulator, a team of one."""

import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

from chatops.simulator import (
    ACCESS_KEY,
    DOMAIN,
    PASSWORD,
    SECRET_KEY,
    USERNAME,
    Fault,
    RunningSimulator,
    SimulatorSettings,
    serve,
)

PHONES = 400
_CHANGES = frozenset({"batch-reset", "reboot", "install", "unassign", "delete", "create", "assign", "backup"})
SPEED = 12.0
_PATIENCE = 30.0
_GLANCE = 0.02
_TEAM = """\
people:
  alice: {roles: [operator]}
  bob: {roles: [operator, approver]}
terminal: {trust: environment, may_approve: true}
"""
_MAIN = "import sys; from chatops.__main__ import main; sys.exit(main())"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that is up while the story runs."""

    folder: Path
    running: RunningSimulator
    environment: dict[str, str]

    def changes(self) -> int:
        """How many requests that change something have reached the simulator so far."""
        return sum(each.operation in _CHANGES for each in self.running.simulator.requests)

    def arm(self, fault: Fault) -> None:
        """Let something go wrong with the requests that follow."""
        self.running.simulator.faults.add(fault)

    @property
    def token_environment(self) -> dict[str, str]:
        """The same, for a process that gets itself a token instead of signing."""
        kept = {name: value for name, value in self.environment.items() if not name.endswith("_KEY")}
        return {
            **kept,
            "CHATOPS_CLOUD_USERNAME": USERNAME,
            "CHATOPS_CLOUD_PASSWORD": PASSWORD,
            "CHATOPS_CLOUD_DOMAIN": DOMAIN,
        }

    async def struck(self) -> None:
        """Wait until every armed fault has struck: then its request has arrived."""
        await self.until(lambda: not len(self.running.simulator.faults))

    @staticmethod
    async def until(holds: Callable[[], bool]) -> None:
        """Wait until something can be seen at the simulator.

        Raises:
            TimeoutError: it was not to be seen.

        """
        with anyio.fail_after(_PATIENCE):
            while not holds():  # noqa: ASYNC110  # the simulator tells nobody; it is looked at
                await anyio.sleep(_GLANCE)

    def person(self, name: str) -> dict[str, str]:
        """The environment of somebody else at a terminal of their own."""
        return {**self.environment, "CHATOPS_AS": name, "NO_COLOR": "1"}


@asynccontextmanager
async def open_stage(port: int = 0) -> AsyncIterator[Stage]:
    """The stage, until the block ends; then nothing of it is left."""
    settings = SimulatorSettings(phones=PHONES, speed=SPEED, seed=7)
    with tempfile.TemporaryDirectory(prefix="chatops-demo-") as name:
        folder = Path(name)
        team = folder / "chatops.yaml"
        team.write_text(_TEAM, encoding="utf-8")
        team.chmod(0o600)
        async with serve(settings, port=port) as running:
            yield Stage(folder=folder, running=running, environment=_environment(folder, running.url))


def chatops_command(*arguments: str) -> list[str]:
    """Our own program, started so that no ``tools`` or ``chatops`` of the current folder can stand in for ours."""
    return [sys.executable, "-I", "-c", _MAIN, *arguments]


def _environment(folder: Path, url: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CHATOPS_")}
    return {
        **inherited,
        "CHATOPS_CLOUD_ENDPOINT": url,
        "CHATOPS_CLOUD_IAM_ENDPOINT": url,
        "CHATOPS_CLOUD_ACCESS_KEY": ACCESS_KEY,
        "CHATOPS_CLOUD_SECRET_KEY": SECRET_KEY,
        "CHATOPS_TEAM_FILE": str(folder / "chatops.yaml"),
        "CHATOPS_STATE_DIR": str(folder / "state"),
        "CHATOPS_AS": "alice",
    }
