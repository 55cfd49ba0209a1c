"""What the doors are tested against: a real simulator over HTTP, and a team with an operator and a viewer."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from chatops.simulator import ACCESS_KEY, SECRET_KEY, RunningSimulator, SimulatorSettings
from tests.chatops.conftest import simulated

TEAM = """\
people:
  alice: {roles: [operator]}
  vera: {roles: [viewer]}
  nobody: {}
terminal: {trust: environment}
"""


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    with simulated(SimulatorSettings(phones=120, faults=True)) as running:
        yield running


@pytest.fixture
def team_file(tmp_path: Path) -> Path:
    file = tmp_path / "chatops.yaml"
    file.write_text(TEAM, encoding="utf-8")
    return file


@pytest.fixture
def environment(
    simulator: RunningSimulator, team_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Mapping[str, str]:
    """CHATOPS_* of this process, pointing at the simulator, as alice; what is returned is for another process."""
    for name in [name for name in os.environ if name.startswith("CHATOPS_")]:
        monkeypatch.delenv(name)
    variables = {
        "CHATOPS_CLOUD_ENDPOINT": simulator.url,
        "CHATOPS_CLOUD_IAM_ENDPOINT": simulator.url,
        "CHATOPS_CLOUD_ACCESS_KEY": ACCESS_KEY,
        "CHATOPS_CLOUD_SECRET_KEY": SECRET_KEY,
        "CHATOPS_TEAM_FILE": str(team_file),
        "CHATOPS_STATE_DIR": str(tmp_path / "state"),
        "CHATOPS_AS": "alice",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, **variables}
