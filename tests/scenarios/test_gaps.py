"""What a process could not write into the audit is told by the next one that can."""

import json
import signal
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from chatops.demo.stage import chatops_command
from tests.chatops.surfaces.conftest import environment, simulator, team_file
from tests.chatops.surfaces.kept import audited
from tests.chatops.surfaces.mcp.test_stdio import talk

__all__ = ["environment", "simulator", "team_file"]

pytestmark = pytest.mark.process


def store_of(environment: Mapping[str, str]) -> Path:
    return Path(environment["CHATOPS_STATE_DIR"]) / "chatops.db"


def run(environment: Mapping[str, str], *words: str, before: str = "") -> "subprocess.CompletedProcess[str]":
    python, *line = chatops_command(*words)
    # Without bytecode: what the limit cuts short would be found by everybody else.
    command = ["sh", "-c", f'{before} exec "$@"', "sh", python, "-B", *line]
    return subprocess.run(command, env={**environment}, capture_output=True, text=True, timeout=50, check=False)


def test_read_that_could_not_be_written_down_on_a_full_disk_is_a_gap_afterwards(environment: Mapping[str, str]) -> None:
    assert run(environment, "run", "list_instances").returncode == 0
    read = run(environment, "run", "list_instances", "--json", before="ulimit -f 1;")
    assert (read.returncode, json.loads(read.stdout)["status"]) == (0, "done")
    assert run(environment, "run", "list_instances").returncode == 0
    told = audited(environment)
    assert [line["kind"] for line in told] == ["answered", "gap", "answered"]
    assert told[1]["details"] == {"events": 1}


def test_answer_does_not_wait_for_a_store_that_is_locked(environment: Mapping[str, str]) -> None:
    assert run(environment, "run", "list_instances").returncode == 0
    line = chatops_command("run", "list_instances", "--json")
    with closing(sqlite3.connect(store_of(environment), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["status"] == "done"
            # It was told before anybody has given up writing it down.
            other.execute("ROLLBACK")
            assert process.wait() == 0
    assert [each["kind"] for each in audited(environment)] == ["answered", "answered"]


def test_server_without_its_store_outlives_a_hang_up_and_says_how_to_change_again(
    environment: Mapping[str, str],
) -> None:
    store = store_of(environment)
    assert run(environment, "run", "list_instances").returncode == 0
    whole = store.read_bytes()
    store.write_bytes(b"no database" * 1000)
    with talk(environment) as client:
        client.discover()
        client.process.send_signal(signal.SIGHUP)
        client.call(1, "start_command", instance_ids=["efjy72gs"], command="uptime")
        answer = client.hear()["result"]["structuredContent"]
        assert "start chatops mcp again" in answer["error"]["next_step"]
        client.call(2, "query_status", instance_ids=["efjy72gs"])
        assert client.hear()["result"]["structuredContent"]["status"] == "done"
        assert client.end()[0] == 0
    store.write_bytes(whole)
    assert run(environment, "run", "list_instances").returncode == 0
    assert "gap" in [line["kind"] for line in audited(environment)]
