"""A team in which somebody may approve at a terminal, a fleet that reboots in seconds, and what waits in it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chatops.simulator import RunningSimulator, SimulatorSettings
from tests.chatops.conftest import simulated
from tests.chatops.surfaces.terminal.conftest import Chatops, Ended
from tests.chatops.surfaces.terminal.keyboard import Keyboard

TEAM = """\
people:
  alice: {roles: [operator]}
  dan: {roles: [operator]}
  bob: {roles: [operator, approver]}
  carol: {roles: [approver]}
  ada: {roles: [admin]}
  vera: {roles: [viewer]}
terminal: {trust: environment, may_approve: true}
"""
PHONES = ("a44uhlf7", "efjy72gs", "iRJEVP96", "XvH39QVW", "Q39YyZvI", "Vpp8rC4Y")
READS = {"batch-query", "batch-query-status", "task", "prepare-progress", "iam-token", "iam-projects"}

As = Callable[..., Ended]
Answers = Callable[..., dict[str, Any]]


@pytest.fixture
def phones() -> int:
    """How many phones there are."""
    return 120


@pytest.fixture
def simulator(phones: int) -> Iterator[RunningSimulator]:
    """Slow enough that a reset is seen on its way, and quick enough to wait for."""
    with simulated(SimulatorSettings(phones=phones, faults=True, speed=5)) as running:
        yield running


@pytest.fixture
def team_file(tmp_path: Path) -> Path:
    file = tmp_path / "chatops.yaml"
    file.write_text(TEAM, encoding="utf-8")
    return file


@pytest.fixture
def as_person(chatops: Chatops, monkeypatch: pytest.MonkeyPatch) -> As:
    """Run a command line as somebody."""

    def command(person: str, *words: str) -> Ended:
        monkeypatch.setenv("CHATOPS_AS", person)
        return chatops(*words)

    return command


@pytest.fixture
def answer_for(as_person: As) -> Answers:
    """The JSON object that a command line answers somebody."""

    def command(person: str, *words: str) -> dict[str, Any]:
        ended = as_person(person, *words, "--json")
        answer: dict[str, Any] = json.loads(ended.out)
        return {**answer, "exit_code": ended.code}

    return command


@pytest.fixture
def waiting(answer_for: Answers) -> str:
    """The id of an operation of alice's that waits for an approval: more phones than typing is enough for."""
    answer = answer_for("alice", "run", "reset", *PHONES)
    assert (answer["exit_code"], answer["status"]) == (4, "approval_required")
    return str(answer["operation_id"])


@pytest.fixture
def without_cloud(environment: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials of the cloud from here on."""
    for name in ("CHATOPS_CLOUD_ACCESS_KEY", "CHATOPS_CLOUD_SECRET_KEY"):
        monkeypatch.delenv(name)


def changes(simulator: RunningSimulator) -> list[str]:
    """The requests that change something, in the order in which they arrived."""
    return [each.operation for each in simulator.simulator.requests if each.operation not in READS]


def being_sent(answer_for: Answers, keyboard: Keyboard) -> str:
    """The id of the only operation, once its first request is on its way."""
    while True:
        keyboard.look()
        for each in answer_for("bob", "operations", "list")["data"]["operations"]:
            operation = str(each["operation_id"])
            requests = answer_for("bob", "operations", "show", operation)["data"]["requests"]
            if requests[0]["state"] == "sent":
                return operation
