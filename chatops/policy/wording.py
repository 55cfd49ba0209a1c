"""Sentences of rules, with the numbers of the call put into them."""

import re
from collections.abc import Mapping

from chatops.policy.facts import Facts
from chatops.team import Limits
from tools import clean_text

_GAP = re.compile(r"\{([^{}]*)\}")
_TEXT_LIMIT = 200
GAPS = frozenset(
    {
        "person",
        "action",
        "count",
        "in_use",
        "fleet",
        "order_instances",
        "orders_last_day",
        "freeze_reason",
        "consent_by",
        *(Limits.model_fields),
    }
)


def unknown_gaps(message: str) -> tuple[str, ...]:
    """Names in braces that stand for nothing."""
    return tuple(sorted(set(_GAP.findall(message)) - GAPS))


def sentence(message: str, facts: Facts) -> str:
    """The message about this call."""
    values = _values(facts)
    return _GAP.sub(lambda gap: values[gap[1]], message)


def in_general(message: str, limits: Limits) -> str:
    """The message about no call in particular: limits have their values, other gaps become words in capitals."""
    values = _limits(limits)
    return _GAP.sub(lambda gap: values.get(gap[1], gap[1].replace("_", " ").upper()), message)


def _values(facts: Facts) -> Mapping[str, str]:
    texts = {
        "person": facts.person,
        "freeze_reason": facts.freeze_reason or "no reason was given",
        "consent_by": facts.consent.by if facts.consent else "nobody",
    }
    return {
        **_limits(facts.limits),
        **{name: clean_text(text, limit=_TEXT_LIMIT, lines=False) for name, text in texts.items()},
        "action": facts.action,
        "count": str(facts.count),
        "in_use": str(facts.in_use),
        "fleet": "an unknown number of" if facts.fleet is None else str(facts.fleet),
        "order_instances": str(facts.order_instances),
        "orders_last_day": str(facts.orders_last_day),
    }


def _limits(limits: Limits) -> Mapping[str, str]:
    values = {name: str(value) for name, value in limits.model_dump(mode="json").items()}
    return {**values, "max_fleet_share": f"{limits.max_fleet_share:.3g}"}
