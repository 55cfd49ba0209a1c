import json
from dataclasses import replace
from pathlib import Path

import pytest

from chatops.control import every_action
from chatops.errors import ConfigurationError
from chatops.policy import check, explain, load_policy, run_cases
from chatops.team import Person, Team
from tests.chatops.policy.stage import SHIPPED, approval, assisted, call, engine_of

ENGINE = engine_of()


def test_explanation_says_what_is_decided_who_may_approve_and_by_which_rules() -> None:
    explanation = explain(ENGINE, assisted("reset_instances", count=7))
    assert explanation.text().splitlines() == [
        "approval: reset_instances through an assistant needs another person's approval.",
        "may approve: bob, carol (needs approver)",
        "  operators-act (permits): Operators may act on the fleet.",
        (
            "  type-destructive (asks for typed): reset_instances can lose data or money or runs code, "
            "so alice has to type the number of phones or the one's name."
        ),
        (
            "  approve-destructive-through-assistant (asks for approval): "
            "reset_instances through an assistant needs another person's approval."
        ),
        (
            "  approve-destructive-many (asks for approval): "
            "reset_instances on 7 phones (more than 5) needs another person's approval."
        ),
        "18 other rules do not apply.",
    ]
    assert [each.id for each in explanation.rules] == [rule.id for rule in SHIPPED]
    assert json.loads(json.dumps(explanation.document()))["may_approve"] == ["bob", "carol"]


def test_explanation_of_a_deny_shows_the_permit_it_beats() -> None:
    explanation = explain(ENGINE, call(frozen=True, freeze_reason="a launch"))
    applying = [each.id for each in explanation.rules if each.applies]
    assert (explanation.answer, applying) == ("deny", ["operators-act", "frozen", "confirm-disruptive"])
    assert explanation.decided_by == ("frozen",)
    assert explanation.text().splitlines()[0] == "deny: Changes are frozen: a launch."


def test_explanation_of_what_cannot_be_decided_says_why() -> None:
    explanation = explain(ENGINE, replace(call(), roles=frozenset({"laed"})))
    assert explanation.sentence == "Nothing can be decided: there is no role 'laed'."
    assert not any(each.applies for each in explanation.rules)


def test_explanation_with_a_consent_shows_that_nothing_asks_any_more() -> None:
    explanation = explain(ENGINE, call("delete_instances", consent=approval()))
    assert explanation.answer == "allow"
    assert [each.id for each in explanation.rules if each.applies] == ["operators-act"]


def test_nobody_who_may_approve_is_said() -> None:
    lonely = engine_of(team=Team(people={"alice": Person(roles=("operator", "approver"))}))
    assert "may approve: nobody (needs approver)" in explain(lonely, call("delete_instances")).text()


def test_check_counts_what_it_looked_at() -> None:
    report = check(ENGINE)
    assert report.text() == "22 rules cover 25 actions; every case is answered as it must be."
    assert json.loads(json.dumps(report.document()))["warnings"] == []


@pytest.mark.parametrize(
    ("people", "warning"),
    [
        ({}, "The team file names nobody, so nobody may do anything."),
        (
            {"alice": Person(roles=("operator",))},
            "Nobody has the role approver, so whatever needs an approval is refused.",
        ),
        (
            {"bob": Person(roles=("approver",))},
            "Only bob may approve, so nobody can approve what bob asks for.",
        ),
    ],
)
def test_check_warns_of_teams_in_which_approvals_cannot_work(people: dict[str, Person], warning: str) -> None:
    report = check(engine_of(team=Team(people=people)))
    assert report.warnings == (warning,)
    assert f"warning: {warning}" in report.text()


def test_shipped_cases_are_run_without_a_file() -> None:
    report = run_cases(ENGINE)
    assert report.passed
    assert report.text() == f"{len(report.cases)} of {len(report.cases)} cases passed."


def test_shipped_cases_that_a_folder_answers_more_strictly_pass_as_at_a_start_and_are_told(tmp_path: Path) -> None:
    (tmp_path / "own.cedar").write_text(
        '@id("no-reboots") @message("Nothing is rebooted.") forbid (principal, action == '
        'Action::"reboot_instances", resource);',
        encoding="utf-8",
    )
    report = run_cases(load_policy(tmp_path, Team(), actions=every_action()))
    stricter = [each for each in report.cases if each.stricter]
    assert report.passed
    assert stricter
    lines = report.text().splitlines()
    assert "stricter one reboot: shipped confirmation, here deny by no-reboots" in lines
    total = len(report.cases)
    assert lines[-1] == f"{total} of {total} cases passed, {len(stricter)} of them by a stricter answer than shipped."


def test_failed_case_is_shown_with_what_was_decided_and_by_whom(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text("cases: [{name: one, action: reboot_instances, expect: allow}]", encoding="utf-8")
    report = run_cases(ENGINE, file)
    assert not report.passed
    assert report.text().splitlines() == [
        (
            "FAILED one: expected allow, got confirmation by confirm-disruptive: "
            "reboot_instances interrupts whoever uses the phones, so alice has to confirm it."
        ),
        "0 of 1 cases passed.",
    ]
    document = json.loads(json.dumps(report.document()))
    assert document["passed"] is False
    assert document["cases"][0]["rules"] == ["confirm-disruptive"]


def test_file_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        run_cases(ENGINE, tmp_path / "none.yaml")
