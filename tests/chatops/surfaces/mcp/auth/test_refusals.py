import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from chatops.audit import AuditEvent
from chatops.simulator import RunningSimulator
from chatops.surfaces.mcp.auth.refusals import MOST, TOKEN_REFUSED, Refusals
from tests.chatops.surfaces.kept import audited
from tests.chatops.surfaces.mcp.issuer import Issuer
from tests.chatops.surfaces.mcp.served import AUDIENCE, TOKENS, Served, environment_of, start, wait_until

SECRET = "S3cr3t-marker"
SCOPE: dict[str, Any] = {"type": "http", "client": ("192.0.2.7", 5), "headers": [(b"user-agent", b"a\x1b[2Jb" * 99)]}
HOUR = 3600.0


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def test_flood_leaves_the_first_by_themselves_and_the_rest_as_a_number() -> None:
    written: list[AuditEvent] = []
    clock = Clock()
    refusals = Refusals(write=written.append, now=clock)
    for _ in range(MOST + 500):
        refusals.note(TOKEN_REFUSED, "it has expired", SCOPE)
    assert len(written) == MOST
    clock.now = refusals.period
    refusals.note(TOKEN_REFUSED, "it has expired", SCOPE)
    rest, after = written[MOST:]
    assert rest.details is not None
    assert rest.details["refusals"] == 500
    assert after.details is not None
    assert (after.details["why"], after.details["address"]) == ("it has expired", "192.0.2.7")
    agent = str(after.details["user_agent"])
    assert len(agent) <= 128
    assert "\x1b" not in agent


@pytest.mark.anyio
@pytest.mark.parametrize("period", [0.0, HOUR])
async def test_flood_that_nobody_follows_is_told_as_well_and_at_the_end_at_last(period: float) -> None:
    written: list[AuditEvent] = []
    refusals = Refusals(write=written.append, now=anyio.current_time, most=1, period=HOUR)
    async with anyio.create_task_group() as group:
        group.start_soon(refusals.keep_telling)
        await anyio.wait_all_tasks_blocked()
        for _ in range(3):
            refusals.note(TOKEN_REFUSED, "it has expired", SCOPE)
        refusals.period = period
        if period:
            group.cancel_scope.cancel()
        while len(written) < 2 and not period:
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    assert [event.details and event.details.get("refusals") for event in written] == [None, 2]


@pytest.fixture
def running(cloud: RunningSimulator, issuer: Issuer, tmp_path: Path) -> Iterator[Served]:
    more = {"OIDC_ISSUER": issuer.url, "OIDC_AUDIENCE": AUDIENCE}
    with start(environment_of(tmp_path, cloud.url, **more)) as process:
        yield process


@pytest.mark.process
def test_every_way_to_be_refused_is_in_the_audit_without_the_token(running: Served, issuer: Issuer) -> None:
    read = issuer.token(AUDIENCE, scope="chatops:read", sub="alice-sub")
    tokens = [None, SECRET, f"{TOKENS['alice']}{SECRET}", TOKENS["old"], issuer.token("https://other.example.com")]
    answers = [running.ask(token).status_code for token in tokens]
    answers.append(running.ask(issuer.token(AUDIENCE, sub="stranger")).status_code)
    answers.append(running.ask(issuer.token(AUDIENCE, scope="openid", sub="alice-sub")).status_code)
    answers.append(running.call(read, "reboot_instances", instance_ids=["efjy72gs"]).status_code)
    assert answers == [401, 401, 401, 401, 401, 403, 403, 403]
    wait_until(lambda: len(audited(running.environment)) == len(answers) - 1)
    lines: list[dict[str, Any]] = audited(running.environment)
    assert [line["error"] for line in lines] == [
        *["token_refused"] * 4,
        "person_unknown",
        *["scope_missing"] * 2,
    ]
    assert {(line["kind"], line["details"]["door"], line["details"]["address"]) for line in lines} == {
        ("denied", "mcp", "127.0.0.1")
    }
    assert [line["person"] for line in lines[-2:]] == ["alice", "alice"]
    assert "laptop" not in lines[1]["details"]["why"]
    assert "old has expired" in lines[2]["details"]["why"]
    assert SECRET not in json.dumps(lines)
