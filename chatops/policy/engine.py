"""Decisions. Whatever cannot be decided is a Deny that says why."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from chatops.policy.cedar import CedarEvaluator, Schema, entity
from chatops.policy.decision import Allow, Decision, Deny, NeedsApproval, NeedsConfirmation
from chatops.policy.evaluator import Evaluator, Request, Someone, Verdict
from chatops.policy.facts import Facts, Given
from chatops.policy.request import Questions, problem_of
from chatops.policy.rule import Obligation, Rule
from chatops.policy.wording import sentence
from chatops.roles import APPROVER, ROLE_NAMES, Role
from chatops.team import Team
from tools import AnyAction

# The team file cannot name anybody so: a name has no spaces.
_SOMEBODY_ELSE = "somebody else"
_DECISIONS_KEPT = 256


@dataclass(frozen=True, kw_only=True)
class PolicyEngine:
    """Rules, the people they speak of, and the actions they know. Immutable: a reload makes another one."""

    rules: tuple[Rule, ...]
    schema: Schema
    actions: Mapping[str, AnyAction]
    team: Team

    @property
    def engine(self) -> "PolicyEngine":
        """Itself: a policy that is never reloaded is the one in force."""
        return self

    @cached_property
    def evaluator(self) -> Evaluator:
        """The rules, ready to be asked."""
        return CedarEvaluator.of(self.rules, self.schema)

    @cached_property
    def _by_id(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def _questions(self) -> Questions:
        return Questions(team=self.team)

    def decide(self, facts: Facts) -> Decision:
        """What may become of this call. Under one millisecond, and never an error.

        The call is first decided as if nobody had said yes: what is refused then stays refused, and what a consent
        has to be worth is known before one is looked at.
        """
        if problem := problem_of(facts) or self._contradiction(facts):
            return Deny(rules=(), sentence=f"Nothing can be decided: {problem}.")
        needed = self._without_consent(facts)
        if facts.consent is None or isinstance(needed, Deny):
            return needed
        verdict = self.evaluator.evaluate(self._questions.request(facts, facts.consent))
        if refusal := self._refusal(verdict, facts):
            return refusal
        if verdict.allowed and _suffices(facts.consent, needed, facts):
            return Allow(rules=(*verdict.rules, *_conditions(needed)), sentence=self._permitted(verdict, facts))
        return needed

    @cached_property
    def decide_again(self) -> Callable[[Facts], Decision]:
        """The same for facts that come again and again, such as those of reads within a second."""
        return lru_cache(_DECISIONS_KEPT)(self.decide)

    def _contradiction(self, facts: Facts) -> str | None:
        action = self.actions.get(facts.action)
        if action is None:
            return f"there is no action {facts.action!r}"
        if facts.permission != action.permission:
            return f"{facts.action} needs another permission than {facts.permission}"
        eased = action.change.eased if action.change else None
        if facts.risk not in {action.risk, eased.to if eased else action.risk}:
            return f"{facts.action} does not have the risk {facts.risk.name}"
        return None

    def _without_consent(self, facts: Facts) -> Decision:
        """Ask, and ask again with the best consent of each kind that is asked for.

        A rule that asks would otherwise hide that no permit matches. A rule that its own kind of consent does not
        satisfy refuses, whatever a stronger one would do: so that one more forbid never makes a call easier.
        """
        request = self._questions.request(facts, None)
        verdict = self.evaluator.evaluate(request)
        asking: dict[str, Rule] = {}
        tried = 0
        while True:
            if refusal := self._refusal(verdict, facts):
                return refusal
            unmet = {} if verdict.allowed else {name: self._by_id[name] for name in verdict.rules}
            if stuck := tuple(name for name, rule in unmet.items() if (rule.obligation or 0) <= tried):
                return Deny(rules=stuck, sentence=f"{stuck[0]} asks for a consent that does not satisfy it.")
            asking |= unmet
            untried = [worth for rule in asking.values() if (worth := rule.obligation) and worth > tried]
            if not untried:
                break
            tried = min(untried)
            verdict = self.evaluator.evaluate(_ideal(request, Obligation(tried)))
        return self._needed(asking, facts) or Allow(rules=verdict.rules, sentence=self._permitted(verdict, facts))

    def _refusal(self, verdict: Verdict, facts: Facts) -> Deny | None:
        """The Deny that nothing can lift; None where it is allowed, or only a consent is asked for."""
        if verdict.problems:
            return Deny(rules=(), sentence=f"Nothing can be decided, because the rules failed: {verdict.problems[0]}.")
        if verdict.allowed:
            return None
        refusing = self._ordered(rule for rule in map(self._by_id.get, verdict.rules) if rule and rule.refuses)
        if refusing:
            return Deny(rules=tuple(rule.id for rule in refusing), sentence=sentence(refusing[0].message, facts))
        if not verdict.rules:
            return Deny(rules=(), sentence=f"No rule allows {facts.person} {facts.action}.")
        return None

    def _needed(self, matched: Mapping[str, Rule], facts: Facts) -> NeedsConfirmation | NeedsApproval | None:
        rules = self._ordered(matched.values())
        if not rules:
            return None
        worth = _strongest(rules)
        ids = tuple(rule.id for rule in rules)
        said = sentence(next(rule.message for rule in rules if rule.obligation == worth), facts)
        if worth is Obligation.APPROVAL:
            return NeedsApproval(rules=ids, sentence=said, roles=_approvers(rules))
        return NeedsConfirmation(rules=ids, sentence=said, typed=worth is Obligation.TYPED)

    def _ordered(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        ids = {rule.id for rule in rules}
        return tuple(rule for rule in self.rules if rule.id in ids)

    def _permitted(self, verdict: Verdict, facts: Facts) -> str:
        return " ".join(sentence(self._by_id[name].message, facts) for name in sorted(verdict.rules))


def _strongest(rules: Iterable[Rule]) -> Obligation:
    return max(rule.obligation or Obligation.CONFIRMATION for rule in rules)


def _approvers(rules: Iterable[Rule]) -> tuple[Role, ...]:
    # A shipped rule refuses whoever is no approver, whatever else a rule asks for.
    named = {APPROVER, *(role for rule in rules for role in rule.approvers)}
    return tuple(role for role in ROLE_NAMES if role in named)


def _ideal(request: Request, worth: Obligation) -> Request:
    """The same question with the best consent of this kind."""
    approval = worth is Obligation.APPROVAL
    another = Someone(name=_SOMEBODY_ELSE, roles=frozenset(map(str, ROLE_NAMES)), named=True)
    consenter = another if approval else request.person
    consent = {
        "kind": entity("Consent", "approval" if approval else "confirmation"),
        "by": entity("Person", consenter.name),
        "typed": worth is Obligation.TYPED,
    }
    return replace(request, context={**request.context, "consent": consent}, consenter=consenter)


def _conditions(needed: Decision) -> tuple[str, ...]:
    return () if isinstance(needed, Allow) else needed.rules


def _suffices(given: Given, needed: Decision, facts: Facts) -> bool:
    """The same once more outside the rules: a careless "unless" must not make a confirmation an approval."""
    if isinstance(needed, NeedsApproval):
        return given.kind == "approval" and given.by != facts.person and given.roles >= set(needed.roles)
    if isinstance(needed, NeedsConfirmation) and given.kind == "confirmation":
        return given.by == facts.person and (given.typed or not needed.typed)
    return True


def strictness(decision: Decision) -> int:
    """How much a decision asks for: Allow, confirmation, typed confirmation, approval, Deny."""
    if isinstance(decision, NeedsConfirmation):
        return Obligation.TYPED if decision.typed else Obligation.CONFIRMATION
    if isinstance(decision, NeedsApproval):
        return Obligation.APPROVAL
    return 0 if isinstance(decision, Allow) else len(Obligation) + 1
