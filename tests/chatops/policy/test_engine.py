from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.policy import Allow, Deny, Facts, Given, NeedsApproval, NeedsConfirmation
from chatops.policy.engine import strictness
from chatops.policy.rule import Rule
from chatops.principal import Surface
from chatops.team import Limits, Person, Team
from tests.chatops.policy.stage import SHIPPED, TEAM, approval, assisted, call, confirmation, engine_of
from tools import Risk

ENGINE = engine_of()
OPTIONAL = {"fleet", "consent"}


def test_decision_names_its_rules_and_says_a_sentence_with_the_numbers() -> None:
    assert ENGINE.decide(assisted(count=7)) == NeedsApproval(
        rules=("confirm-disruptive", "approve-disruptive-many"),
        sentence="reboot_instances on 7 phones through an assistant (more than 5) needs another person's approval.",
        roles=("approver",),
    )


def test_decision_that_is_kept_is_one_on_the_same_facts_only() -> None:
    first = call("query_status", now=datetime(2026, 1, 5, 12, 0, 0, tzinfo=UTC))
    others = (
        replace(first, roles=frozenset[str]()),
        replace(first, now=datetime(2026, 1, 5, 12, 0, 1, tzinfo=UTC)),
        replace(first, person="mallory"),
        replace(first, action="get_task", permission="tasks:read"),
    )
    assert ENGINE.decide_again(first) is ENGINE.decide_again(replace(first))
    assert [ENGINE.decide_again(each) for each in others] == [ENGINE.decide(each) for each in others]
    assert isinstance(ENGINE.decide_again(others[0]), Deny)


def test_allow_after_a_consent_names_the_rules_that_asked_for_it() -> None:
    assert ENGINE.decide(call(consent=confirmation())) == Allow(
        rules=("operators-act", "confirm-disruptive"), sentence="Operators may act on the fleet."
    )


def test_what_no_rule_permits_is_denied_by_no_rule() -> None:
    denied = ENGINE.decide(call("prepare_instances", roles=frozenset({"viewer"})))
    assert denied == Deny(rules=(), sentence="No rule allows alice prepare_instances.")


def test_a_rule_that_asks_does_not_hide_that_no_rule_permits() -> None:
    """The first trap: without a second, hypothetical look a viewer would be told to find an approver."""
    for consent in (None, approval()):
        denied = ENGINE.decide(call("delete_instances", roles=frozenset({"viewer"}), consent=consent))
        assert denied == Deny(rules=(), sentence="No rule allows alice delete_instances.")


def test_deny_beats_what_asks_for_consent() -> None:
    denied = ENGINE.decide(call("reset_instances", count=20, frozen=True, freeze_reason="a launch"))
    assert denied == Deny(rules=("frozen",), sentence="Changes are frozen: a launch.")


def test_several_refusals_are_all_named_in_the_order_of_the_rules() -> None:
    assert ENGINE.decide(call(frozen=True, count=900)).rules == ("frozen", "too-many-phones", "too-much-of-the-fleet")


@pytest.mark.parametrize("name", [field.name for field in fields(Facts) if field.name not in OPTIONAL])
def test_missing_fact_is_a_deny_that_says_which(name: str) -> None:
    missing: dict[str, Any] = {name: None}
    denied = ENGINE.decide(replace(call("query_status"), **missing))
    assert denied == Deny(rules=(), sentence=f"Nothing can be decided: {name} is not known.")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"roles": frozenset({"operator", "laed"})}, "there is no role 'laed'"),
        ({"count": -1}, "count cannot be negative"),
        ({"fleet": -1}, "fleet cannot be negative"),
        ({"now": call().now.replace(tzinfo=None)}, "the time has no time zone"),
        ({"action": "format_everything"}, "there is no action 'format_everything'"),
        ({"permission": "instances:read"}, "reboot_instances needs another permission than instances:read"),
        ({"risk": Risk.READ}, "reboot_instances does not have the risk READ"),
        ({"risk": Risk.CHANGE}, "reboot_instances does not have the risk CHANGE"),
    ],
)
def test_fact_that_cannot_be_is_a_deny_that_says_so(changes: dict[str, Any], why: str) -> None:
    assert ENGINE.decide(replace(call(), **changes)) == Deny(rules=(), sentence=f"Nothing can be decided: {why}.")


