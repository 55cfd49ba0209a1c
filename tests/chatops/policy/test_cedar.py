"""What was found about Cedar by running it, each held by a test: should an upgrade change it, this says so."""

from dataclasses import replace
from typing import Any

import cedarpy
import pytest

from chatops.policy.cedar import CedarEvaluator, Schema, entity, moment, parse
from chatops.policy.evaluator import Request, Someone
from chatops.policy.request import Questions
from tests.chatops.policy.stage import SCHEMA, TEAM, approval, call, rules_of

ALLOW_ALL = '@id("all") @message("x") permit (principal, action, resource);'


def request(**changes: Any) -> Request:  # noqa: ANN401  # what does not fit is the point
    asked = Questions(team=TEAM).request(call("prepare_instances"), None)
    return replace(asked, context={**asked.context, **changes})


def evaluator(text: str = "") -> CedarEvaluator:
    return CedarEvaluator.of(rules_of(ALLOW_ALL + text), SCHEMA)


def test_rules_decide_under_their_own_ids() -> None:
    verdict = evaluator('@id("no") @message("x") forbid (principal, action, resource);').evaluate(request())
    assert (verdict.allowed, verdict.rules, verdict.problems) == (False, ("no",), ())
    assert evaluator().evaluate(request()).rules == ("all",)


def test_cedar_alone_allows_what_a_failing_forbid_was_written_to_refuse() -> None:
    """Why the schema is always passed, and why any diagnostic denies."""
    text = ALLOW_ALL + '@id("f") forbid (principal, action, resource) when { context.count > 3 };'
    asked = {"principal": 'Person::"a"', "action": 'Action::"b"', "resource": 'Fleet::"c"', "context": {}}
    answer = cedarpy.is_authorized(asked, text, [])
    assert answer.decision is cedarpy.Decision.Allow
    assert answer.diagnostics.errors


@pytest.mark.parametrize(
    "changes",
    [
        {"count": "many"},
        {"count": 2**63},
        {"count": 1.5},
        {"count": float("nan")},
        {"unheard_of": 1},
        {"door": entity("Door", "window")},
        {"risk": entity("Risk", "Destructive")},
        {"risk": "destructive"},
        {"now": moment("yesterday")},
        {"now": object()},
    ],
    ids="-".join,
)
def test_request_that_does_not_fit_the_schema_is_a_problem(changes: dict[str, Any]) -> None:
    verdict = evaluator().evaluate(request(**changes))
    assert not verdict.allowed
    assert verdict.problems


def test_missing_attribute_is_a_problem_and_no_rule_is_skipped() -> None:
    asked = request()
    context = {name: value for name, value in asked.context.items() if name != "count"}
    verdict = evaluator().evaluate(Request(person=asked.person, action=asked.action, context=context, consenter=None))
    assert not verdict.allowed
    assert verdict.problems


@pytest.mark.parametrize(
    ("person", "action"),
    [
        (Someone(name="alice", roles=frozenset({"laed"}), named=True), "prepare_instances"),
        (Someone(name="alice", roles=frozenset({"operator"}), named=True), "prepare_instance"),
        (Someone(name="alice", roles=frozenset({"operator"}), named=True), "instances:prepare"),
    ],
)
def test_role_or_action_that_does_not_exist_is_a_problem(person: Someone, action: str) -> None:
    asked = request()
    verdict = evaluator().evaluate(Request(person=person, action=action, context=asked.context, consenter=None))
    assert not verdict.allowed
    assert verdict.problems


def test_who_consents_to_their_own_call_is_one_and_the_same_person() -> None:
    facts = call("prepare_instances", consent=approval("alice"))
    asked = Questions(team=TEAM).request(facts, facts.consent)
    own = """
        @id("own") @message("x")
        forbid (principal, action, resource) when { context has consent && context.consent.by == principal };
    """
    assert evaluator(own).evaluate(asked).rules == ("own",)


@pytest.mark.parametrize(
    "text",
    [
        "permit (principal == ?principal, action, resource);",
        "permit (principal, action, resource); permit (principal, action, resource);",
        "",
        "permit (principal, action, resource)",
        "permit (principal, action, resource) whem { true };",
        '@id("a") @id("b") permit (principal, action, resource);',
    ],
)
def test_what_is_not_exactly_one_rule_is_not_parsed(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_schema_that_cannot_be_used_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        Schema.of("entity Role enum;")
