import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.chatops.surfaces.kept import audited
from tests.chatops.surfaces.terminal.conftest import Chatops

SECRET = "S3cr3t-marker"


@pytest.mark.parametrize(
    ("words", "kind", "action", "problem"),
    [
        (["melt", f"--link={SECRET}"], "denied", "melt", None),
        (["\x1b[31mmelt" * 50], "denied", None, None),
        (["reboot", f"--lmit={SECRET}"], "invalid", "reboot_instances", "lmit: no_such_option"),
        (["reboot", f"--{SECRET}/x?{SECRET}"], "invalid", "reboot_instances", "?: no_such_option"),
        (["list", "--limit", SECRET], "invalid", "list_instances", "limit: bad_value"),
        (["list", "--params", "[1"], "invalid", "list_instances", "params: unreadable"),
        (["task", "1", "--task-id", SECRET], "invalid", "get_task", "all: usage"),
    ],
)
def test_call_that_ends_at_its_command_line_leaves_one_event_without_what_was_typed(
    chatops: Chatops,
    environment: Mapping[str, str],
    words: list[str],
    kind: str,
    action: str | None,
    problem: str | None,
) -> None:
    assert chatops("run", *words).code == 2
    (line,) = audited(environment)
    assert (line["kind"], line["person"], line["door"]) == (kind, "alice", "terminal")
    assert action in (None, line["action"])
    assert len(str(line["action"])) <= 64
    details: Any = line.get("details", {})
    assert details.get("problems") == ([problem] if problem else None)
    assert line["error"] == ("invalid_params" if problem else "unknown_action")
    assert SECRET not in json.dumps(line)
    assert "\x1b" not in str(line["action"])


def test_stranger_who_types_something_wrong_is_in_the_audit_once(
    chatops: Chatops, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHATOPS_AS", "mallory")
    assert chatops("run", "melt").code == 2
    (line,) = audited(environment)
    assert (line["error"], line["details"]) == ("person_unknown", {"account": "mallory", "door": "terminal"})


@pytest.mark.parametrize(
    "words",
    [("run", "list"), ("run", "reboot", "XvH39QVW", "--yes"), ("actions",), ("operations", "list"), ("audit", "show")],
)
def test_stranger_is_turned_away_and_in_the_audit_once(
    chatops: Chatops, environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CHATOPS_AS", "mallory\x1b[31m" + "x" * 100)
    assert chatops(*words).code == 2
    (line,) = audited(environment)
    assert (line["kind"], line["error"]) == ("denied", "person_unknown")
    details: Any = line["details"]
    assert details["account"].startswith("mallory[31mxxx")
    assert len(details["account"]) <= 64


def test_help_and_an_empty_command_line_are_no_calls(chatops: Chatops, environment: Mapping[str, str]) -> None:
    chatops("run")
    chatops("run", "reboot", "--help")
    chatops("run", "list", "--limit", "1")
    assert [line["kind"] for line in audited(environment)] == ["answered"]