def test_fact_that_the_rules_cannot_take_is_a_deny() -> None:
    denied = ENGINE.decide(call(count=2**70))
    assert isinstance(denied, Deny)
    assert denied.rules == ()
    assert denied.sentence.startswith("Nothing can be decided, because the rules failed: ")


@pytest.mark.parametrize(
    "changes",
    [{"person": "al\nice"}, {"person": 'x"; permit(principal,action,resource);'}, {"person": ""}],
)
def test_name_of_a_person_is_never_read_as_a_rule(changes: dict[str, Any]) -> None:
    assert isinstance(ENGINE.decide(call(**changes)), NeedsConfirmation)
    assert isinstance(ENGINE.decide(call("delete_instances", **changes)), Deny)


@pytest.mark.parametrize(
    "overflow", ["context.count + 9223372036854775807 > 0", "context.count * 9223372036854775807 > 9"]
)
def test_rule_that_fails_denies_instead_of_being_skipped(overflow: str) -> None:
    """The second trap: Cedar skips a forbid that errors, and would allow what it was written to refuse."""
    engine = engine_of(f'@id("broken") @message("x") forbid (principal, action, resource) when {{ {overflow} }};')
    denied = engine.decide(call("prepare_instances", count=2))
    assert isinstance(denied, Deny)
    assert denied.sentence.startswith("Nothing can be decided, because the rules failed: ")


@pytest.mark.parametrize(
    ("consent", "rule", "sentence"),
    [
        (approval("alice"), "self-approval", "alice has asked for it, so another person has to approve it."),
        (approval("vera"), "approver-without-role", "vera does not have the role approver."),
        (approval("carol", "operator"), "approver-without-role", "carol does not have the role approver."),
        (
            approval("mallory"),
            "approver-unknown",
            "mallory is not named under people in the team file, so they cannot approve.",
        ),
        (confirmation("bob"), "confirmed-by-another", "alice has to confirm it, not bob."),
    ],
)
def test_consent_that_does_not_count_is_refused_with_its_reason(consent: Given, rule: str, sentence: str) -> None:
    denied = ENGINE.decide(call("delete_instances", consent=consent))
    assert isinstance(denied, Deny)
    assert rule in denied.rules
    assert denied.sentence == sentence


def test_an_approver_never_approves_their_own_call_through_any_door() -> None:
    own = {"person": "bob", "roles": frozenset({"operator", "approver"}), "consent": approval("bob")}
    for door in Surface:
        for assistant in (False, True):
            facts = call("delete_instances", door=door, assistant=assistant, **own)
            assert ENGINE.decide(facts).rules == ("self-approval",)


def test_approver_who_was_demoted_since_does_not_count() -> None:
    demoted = TEAM.model_copy(update={"people": {**TEAM.people, "bob": Person(roles=("operator",))}})
    facts = call("delete_instances", consent=approval("bob"))
    assert isinstance(ENGINE.decide(facts), Allow)
    assert engine_of(team=demoted).decide(facts).rules == ("approver-without-role",)


def test_person_known_by_a_group_only_cannot_ask_for_an_approval() -> None:
    facts = call("delete_instances", person="group-member")
    assert ENGINE.decide(facts) == Deny(
        rules=("requester-unknown",),
        sentence="group-member is not named under people in the team file, so nobody can approve what they ask for.",
    )
    assert isinstance(ENGINE.decide(call(person="group-member")), NeedsConfirmation)


def test_limits_of_the_team_file_decide() -> None:
    limits = Limits(small=2, max_targets=3, max_fleet_share=0.5, instances_per_order=1, orders_per_day=0)
    assert isinstance(ENGINE.decide(assisted(count=2, limits=limits)), NeedsConfirmation)
    assert isinstance(ENGINE.decide(assisted(count=3, limits=limits)), NeedsApproval)
    assert ENGINE.decide(call(count=4, limits=limits)).rules == ("too-many-phones",)
    assert ENGINE.decide(call(count=3, fleet=5, limits=limits)).rules == ("too-much-of-the-fleet",)
    order = call("create_instances", count=2, order_instances=2, limits=limits)
    assert ENGINE.decide(order).rules == ("order-too-large", "too-many-orders")


