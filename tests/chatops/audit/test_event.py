import json
from types import MappingProxyType

import pytest

from chatops.audit import AuditEvent, Kind
from tests.chatops.audit.people import ALICE, BOB, event


def test_body_says_who_through_which_door_on_whose_behalf_and_why() -> None:
    full = AuditEvent(
        kind=Kind.CONSENT_GIVEN,
        principal=ALICE,
        on_behalf_of="carol",
        action="reset_instances",
        params=MappingProxyType({"instance_ids": ["a"]}),
        targets=("a",),
        facts={"count": 1, "frozen": False},
        rules=("small-change",),
        plan_digest="p",
        text_digest="t",
        approver="bob",
        operation="op_1",
        call="c1",
        request_ids=("r1",),
        status="done",
        error="none",
        details={"reason": "broken"},
    )
    assert json.loads(full.body()) == {
        "on_behalf_of": "carol",
        "door": "mcp",
        "assistant": {"name": "claude", "version": "2"},
        "params": {"instance_ids": ["a"]},
        "targets": ["a"],
        "facts": {"count": 1, "frozen": False},
        "rules": ["small-change"],
        "plan_digest": "p",
        "text_digest": "t",
        "approver": "bob",
        "call": "c1",
        "request_ids": ["r1"],
        "status": "done",
        "error": "none",
        "details": {"reason": "broken"},
    }


def test_what_is_not_known_is_left_out() -> None:
    assert AuditEvent(kind=Kind.RELOAD).body() == "{}"


def test_body_is_the_same_for_the_same_facts_in_another_order() -> None:
    one = AuditEvent(kind=Kind.ASKED, facts={"a": 1, "b": 2})
    other = AuditEvent(kind=Kind.ASKED, facts={"b": 2, "a": 1})
    assert one.body() == other.body()


def test_hostile_text_stays_on_one_line_of_ascii() -> None:
    body = AuditEvent(kind=Kind.ASKED, params={"name": "\n\u2028\x1b[31m\ud800\x00"}).body()
    assert body.isascii()
    assert body.isprintable()


def test_number_that_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        AuditEvent(kind=Kind.ASKED, facts={"share": float("nan")}).body()


def test_event_is_found_by_who_took_the_step_or_for_whom_the_service_did() -> None:
    assert event(who=BOB).person == "bob"
    assert AuditEvent(kind=Kind.EXPIRED, on_behalf_of="alice").person == "alice"
    assert AuditEvent(kind=Kind.RELOAD).person is None


def test_denials_are_what_a_rule_or_a_person_refused() -> None:
    assert {kind for kind in Kind if kind.is_denial} == {Kind.DENIED, Kind.CONSENT_REFUSED}
