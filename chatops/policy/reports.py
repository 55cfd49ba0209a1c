"""What a person may want to know of the policy: whether it holds, what it would decide and why, and its cases."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, JsonValue

from chatops.policy.cases import CASES, Answered, Expectation, answer_of, answers, read_table
from chatops.policy.cedar import CedarEvaluator
from chatops.policy.decision import NeedsApproval
from chatops.policy.engine import PolicyEngine
from chatops.policy.facts import Facts
from chatops.policy.loading import FILE_LIMIT, shipped_text
from chatops.policy.reading import read_text
from chatops.policy.request import Questions, problem_of
from chatops.policy.rule import Rule
from chatops.policy.wording import sentence


class Report(BaseModel):
    """Something that can be read by a person and by a program."""

    model_config = ConfigDict(frozen=True)

    def document(self) -> dict[str, JsonValue]:
        """All of it as JSON."""
        return self.model_dump(mode="json")


class Checked(Report):
    """A policy that was loaded, so everything that must hold of it does. ``warnings`` is what may surprise people."""

    rules: tuple[str, ...]
    actions: tuple[str, ...]
    warnings: tuple[str, ...]

    def text(self) -> str:
        """All of it in lines."""
        counted = f"{len(self.rules)} rules cover {len(self.actions)} actions; every case is answered as it must be."
        return "\n".join([counted, *(f"warning: {each}" for each in self.warnings)])


class Explained(Report):
    """One rule and this call. ``kind`` is permits, refuses, or the consent it asks for."""

    id: str
    kind: str
    applies: bool
    sentence: str


class Explanation(Report):
    """A decision, and every rule that was looked at for it."""

    answer: Expectation
    sentence: str
    decided_by: tuple[str, ...]
    roles: tuple[str, ...]
    may_approve: tuple[str, ...]
    rules: tuple[Explained, ...]

    def text(self) -> str:
        """The decision, the rules that apply, and how many do not."""
        lines = [f"{self.answer}: {self.sentence}"]
        if self.answer == "approval":
            lines.append(f"may approve: {', '.join(self.may_approve) or 'nobody'} (needs {', '.join(self.roles)})")
        lines += [f"  {each.id} ({each.kind}): {each.sentence}" for each in self.rules if each.applies]
        return "\n".join([*lines, f"{sum(not each.applies for each in self.rules)} other rules do not apply."])


class CasesReport(Report):
    """What became of a table of cases."""

    cases: tuple[Answered, ...]

    @property
    def passed(self) -> bool:
        """Whether every case was answered as it must be."""
        return all(each.passed for each in self.cases)

    def document(self) -> dict[str, JsonValue]:
        """All of it as JSON."""
        return {"passed": self.passed, **super().document()}

    def text(self) -> str:
        """Failed cases, those that pass by a stricter answer, and how many there were."""
        failed = [each for each in self.cases if not each.passed]
        stricter = [each for each in self.cases if each.passed and each.stricter]
        lines = [
            f"FAILED {each.name}: expected {each.expected}, got {each.answer} "
            f"by {', '.join(each.rules) or 'no rule'}: {each.sentence}"
            for each in failed
        ]
        lines += [
            f"stricter {each.name}: shipped {each.expected}, here {each.answer} by {', '.join(each.rules)}"
            for each in stricter
        ]
        among = f", {len(stricter)} of them by a stricter answer than shipped" if stricter else ""
        return "\n".join([*lines, f"{len(self.cases) - len(failed)} of {len(self.cases)} cases passed{among}."])


def check(engine: PolicyEngine) -> Checked:
    """What can be said of a policy that is in force."""
    return Checked(
        rules=tuple(rule.id for rule in engine.rules), actions=tuple(engine.actions), warnings=_warnings(engine)
    )


def explain(engine: PolicyEngine, facts: Facts) -> Explanation:
    """What would be decided on these facts, and by which rules."""
    decision = engine.decide(facts)
    roles = decision.roles if isinstance(decision, NeedsApproval) else ()
    applying = _applying(engine, facts)
    rules = tuple(
        Explained(id=rule.id, kind=_kind(rule), applies=rule.id in applying, sentence=sentence(rule.message, facts))
        for rule in engine.rules
    )
    people = engine.team.people.items()
    able = sorted(name for name, each in people if name != facts.person and set(roles) <= set(each.roles))
    return Explanation(
        answer=answer_of(decision),
        sentence=decision.sentence,
        decided_by=decision.rules,
        roles=roles,
        may_approve=tuple(able) if roles else (),
        rules=rules,
    )


def run_cases(engine: PolicyEngine, file: Path | None = None) -> CasesReport:
    """The cases of this file, or those that ship: to them a folder's rules may answer more strictly, as at a start.

    Raises:
        ConfigurationError: the file is no table of cases.

    """
    text = shipped_text(CASES) if file is None else read_text(file, FILE_LIMIT)
    return CasesReport(cases=answers(engine, read_table(file or Path(CASES), text), at_least=file is None))


def _applying(engine: PolicyEngine, facts: Facts) -> frozenset[str]:
    """Each rule is asked for itself: together, one forbid would hide every permit."""
    if problem_of(facts):
        return frozenset()
    request = Questions(team=engine.team).request(facts, facts.consent)
    return frozenset(
        name for rule in engine.rules for name in CedarEvaluator.of([rule], engine.schema).evaluate(request).rules
    )


def _kind(rule: Rule) -> str:
    if rule.obligation:
        return f"asks for {rule.obligation.name.lower()}"
    return "permits" if rule.permits else "refuses"


def _warnings(engine: PolicyEngine) -> tuple[str, ...]:
    people = engine.team.people
    approvers = _with("approver", engine)
    warnings = []
    if not people:
        warnings.append("The team file names nobody, so nobody may do anything.")
    elif not approvers:
        warnings.append("Nobody has the role approver, so whatever needs an approval is refused.")
    elif len(approvers) == 1:
        warnings.append(f"Only {approvers[0]} may approve, so nobody can approve what {approvers[0]} asks for.")
    return tuple(warnings)


def _with(role: str, engine: PolicyEngine) -> list[str]:
    names: Iterable[str] = (name for name, person in engine.team.people.items() if role in person.roles)
    return sorted(names)