def test_a_small_team_can_reboot_one_of_its_three_phones() -> None:
    assert isinstance(ENGINE.decide(call(fleet=3)), NeedsConfirmation)
    assert isinstance(ENGINE.decide(call(fleet=0)), NeedsConfirmation)


def test_unknown_size_of_the_fleet_refuses_more_than_a_few_phones() -> None:
    assert isinstance(ENGINE.decide(call(count=5, fleet=None)), NeedsConfirmation)
    assert ENGINE.decide(call(count=6, fleet=None)).sentence == (
        "How many phones there are is not known, so one call may change up to 5, not 6."
    )


def test_order_is_limited_by_its_own_limits_and_not_by_the_size_of_the_fleet() -> None:
    order = call("create_instances", count=20, order_instances=20, fleet=3, limits=Limits(max_targets=10))
    assert isinstance(ENGINE.decide(order), NeedsApproval)
    assert ENGINE.decide(replace(order, order_instances=21)).rules == ("order-too-large",)
    assert ENGINE.decide(replace(order, count=21)).rules == ("order-too-large",)
    assert ENGINE.decide(replace(order, orders_last_day=5)).rules == ("too-many-orders",)


def test_confirmation_never_passes_for_an_approval_even_where_a_rule_is_careless() -> None:
    careless = """
        @id("careless") @obligation("approval") @message("Ask somebody.")
        forbid (principal, action, resource) unless { context has consent };
    """
    engine = engine_of(careless)
    assert isinstance(engine.decide(call(consent=confirmation(typed=True))), NeedsApproval)
    assert isinstance(engine.decide(call(consent=approval())), Allow)


def test_careless_typed_rule_is_not_satisfied_by_a_mere_yes() -> None:
    engine = engine_of("""
        @id("careless") @obligation("typed") @message("Type it.")
        forbid (principal, action, resource) unless { context has consent };
    """)
    assert engine.decide(call(consent=confirmation())) == engine.decide(call())
    assert isinstance(engine.decide(call(consent=confirmation(typed=True))), Allow)


def test_rule_that_no_consent_satisfies_is_a_deny() -> None:
    engine = engine_of('@id("stuck") @obligation("approval") @message("Never.") forbid (principal, action, resource);')
    for consent in (None, approval()):
        assert engine.decide(call(consent=consent)) == Deny(
            rules=("stuck",), sentence="stuck asks for a consent that does not satisfy it."
        )


def test_approval_by_more_than_one_role_needs_all_of_them() -> None:
    team = TEAM.model_copy(update={"people": {**TEAM.people, "ada": Person(roles=("approver", "admin"))}})
    admins_too = """
        @id("admins-too") @obligation("approval") @approvers("approver, admin") @message("An admin approves deletes.")
        forbid (principal, action in Action::"instances:delete", resource)
        unless { context has consent && context.consent.by in Role::"admin" };
    """
    engine = engine_of(admins_too, team=team)
    needed = engine.decide(call("delete_instances"))
    assert isinstance(needed, NeedsApproval)
    assert needed.roles == ("approver", "admin")
    assert isinstance(engine.decide(call("delete_instances", consent=approval("bob"))), NeedsApproval)
    assert isinstance(engine.decide(call("delete_instances", consent=approval("ada", "approver", "admin"))), Allow)


def test_approval_by_another_role_needs_an_approver_as_well() -> None:
    admins = """
        @id("admins") @obligation("approval") @approvers("admin") @message("An admin approves reboots.")
        forbid (principal, action == Action::"reboot_instances", resource)
        unless { context has consent && context.consent.by in Role::"admin" };
    """
    needed = engine_of(admins).decide(call())
    assert isinstance(needed, NeedsApproval)
    assert needed.roles == ("approver", "admin")


