"""What must hold of the shipped rules for every action there is, also for one that was added yesterday."""

from datetime import UTC, datetime
from itertools import product

from chatops.errors import ConfigurationError
from chatops.policy.decision import Allow, Deny
from chatops.policy.engine import PolicyEngine
from chatops.policy.facts import Facts
from chatops.principal import Surface
from chatops.roles import ROLE_NAMES, Role, roles_with
from chatops.team import Limits, Person, Team
from tools import AnyAction, Risk

_PERSON = "somebody"


def check_coverage(engine: PolicyEngine) -> None:
    """Each action is permitted to exactly the roles that hold its permission, and nothing dangerous goes unasked.

    Raises:
        ConfigurationError: the rules forgot an action, or disagree with the roles.

    """
    known = PolicyEngine(
        rules=engine.rules,
        schema=engine.schema,
        actions=engine.actions,
        team=Team(people={_PERSON: Person()}),
    )
    for action in engine.actions.values():
        holders = roles_with(action.permission)
        for role, door in product(ROLE_NAMES, Surface):
            decision = known.decide(_facts(action, role, door))
            if isinstance(decision, Deny) is (role in holders):
                word = "do not permit" if role in holders else "permit"
                raise _forgotten(f"the rules {word} {action.name} to the role {role}, and roles.py says otherwise")
            if isinstance(decision, Allow) and action.risk >= Risk.DISRUPTIVE:
                dangerous = f"{action.name}, which is {action.risk.name}, at the door {door}"
                raise _forgotten(f"no rule asks for a consent to {dangerous}")
        if not holders:
            raise _forgotten(f"no role holds {action.permission}, which {action.name} needs")


def _forgotten(what: str) -> ConfigurationError:
    return ConfigurationError(f"The policy is incomplete: {what}.", next_step="Correct default.cedar or roles.py.")


def _facts(action: AnyAction, role: Role, door: Surface) -> Facts:
    """One idle phone of a large fleet, asked for by a person: whatever is refused here lacks a permit."""
    return Facts(
        person=_PERSON,
        roles=frozenset({role}),
        door=door,
        assistant=False,
        action=action.name,
        permission=str(action.permission),
        risk=action.risk,
        count=1,
        fleet=1000,
        regions=frozenset(),
        in_use=0,
        order_instances=0,
        order_months=0,
        frozen=False,
        freeze_reason="",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        calls_last_hour=0,
        calls_last_day=0,
        orders_last_day=0,
        limits=Limits(orders_per_day=1),
        consent=None,
    )
