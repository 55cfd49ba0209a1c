"""The policy in words: every rule with its sentence, and the limits that are in force."""

from chatops.policy.engine import PolicyEngine
from chatops.policy.rule import Obligation, Rule
from chatops.policy.wording import in_general

_ASKING = {
    Obligation.CONFIRMATION: "Asks the person for a confirmation",
    Obligation.TYPED: "Asks the person to type what they mean",
    Obligation.APPROVAL: "Asks another person for an approval",
}


def in_words(engine: PolicyEngine) -> str:
    """The rules in force, grouped by what they do, and the limits; words in capitals stand for those of a call."""
    groups: dict[str, list[Rule]] = {}
    for rule in engine.rules:
        groups.setdefault(_heading(rule), []).append(rule)
    limits = engine.team.limits.model_dump(mode="json")
    lines = ["Nothing is allowed that no rule permits, and a rule that refuses wins over every other."]
    for heading in ("Permits", "Refuses", *_ASKING.values()):
        lines += ["", f"{heading}:"]
        lines += [f"- {rule.id}: {in_general(rule.message, engine.team.limits)}" for rule in groups.get(heading, [])]
    return "\n".join([*lines, "", "Limits:", *(f"- {name}: {value}" for name, value in limits.items()), ""])


def _heading(rule: Rule) -> str:
    if rule.obligation:
        return _ASKING[rule.obligation]
    return "Permits" if rule.permits else "Refuses"