APPROVED = 'context has consent && context.consent.kind == Consent::"approval"'
EXTRA = tuple(
    f'@id("extra-{index}") @message("No.") {obligation} forbid (principal, action, resource) {condition};'
    for index, (obligation, condition) in enumerate(
        [
            ("", "when { context.count > 3 }"),
            ("", 'when { context has consent && context.consent.kind == Consent::"confirmation" }'),
            ("", 'when { context.risk == Risk::"change" }'),
            ("", "unless { context has consent }"),
            ("", 'when { context.regions.contains("cn-north-7") && context.hour < 13 }'),
            ("", "unless { context has consent && context.consent.typed }"),
            ('@obligation("confirmation")', "unless { context has consent }"),
            ('@obligation("confirmation")', f"unless {{ {APPROVED} }}"),
            ('@obligation("typed")', "unless { context has consent && context.consent.typed }"),
            ('@obligation("approval")', 'unless { context has consent && context.consent.by in Role::"admin" }'),
            ('@obligation("approval") @approvers("admin")', "unless { context has consent }"),
        ]
    )
)
ACTIONS_ASKED = ("query_status", "prepare_instances", "reboot_instances", "reset_instances", "delete_instances")
PERMITS = tuple(rule for rule in SHIPPED if rule.permits)
CALLS = st.builds(
    call,
    action=st.sampled_from(ACTIONS_ASKED),
    roles=st.sets(st.sampled_from(["viewer", "operator", "approver"])).map(frozenset),
    door=st.sampled_from(list(Surface)),
    assistant=st.booleans(),
    count=st.sampled_from([1, 5, 6, 201]),
    in_use=st.sampled_from([0, 1]),
    frozen=st.booleans(),
    consent=st.sampled_from([None, confirmation(), confirmation(typed=True), approval(), approval("alice")]),
)


@given(facts=CALLS, some=st.sets(st.sampled_from(EXTRA)), more=st.sampled_from(EXTRA))
def test_one_more_forbid_never_allows_more(facts: Facts, some: set[str], more: str) -> None:
    before = engine_of("".join(some)).decide(facts)
    after = engine_of("".join({*some, more})).decide(facts)
    assert strictness(after) >= strictness(before)


@given(
    facts=CALLS,
    some=st.sets(st.sampled_from(EXTRA)),
    permit=st.sampled_from([rule for rule in SHIPPED if rule.permits]),
)
def test_one_permit_less_never_allows_more(facts: Facts, some: set[str], permit: Rule) -> None:
    before = engine_of("".join(some)).decide(facts)
    after = engine_of("".join(some), rules=tuple(rule for rule in SHIPPED if rule is not permit)).decide(facts)
    assert strictness(after) >= strictness(before)


@given(facts=CALLS, some=st.sets(st.sampled_from(EXTRA)))
def test_consent_never_turns_a_deny_into_anything_else(facts: Facts, some: set[str]) -> None:
    engine = engine_of("".join(some))
    if isinstance(engine.decide(replace(facts, consent=None)), Deny):
        assert isinstance(engine.decide(facts), Deny)


@given(facts=CALLS, role=st.sampled_from(["viewer", "approver", "admin"]))
def test_what_an_operator_may_do_no_further_role_takes_away(facts: Facts, role: str) -> None:
    operator = replace(facts, roles=frozenset({"operator"}))
    both = replace(operator, roles=operator.roles | {role})
    assert strictness(ENGINE.decide(both)) == strictness(ENGINE.decide(operator))


@given(facts=CALLS)
def test_an_assistant_never_gets_more_than_its_person(facts: Facts) -> None:
    person = replace(facts, assistant=False, door=Surface.TERMINAL)
    assistant = replace(facts, assistant=True, door=Surface.MCP)
    assert strictness(ENGINE.decide(assistant)) >= strictness(ENGINE.decide(person))


def test_nobody_is_anybody_until_the_team_file_says_so() -> None:
    nobody = engine_of(team=Team())
    assert isinstance(nobody.decide(call("query_status", roles=frozenset())), Deny)
    assert isinstance(nobody.decide(call("delete_instances", consent=approval())), Deny)
