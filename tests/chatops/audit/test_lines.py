import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest

from chatops.audit import Audit, Entry
from chatops.errors import AuditUnavailable
from chatops.principal import Assistant, Principal, Surface

pytestmark = pytest.mark.anyio

ALICE = Principal(
    person="alice",
    roles=frozenset({"operator"}),
    permissions=frozenset({"instances:read"}),
    surface=Surface.MCP,
    assistant=Assistant(name="claude", version="2"),
)


def entry(step: str = "answered") -> Entry:
    return Entry(
        call="c1", step=step, principal=ALICE, action="query_status", params={"instance_ids": ["a"]}, status="done"
    )


def audit(file: Path) -> Audit:
    return Audit(file=file, now=lambda: datetime(2026, 11, 24, 3, tzinfo=UTC))


async def test_line_says_who_what_when_and_through_which_door(tmp_path: Path) -> None:
    file = tmp_path / "state" / "audit.jsonl"
    await audit(file).write(entry())
    line = json.loads(file.read_text())
    assert line == {
        "at": "2026-11-24T03:00:00.000+00:00",
        "call": "c1",
        "step": "answered",
        "person": "alice",
        "door": "mcp",
        "assistant": "claude 2",
        "action": "query_status",
        "params": {"instance_ids": ["a"]},
        "status": "done",
    }


async def test_file_and_folder_are_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "state" / "audit.jsonl"
    await audit(file).write(entry())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_lines_written_at_once_do_not_mix(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    async with anyio.create_task_group() as group:
        for number in range(40):
            group.start_soon(audit(file).write, entry(f"step{number}"))
    steps = {json.loads(line)["step"] for line in file.read_text().splitlines()}
    assert len(steps) == 40


async def test_line_break_in_a_param_stays_inside_its_line(tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    hostile = Entry(call="c", step="s", principal=ALICE, action="x\n{}", params={"a": "\n\u2028\x1b[31m"})
    await audit(file).write(hostile)
    assert len(file.read_bytes().splitlines()) == 1
    assert b"\x1b" not in file.read_bytes()


async def test_place_that_cannot_be_written_is_a_typed_error_with_the_file(tmp_path: Path) -> None:
    blocker = tmp_path / "blocker"
    blocker.write_text("")
    with pytest.raises(AuditUnavailable) as caught:
        await audit(blocker / "audit.jsonl").write(entry())
    assert "audit.jsonl" in caught.value.next_step
