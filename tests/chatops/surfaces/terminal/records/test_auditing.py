import csv
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.chatops.surfaces.terminal.records.conftest import Answers, As

LAUNCH = "from chatops.__main__ import main; main()"


@pytest.fixture
def store(environment: Mapping[str, str]) -> Path:
    """The file of the store."""
    return Path(environment["CHATOPS_STATE_DIR"]) / "chatops.db"


def change(store: Path, statement: str) -> None:
    """Change the audit behind our back, as somebody who may write to the file could."""
    with sqlite3.connect(store) as connection:
        triggers = connection.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f'drop trigger "{name}"')
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize("person", ["bob", "carol", "ada"])
def test_everything_is_shown_to_approvers_and_admins(waiting: str, answer_for: Answers, person: str) -> None:
    events = answer_for(person, "audit", "show")["data"]["events"]
    assert [(each["kind"], each["person"]) for each in events if each.get("operation") == waiting] == [
        ("planned", "alice"),
        ("consent_asked", "alice"),
    ]


@pytest.mark.usefixtures("waiting")
def test_everybody_else_sees_their_own_events_only(answer_for: Answers, as_person: As) -> None:
    as_person("dan", "run", "list", "--limit", "1")
    events = answer_for("dan", "audit", "show")["data"]["events"]
    assert {each["person"] for each in events} == {"dan"}
    assert answer_for("dan", "audit", "show", "--person", "dan")["data"]["events"] == events
    refused = answer_for("dan", "audit", "show", "--person", "alice")
    assert (refused["exit_code"], refused["error"]["code"]) == (3, "permission_missing")


def test_events_are_chosen_by_operation_action_person_denial_time_and_number(
    waiting: str, answer_for: Answers, as_person: As
) -> None:
    as_person("vera", "run", "reboot", "XvH39QVW", "--yes")

    def kinds(*words: str) -> list[str]:
        return [each["kind"] for each in answer_for("bob", "audit", "show", *words)["data"]["events"]]

    assert kinds("--operation", waiting) == ["planned", "consent_asked"]
    assert kinds("--denied") == ["denied"]
    assert kinds("--person", "vera") == ["denied"]
    assert kinds("--action", "reset_instances", "--limit", "1") == ["consent_asked"]
    assert kinds("--since", "2000-01-01") == kinds() == kinds("--since", "2000-01-01T00:00:00")
    assert kinds("--action", "reset") == kinds("--action", "reset-instances") == ["asked", "planned", "consent_asked"]
    refused = answer_for("bob", "audit", "show", "--action", "rest")
    assert (refused["exit_code"], refused["message"]) == (2, "There is no action 'rest'.")
    assert kinds("--since", "2999-01-01T00:00:00Z") == []


def test_what_others_did_for_a_person_is_found_by_their_name(waiting: str, answer_for: Answers) -> None:
    answer_for("bob", "approvals", "deny", waiting, "--reason", "not tonight")
    for person in ("alice", "bob"):
        events = answer_for(person, "audit", "show", "--person", "alice")["data"]["events"]
        assert ("consent_refused", "bob") in [(each["kind"], each["person"]) for each in events]
    assert [each["kind"] for each in answer_for("carol", "audit", "show", "--person", "bob")["data"]["events"]] == [
        "consent_refused"
    ]


def test_time_without_a_zone_is_the_local_one(
    waiting: str, answer_for: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    monkeypatch.setenv("TZ", "UTC-14")
    time.tzset()
    try:
        local = [(now + timedelta(hours=14 + hours)).strftime("%Y-%m-%dT%H:%M:%S") for hours in (-1, 1)]
        found = [answer_for("bob", "audit", "show", "--since", each)["data"]["events"] for each in local]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (waiting in [each.get("operation") for each in found[0]], found[1]) == (True, [])


def test_events_are_a_table_for_people(waiting: str, as_person: As) -> None:
    shown = as_person("bob", "audit", "show", "--operation", waiting).out
    assert shown.startswith("2 events.\n")
    assert "consent_asked" in shown


@pytest.mark.usefixtures("waiting", "without_cloud")
def test_untouched_audit_is_intact_and_needs_no_credentials_of_the_cloud(answer_for: Answers) -> None:
    answer = answer_for("vera", "audit", "verify")
    assert (answer["exit_code"], answer["data"]["intact"], answer["data"]["problems"]) == (0, True, [])


@pytest.mark.usefixtures("waiting")
def test_changed_event_is_found_and_exits_one(as_person: As, answer_for: Answers, store: Path) -> None:
    change(store, "update audit_events set person = 'dan' where seq = 1")
    ended = as_person("bob", "audit", "verify")
    assert ended.code == 1
    assert "NOT intact" in ended.out
    assert answer_for("bob", "audit", "verify")["data"]["intact"] is False


@pytest.mark.usefixtures("waiting")
def test_tail_that_was_cut_is_found_against_an_anchor(
    as_person: As, answer_for: Answers, store: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "anchor.json"
    assert as_person("bob", "audit", "anchor", str(kept)).code == 0
    assert as_person("bob", "audit", "verify", "--anchor", str(kept)).code == 0
    change(store, "delete from audit_events where seq = (select max(seq) from audit_events)")
    assert as_person("bob", "audit", "verify", "--anchor", str(kept)).code == 1


def test_anchor_is_printed_where_no_file_is_named(waiting: str, as_person: As, answer_for: Answers) -> None:
    printed = json.loads(as_person("bob", "audit", "anchor").out)
    assert printed["seq"] == answer_for("bob", "audit", "anchor")["data"]["seq"]


def test_what_is_no_anchor_is_refused_and_not_taken_for_a_finding(as_person: As, tmp_path: Path) -> None:
    assert as_person("bob", "audit", "verify", "--anchor", str(tmp_path / "none.json")).code == 2
    (tmp_path / "other.json").write_text("{}", encoding="utf-8")
    assert as_person("bob", "audit", "verify", "--anchor", str(tmp_path / "other.json")).code == 2


@pytest.mark.usefixtures("waiting")
def test_audit_is_exported_as_lines_of_json_and_as_csv(as_person: As, tmp_path: Path) -> None:
    lines = as_person("bob", "audit", "export").out.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
    file = tmp_path / "audit.csv"
    file.write_text("of before", encoding="utf-8")
    file.chmod(0o644)
    assert f"Wrote {len(lines) + 1} lines" in as_person("bob", "audit", "export", "--format", "csv", str(file)).out
    with file.open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(lines)
    assert file.stat().st_mode & 0o077 == 0


def test_audit_is_exported_by_approvers_and_admins_only(as_person: As, tmp_path: Path) -> None:
    file = tmp_path / "audit.jsonl"
    assert as_person("alice", "audit", "export", str(file)).code == 3
    assert not file.exists()


@pytest.mark.process
@pytest.mark.usefixtures("waiting")
def test_reader_of_an_export_that_has_enough_is_no_fault(environment: Mapping[str, str], tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-c", LAUNCH, "audit", "export"],
        env={**environment, "CHATOPS_AS": "bob"},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")
