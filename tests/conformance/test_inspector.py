import json
import subprocess
from typing import Any

import pytest

from chatops.control import every_action
from chatops.demo.stage import Stage
from tests.conformance.conftest import Inspect

pytestmark = pytest.mark.process

ERAS = pytest.mark.parametrize("era", ["modern", "legacy"])
TOOL_IS_ERROR = 5
PHONES = 'instance_ids=["efjy72gs"]'


def result_of(ended: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    result: dict[str, Any] = json.loads(ended.stdout)["result"]
    return result


def call(inspect: Inspect, era: str, tool: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    given = [word for argument in arguments for word in ("--tool-arg", argument)]
    return inspect(era, "--method", "tools/call", "--tool-name", tool, *given)


@ERAS
def test_inspector_is_answered_in_the_era_it_asks_for(inspect: Inspect, era: str) -> None:
    result = result_of(inspect(era, "--method", "initialize"))
    assert result["protocolVersion"] == {"modern": "2026-07-28", "legacy": "2025-11-25"}[era]
    assert result["serverInfo"]["name"] == "clouddevice-chatops"


@ERAS
def test_strict_inspector_lists_every_tool_and_complains_of_none(inspect: Inspect, era: str) -> None:
    ended = inspect(era, "--method", "tools/list", "--strict")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [each["name"] for each in result_of(ended)["tools"]] == list(every_action())


@ERAS
def test_inspector_is_told_of_runbooks_and_resources(inspect: Inspect, era: str) -> None:
    prompts, resources = (result_of(inspect(era, "--method", f"{each}/list")) for each in ("prompts", "resources"))
    assert "incident_triage" in [each["name"] for each in prompts["prompts"]]
    assert "chatops://fleet/summary" in [each["uri"] for each in resources["resources"]]


@ERAS
@pytest.mark.parametrize(
    ("tool", "arguments", "status"),
    [
        ("fleet_summary", (), "done"),
        ("list_instances", ("limit=3", "state=running"), "done"),
        ("query_status", (PHONES,), "done"),
        ("run_command", (PHONES, "command=uptime"), "done"),
        ("start_command", (PHONES, "command=ls -l /system"), "accepted"),
    ],
)
def test_inspector_is_answered(inspect: Inspect, era: str, tool: str, arguments: tuple[str, ...], status: str) -> None:
    ended = call(inspect, era, tool, *arguments)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert result_of(ended)["structuredContent"]["status"] == status


@ERAS
@pytest.mark.parametrize(
    ("tool", "arguments", "status"),
    [
        ("reset_instances", (PHONES,), "approval_required"),
        ("reboot_instances", (PHONES,), "approval_required"),
        ("run_command", (PHONES, "command=reboot"), "approval_required"),
        ("list_instances", ("limit=0",), "invalid"),
        ("list_instances", ("limt=3",), "invalid"),
    ],
)
def test_inspector_is_not_obeyed_and_nothing_is_sent(
    inspect: Inspect, stage: Stage, era: str, tool: str, arguments: tuple[str, ...], status: str
) -> None:
    before = stage.changes()
    ended = call(inspect, era, tool, *arguments)
    assert ended.returncode == (0 if status == "approval_required" else TOOL_IS_ERROR)
    assert result_of(ended)["structuredContent"]["status"] == status
    assert stage.changes() == before
