"""Tables of cases: what the policy has to answer, checked whenever one is loaded."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chatops.errors import ConfigurationError
from chatops.policy.decision import Decision
from chatops.policy.engine import PolicyEngine, strictness
from chatops.policy.facts import Facts, Given
from chatops.positions import read_document
from chatops.principal import Surface
from chatops.roles import Role
from chatops.team import Limits, Person, Team
from tools import Risk

CASES = "cases.yaml"
Expectation = Literal["allow", "confirmation", "typed", "approval", "deny"]
ANSWERS: tuple[Expectation, ...] = ("allow", "confirmation", "typed", "approval", "deny")
_Count = Annotated[int, Field(ge=0, le=1_000_000)]
_Sentence = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class CaseConsent(_Part):
    """A yes that was said in a case; ``roles`` are those the person of the table has, unless they are given."""

    kind: Literal["confirmation", "approval"]
    by: str
    roles: tuple[Role, ...] | None = None
    typed: bool = False


class Case(_Part):
    """One call, and what the policy has to answer. What is left out is a harmless everyday value."""

    name: _Sentence
    expect: Expectation
    rules: tuple[str, ...] = ()
    person: str = "alice"
    roles: tuple[Role, ...] | None = None
    door: Surface = Surface.TERMINAL
    assistant: bool = False
    action: str
    risk: Literal["read", "change", "disruptive", "destructive"] | None = None
    count: _Count = 1
    fleet: _Count | None = 1000
    regions: tuple[str, ...] = ("cn-north-7",)
    in_use: _Count = 0
    order_instances: _Count = 0
    order_months: _Count = 0
    frozen: bool = False
    freeze_reason: str = ""
    now: AwareDatetime = datetime(2026, 1, 5, 12, tzinfo=UTC)
    calls_last_hour: _Count = 0
    calls_last_day: _Count = 0
    orders_last_day: _Count = 0
    consent: CaseConsent | None = None


class Table(_Part):
    """Cases, and the people and limits they speak of; without people, those of the team file."""

    people: dict[str, tuple[Role, ...]] | None = None
    limits: Limits | None = None
    cases: tuple[Case, ...] = Field(min_length=1, max_length=10_000)

    def team(self, other: Team) -> Team:
        """The people and limits of the table, and of the other where it says nothing."""
        people = {name: Person(roles=roles) for name, roles in self.people.items()} if self.people else other.people
        return other.model_copy(update={"people": people, "limits": self.limits or other.limits})


class Answered(_Part):
    """What became of one case. ``stricter`` says that more was asked for than expected."""

    name: str
    expected: Expectation
    answer: Expectation
    rules: tuple[str, ...]
    sentence: str
    stricter: bool
    passed: bool


def read_table(file: Path, text: str, *, ours: bool = False) -> Table:
    """The table of cases in this text; ``ours`` is the shipped one.

    Raises:
        ConfigurationError: it is none; the message names file and line.

    """
    document = read_document(file, text.encode(), ours=ours)
    try:
        return Table.model_validate(document.content)
    except ValidationError as error:
        raise document.invalid(error) from None


def answers(engine: PolicyEngine, table: Table, *, at_least: bool = False) -> tuple[Answered, ...]:
    """What the policy answers to each case. With ``at_least``, a stricter answer than the expected one passes."""
    asked = PolicyEngine(rules=engine.rules, schema=engine.schema, actions=engine.actions, team=table.team(engine.team))
    return tuple(_answered(asked, case, at_least=at_least) for case in table.cases)


def check_cases(engine: PolicyEngine, table: Table) -> None:
    """That every case is answered as the table says.

    Raises:
        ConfigurationError: one is not.

    """
    for each in answers(engine, table):
        if not each.passed:
            raise _failed(each, f"must be answered {each.expected}, and is answered {each.answer}")


def check_floor(engine: PolicyEngine, table: Table) -> None:
    """That no case is answered with less than the table says: rules of a folder may ask for more, never for less.

    Raises:
        ConfigurationError: one is.

    """
    for each in answers(engine, table, at_least=True):
        if not each.passed:
            raise _failed(each, f"must be answered {each.expected} or stricter, and is answered {each.answer}")


def answer_of(decision: Decision) -> Expectation:
    """The word of a table for a decision."""
    return ANSWERS[strictness(decision)]


def _answered(engine: PolicyEngine, case: Case, *, at_least: bool) -> Answered:
    decision = engine.decide(_facts(engine, case))
    answer = answer_of(decision)
    beyond = ANSWERS.index(answer) - ANSWERS.index(case.expect)
    exact = beyond == 0 and set(case.rules) <= set(decision.rules)
    return Answered(
        name=case.name,
        expected=case.expect,
        answer=answer,
        rules=decision.rules,
        sentence=decision.sentence,
        stricter=beyond > 0,
        passed=exact or (at_least and beyond >= 0),
    )


def _failed(answered: Answered, what: str) -> ConfigurationError:
    rules = ", ".join(answered.rules) or "no rule"
    return ConfigurationError(
        f"The policy fails the case {answered.name!r}: it {what} by {rules}: {answered.sentence}",
        next_step="Correct the rules, or the case. chatops policy test shows all of them.",
    )


def _facts(engine: PolicyEngine, case: Case) -> Facts:
    action = engine.actions.get(case.action)
    return Facts(
        person=case.person,
        roles=frozenset(case.roles if case.roles is not None else _roles(engine.team, case.person)),
        door=case.door,
        assistant=case.assistant,
        action=case.action,
        permission=str(action.permission) if action else "",
        risk=Risk[case.risk.upper()] if case.risk else action.risk if action else Risk.DESTRUCTIVE,
        count=case.count,
        fleet=case.fleet,
        regions=frozenset(case.regions),
        in_use=case.in_use,
        order_instances=case.order_instances,
        order_months=case.order_months,
        frozen=case.frozen,
        freeze_reason=case.freeze_reason,
        now=case.now,
        calls_last_hour=case.calls_last_hour,
        calls_last_day=case.calls_last_day,
        orders_last_day=case.orders_last_day,
        limits=engine.team.limits,
        consent=_given(engine.team, case.consent) if case.consent else None,
    )


def _given(team: Team, consent: CaseConsent) -> Given:
    roles = consent.roles if consent.roles is not None else _roles(team, consent.by)
    return Given(kind=consent.kind, by=consent.by, roles=frozenset(roles), typed=consent.typed)


def _roles(team: Team, person: str) -> tuple[Role, ...]:
    known = team.people.get(person)
    return known.roles if known else ()
