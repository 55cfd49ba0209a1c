from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from chatops.policy.evaluator import Someone
from chatops.policy.request import Questions, share_of
from tests.chatops.policy.stage import TEAM, approval, call, confirmation

QUESTIONS = Questions(team=TEAM)


@pytest.mark.parametrize(
    ("fleet", "share", "phones"),
    [(1000, 0.2, 200), (100, 0.07, 7), (100, 0.29, 29), (3, 0.2, 0), (0, 1.0, 0), (7, 1.0, 7), (999, 0.001, 0)],
)
def test_share_is_exact_and_rounded_down(fleet: int, share: float, phones: int) -> None:
    assert share_of(fleet, share) == phones


def test_fleet_of_unknown_size_is_absent_and_not_nought() -> None:
    assert "fleet" not in QUESTIONS.request(call(fleet=None), None).context
    assert QUESTIONS.request(call(fleet=0), None).context["fleet"] == {"phones": 0, "may_touch": 0}


def test_hour_and_weekday_are_those_of_utc() -> None:
    east = datetime(2026, 1, 6, 2, tzinfo=timezone(timedelta(hours=8)))
    context = QUESTIONS.request(call(now=east), None).context
    assert (context["hour"], context["weekday"]) == (18, 1)
    same = QUESTIONS.request(call(now=east.astimezone(UTC)), None).context
    assert context["now"] == same["now"]


def test_consent_is_in_the_question_only_when_it_was_given() -> None:
    assert "consent" not in QUESTIONS.request(call(consent=approval()), None).context
    assert QUESTIONS.request(call(), None).consenter is None
    assert "consent" in QUESTIONS.request(call(), confirmation()).context


def test_role_of_an_approver_counts_only_if_they_had_it_then_and_have_it_now() -> None:
    def consenter(by: str, *roles: str) -> Someone | None:
        return QUESTIONS.request(call(), approval(by, *roles)).consenter

    assert consenter("bob", "approver") == Someone(name="bob", roles=frozenset({"approver"}), named=True)
    assert consenter("bob", "operator") == Someone(name="bob", roles=frozenset({"operator"}), named=True)
    assert consenter("vera", "approver") == Someone(name="vera", roles=frozenset(), named=True)
    assert consenter("mallory", "approver") == Someone(name="mallory", roles=frozenset(), named=False)


def test_roles_of_the_requester_are_those_they_came_with() -> None:
    facts = replace(call(), person="group-member", roles=frozenset({"viewer"}))
    asked = QUESTIONS.request(facts, None)
    assert asked.person == Someone(name="group-member", roles=frozenset({"viewer"}), named=False)
