from pathlib import Path

import pytest

from chatops.policy.loading import shipped_text
from chatops.simulator import RunningSimulator
from tests.chatops.surfaces.terminal.records.conftest import PHONES, Answers, As, changes


@pytest.mark.usefixtures("without_cloud")
def test_policy_is_checked_without_credentials_of_the_cloud(answer_for: Answers) -> None:
    answer = answer_for("vera", "policy", "check")
    assert answer["exit_code"] == 0
    assert "reset_instances" in answer["data"]["actions"]


@pytest.mark.usefixtures("without_cloud")
def test_shipped_table_of_cases_holds(as_person: As, answer_for: Answers) -> None:
    assert as_person("vera", "policy", "test").code == 0
    assert answer_for("vera", "policy", "test")["status"] == "done"


def test_case_that_is_answered_otherwise_exits_one(as_person: As, tmp_path: Path) -> None:
    text = shipped_text("cases.yaml")
    assert "expect: confirmation" in text
    file = tmp_path / "cases.yaml"
    file.write_text(text.replace("expect: confirmation", "expect: deny", 1), encoding="utf-8")
    assert as_person("vera", "policy", "test", str(file)).code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("reset", "XvH39QVW"), "typed"),
        (("reset", *PHONES), "approval"),
        (("--assistant", "reset_instances", "XvH39QVW"), "approval"),
        (("reboot", "--instance-ids", "XvH39QVW"), "confirmation"),
        (("list",), "allow"),
        (("--as", "alice", "list", "--params", '{"limit": 3}'), "allow"),
    ],
)
def test_what_would_be_decided_is_explained_and_nothing_is_done(
    answer_for: Answers, simulator: RunningSimulator, words: tuple[str, ...], said: str
) -> None:
    answer = answer_for("alice", "policy", "explain", *words)
    assert (answer["exit_code"], answer["data"]["answer"]) == (0, said)
    assert answer["data"]["rules"]
    assert changes(simulator) == []
    assert answer_for("bob", "operations", "list")["data"]["operations"] == []


def test_explanation_names_the_rules_for_people(as_person: As) -> None:
    shown = as_person("ada", "policy", "explain", "--as", "alice", "reset", "XvH39QVW").out
    assert "type-destructive" in shown
    assert "operators-act" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rebot", "XvH39QVW"), "Did you mean reboot"),
        (("list", "--limit", "many"), "limit"),
        (("list", "--params", '{"lmit": 3}'), "lmit"),
    ],
)
def test_call_that_cannot_be_is_not_explained(answer_for: Answers, words: tuple[str, ...], said: str) -> None:
    answer = answer_for("alice", "policy", "explain", *words)
    assert answer["exit_code"] in {1, 2}
    assert said in answer["message"]


@pytest.mark.parametrize("person", ["alice", "bob", "vera"])
def test_what_somebody_else_may_do_is_told_to_admins_alone(
    answer_for: Answers, simulator: RunningSimulator, person: str
) -> None:
    for other in ("dan", "mallory"):
        answer = answer_for(person, "policy", "explain", "--as", other, "reboot", "XvH39QVW")
        assert (answer["exit_code"], answer["error"]["code"]) == (3, "permission_missing")
        assert "role admin" in answer["error"]["next_step"]
    assert len(simulator.simulator.requests) == 0
    told = answer_for("ada", "policy", "explain", "--as", "vera", "reboot", "XvH39QVW")
    assert (told["exit_code"], told["data"]["answer"]) == (0, "deny")
    assert told["data"]["rules"]
    unknown = answer_for("ada", "policy", "explain", "--as", "mallory", "reboot", "XvH39QVW")
    assert (unknown["exit_code"], "does not name mallory" in unknown["message"]) == (1, True)
