"""Engines and calls for the tests of the policy."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chatops.control import every_action
from chatops.policy import Facts, Given, PolicyEngine
from chatops.policy.cedar import Schema
from chatops.policy.loading import RULES, schema_text, shipped_text
from chatops.policy.reading import read_rules
from chatops.policy.rule import Rule
from chatops.principal import Surface
from chatops.team import Limits, Person, Team
from tools import Risk

ACTIONS = every_action()
SCHEMA = Schema.of(schema_text(ACTIONS))
SHIPPED = read_rules(Path(RULES), shipped_text(RULES), SCHEMA)
TEAM = Team(
    people={
        "alice": Person(roles=("operator",)),
        "bob": Person(roles=("operator", "approver")),
        "carol": Person(roles=("approver",)),
        "vera": Person(roles=("viewer",)),
    }
)
CALL = Facts(
    person="alice",
    roles=frozenset({"operator"}),
    door=Surface.TERMINAL,
    assistant=False,
    action="reboot_instances",
    permission="instances:reboot",
    risk=Risk.DISRUPTIVE,
    count=1,
    fleet=1000,
    regions=frozenset({"cn-north-7"}),
    in_use=0,
    order_instances=0,
    order_months=0,
    frozen=False,
    freeze_reason="",
    now=datetime(2026, 1, 5, 12, tzinfo=UTC),
    calls_last_hour=0,
    calls_last_day=0,
    orders_last_day=0,
    limits=Limits(),
    consent=None,
)


def rules_of(text: str) -> tuple[Rule, ...]:
    """Rules as if they stood in a file of a folder."""
    return read_rules(Path("extra.cedar"), text, SCHEMA)


def engine_of(text: str = "", *, rules: tuple[Rule, ...] = SHIPPED, team: Team = TEAM) -> PolicyEngine:
    """The shipped rules, and those of this text."""
    return PolicyEngine(rules=(*rules, *rules_of(text)), schema=SCHEMA, actions=ACTIONS, team=team)


def call(action: str = "reboot_instances", **changes: Any) -> Facts:  # noqa: ANN401  # any field
    """A call of alice's; permission and risk are those the action declares."""
    declared = ACTIONS[action]
    known = replace(CALL, action=action, permission=str(declared.permission), risk=declared.risk)
    return replace(known, **changes)


def assisted(action: str = "reboot_instances", **changes: Any) -> Facts:  # noqa: ANN401  # any field
    """The same through an assistant."""
    return call(action, door=Surface.MCP, assistant=True, **changes)


def confirmation(by: str = "alice", *, typed: bool = False) -> Given:
    """A yes at the door."""
    return Given(kind="confirmation", by=by, roles=frozenset({"operator"}), typed=typed)


def approval(by: str = "bob", *roles: str) -> Given:
    """A yes of somebody else, who has these roles when they say it: approver unless others are named."""
    return Given(kind="approval", by=by, roles=frozenset(roles or ("approver",)))
