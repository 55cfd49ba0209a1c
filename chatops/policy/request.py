"""Facts as a question to the rules."""

from dataclasses import dataclass, fields
from datetime import UTC
from fractions import Fraction
from math import floor

from pydantic import JsonValue

from chatops.policy.cedar import entity, moment
from chatops.policy.evaluator import Request, Someone
from chatops.policy.facts import Facts, Given
from chatops.roles import ROLE_NAMES
from chatops.team import Limits, Team

_MAY_BE_NONE = frozenset({"fleet", "consent"})
_NUMBERS = (
    "count",
    "in_use",
    "order_instances",
    "order_months",
    "calls_last_hour",
    "calls_last_day",
    "orders_last_day",
)


def problem_of(facts: Facts) -> str | None:
    """Why nothing can be decided on these facts, or None: one is missing, or says what cannot be."""
    values = {field.name: getattr(facts, field.name) for field in fields(facts)}
    missing = sorted(name for name, value in values.items() if value is None and name not in _MAY_BE_NONE)
    unknown = sorted(set(values["roles"] or ()) - set(ROLE_NAMES))
    if missing:
        return f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not known"
    if unknown:
        return f"there is no role {', '.join(map(repr, unknown))}"
    if negative := [name for name in (*_NUMBERS, "fleet") if (values[name] or 0) < 0]:
        return f"{', '.join(negative)} cannot be negative"
    if facts.now.tzinfo is None:
        return "the time has no time zone"
    return None


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Makes requests of facts, with what the team file says of people."""

    team: Team

    def request(self, facts: Facts, given: Given | None) -> Request:
        """The question whether it may be done with this consent."""
        return Request(
            person=Someone(name=facts.person, roles=facts.roles, named=facts.person in self.team.people),
            action=facts.action,
            context=_context(facts, given),
            consenter=self._consenter(given) if given else None,
        )

    def _consenter(self, given: Given) -> Someone:
        known = self.team.people.get(given.by)
        # A role counts only if they had it when they said yes and still have it.
        roles = given.roles & frozenset(str(role) for role in known.roles) if known else frozenset[str]()
        return Someone(name=given.by, roles=roles, named=known is not None)


def _context(facts: Facts, given: Given | None) -> dict[str, JsonValue]:
    now = facts.now.astimezone(UTC)
    context: dict[str, JsonValue] = {
        "risk": entity("Risk", facts.risk.name.lower()),
        "door": entity("Door", facts.door.value),
        "assistant": facts.assistant,
        "regions": [*sorted(facts.regions)],
        "frozen": facts.frozen,
        "now": moment(now.strftime("%Y-%m-%dT%H:%M:%SZ")),
        "hour": now.hour,
        "weekday": now.isoweekday(),
        "limits": _limits(facts.limits),
        **{name: getattr(facts, name) for name in _NUMBERS},
    }
    if facts.fleet is not None:
        context["fleet"] = {"phones": facts.fleet, "may_touch": share_of(facts.fleet, facts.limits.max_fleet_share)}
    if given is not None:
        by = entity("Person", given.by)
        context["consent"] = {"kind": entity("Consent", given.kind), "by": by, "typed": given.typed}
    return context


def _limits(limits: Limits) -> JsonValue:
    return {
        "small": limits.small,
        "max_targets": limits.max_targets,
        "instances_per_order": limits.instances_per_order,
        "orders_per_day": limits.orders_per_day,
    }


def share_of(fleet: int, share: float) -> int:
    """How many phones this share of the fleet is, rounded down; 0.07 of 100 are 7, whatever a float makes of it."""
    return floor(fleet * Fraction(str(share)))
