"""The published tables, word for word, against the rules. The expectation below was written from the tables alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from chatops.policy import Facts, Given
from chatops.policy.cases import answer_of
from chatops.principal import Surface
from tests.chatops.policy.stage import approval, call, confirmation, engine_of
from tools import Risk

ENGINE = engine_of()
ROLES = ((), ("viewer",), ("operator",), ("approver",), ("admin",), ("viewer", "approver"), ("operator", "approver"))
DOORS = (
    (Surface.TERMINAL, False),
    (Surface.SLACK, False),
    (Surface.MCP, False),
    (Surface.MCP, True),
    (Surface.TERMINAL, True),
)
COUNTS = (1, 5, 6, 200)
CONSENTS: tuple[Given | None, ...] = (
    None,
    confirmation(),
    confirmation(typed=True),
    approval("bob"),
    approval("alice"),  # her own
    confirmation("bob", typed=True),  # somebody else's
)
VIEWERS = {"query_status", "list_skus", "get_task"}


@dataclass(frozen=True)
class Kind:
    """An action of the first table, and its risk for this very call."""

    action: str
    risk: Risk


KINDS = (
    Kind("query_status", Risk.READ),
    Kind("get_device_token", Risk.READ),
    Kind("prepare_instances", Risk.CHANGE),
    Kind("run_command", Risk.CHANGE),
    Kind("run_command", Risk.DESTRUCTIVE),
    Kind("reboot_instances", Risk.DISRUPTIVE),
    Kind("assign_instances", Risk.DISRUPTIVE),
    Kind("reset_instances", Risk.DESTRUCTIVE),
    Kind("delete_instances", Risk.DESTRUCTIVE),
    Kind("create_instances", Risk.DESTRUCTIVE),
)


def wanted(facts: Facts) -> str:
    """The column and the row of the second table."""
    through_mcp = facts.door is Surface.MCP or facts.assistant
    small = facts.count <= 5
    if facts.risk in {Risk.READ, Risk.CHANGE}:
        return "allow"
    if facts.risk is Risk.DISRUPTIVE:
        if small and facts.in_use == 0:
            return "confirmation"
        return "approval" if through_mcp else "confirmation"
    if small and facts.action not in {"delete_instances", "create_instances"}:
        return "approval" if through_mcp else "typed"
    return "approval"


def permitted(facts: Facts) -> bool:
    """The first table's last column: operators have all of a viewer's rights, and an approver none to ask."""
    return "operator" in facts.roles or ("viewer" in facts.roles and facts.action in VIEWERS)


def counts(consent: Given, facts: Facts) -> bool:
    """Whose yes counts: for a confirmation one's own, for an approval another's who is an approver."""
    return (consent.by == facts.person) is (consent.kind == "confirmation")


def satisfied(needed: str, consent: Given) -> bool:
    return {
        "allow": True,
        "confirmation": True,
        "typed": consent.typed or consent.kind == "approval",
        "approval": consent.kind == "approval",
    }[needed]


def expected(facts: Facts) -> str:
    if not permitted(facts):
        return "deny"
    needed = wanted(facts)
    if facts.consent is None:
        return needed
    if not counts(facts.consent, facts):
        return "deny"
    return "allow" if satisfied(needed, facts.consent) else needed


def calls(kind: Kind) -> Iterator[Facts]:
    for roles, (door, assistant), count, in_use, consent in product(ROLES, DOORS, COUNTS, (0, 1), CONSENTS):
        # An order of more than 20 is refused by another rule, and tested there.
        number = min(count, 20) if kind.action == "create_instances" else count
        yield call(
            kind.action,
            risk=kind.risk,
            roles=frozenset(roles),
            door=door,
            assistant=assistant,
            count=number,
            in_use=in_use,
            consent=consent,
            order_instances=number if kind.action == "create_instances" else 0,
        )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.action}-{kind.risk.name}")
@pytest.mark.timeout(30)
def test_every_combination_is_decided_as_the_tables_say(kind: Kind) -> None:
    wrong = [
        (facts, want, got)
        for facts in calls(kind)
        if (want := expected(facts)) != (got := answer_of(ENGINE.decide(facts)))
    ]
    assert wrong == []


def test_the_tables_are_looked_at_in_thousands_of_combinations() -> None:
    assert sum(1 for kind in KINDS for _ in calls(kind)) > 10_000


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.action}-{kind.risk.name}")
@pytest.mark.parametrize(
    "consent", [None, confirmation(typed=True), approval("bob")], ids=["none", "typed", "approved"]
)
def test_last_row_refuses_every_change_whoever_says_yes(kind: Kind, consent: Given | None) -> None:
    order = kind.action == "create_instances"
    beyond: tuple[dict[str, Any], ...] = (
        {"frozen": True},
        {"count": 501, "fleet": 100_000, "order_instances": 501 if order else 0},
        {"count": 201, "fleet": 1000, "order_instances": 201 if order else 0},
    )
    for (door, assistant), changes in product(DOORS, beyond):
        facts = call(kind.action, risk=kind.risk, door=door, assistant=assistant, consent=consent, **changes)
        answer = answer_of(ENGINE.decide(facts))
        assert (answer == "deny") is (
            kind.risk is not Risk.READ or (consent is not None and not counts(consent, facts))
        )


@pytest.mark.parametrize("door", list(Surface))
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.action}-{kind.risk.name}")
def test_an_assistant_at_any_door_is_decided_as_one_through_mcp(kind: Kind, door: Surface) -> None:
    here = call(kind.action, risk=kind.risk, door=door, assistant=True, order_instances=1)
    there = call(kind.action, risk=kind.risk, door=Surface.MCP, assistant=True, order_instances=1)
    assert ENGINE.decide(here) == ENGINE.decide(there)
