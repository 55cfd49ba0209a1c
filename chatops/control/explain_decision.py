"""Say what would be decided of a call, and by which rules.

It is planned on live facts; nothing is asked, sent or kept.
"""

from typing import Literal

from pydantic import Field, JsonValue

from chatops.control._asked import Asked, own
from chatops.errors import InvalidParams
from chatops.parsing import parse
from chatops.roles import missing
from tools import (
    Action,
    AnyAction,
    Example,
    Params,
    Permission,
    ReportedId,
    ReportedLine,
    Result,
    Risk,
    Table,
    called,
    clean_text,
)

_NAME_LIMIT = 64


class ExplainParams(Params):
    """Which call."""

    action: str = Field(min_length=1, max_length=_NAME_LIMIT, description="Action's name")
    arguments: dict[str, JsonValue] = Field(default_factory=dict, description="Its arguments")


class RuleApplied(Result):
    """One rule that applies to the call."""

    rule: ReportedId
    kind: ReportedId
    sentence: ReportedLine


class Decided(Result):
    """What would be decided."""

    answer: Literal["allow", "confirmation", "typed", "approval", "deny"]
    sentence: ReportedLine
    decided_by: tuple[ReportedId, ...]
    may_approve: tuple[ReportedId, ...]
    rules: tuple[RuleApplied, ...]


async def _answer(asked: Asked, params: ExplainParams) -> Decided:
    action = _action(asked, params.action)
    explanation = await asked.control.reasons.of(asked.principal, action, parse(action, params.arguments))
    return Decided(
        answer=explanation.answer,
        sentence=explanation.sentence,
        decided_by=explanation.decided_by,
        may_approve=explanation.may_approve,
        rules=tuple(
            RuleApplied(rule=each.id, kind=each.kind, sentence=each.sentence)
            for each in explanation.rules
            if each.applies
        ),
    )


def _action(asked: Asked, name: str) -> AnyAction:
    """To an assistant, what its person may not do does not exist."""
    action = called(asked.control.actions, name)
    if action is None or (asked.principal.assistant is not None and missing(action, asked.principal.permissions)):
        shown = clean_text(name, limit=_NAME_LIMIT, lines=False)
        raise InvalidParams(f"There is no action {shown!r}.", next_step="Choose one of those that are listed.")
    return action


def _say(params: ExplainParams, result: Decided) -> str:
    able = f" May approve: {', '.join(result.may_approve) or 'nobody'}." if result.answer == "approval" else ""
    name = clean_text(params.action, limit=_NAME_LIMIT, lines=False)
    return f"{name} would be answered with {result.answer}: {result.sentence}{able}"


ACTION = Action(
    name="explain_decision",
    word="explain",
    doc=__doc__,
    title="Explain a decision",
    by=own(_answer),
    params=ExplainParams,
    result=Decided,
    risk=Risk.READ,
    permission=Permission("operations:read"),
    change=None,
    view=Table(
        say=_say,
        columns=("rule", "what it does", "why"),
        cells=lambda result: [(each.rule, each.kind, each.sentence) for each in result.rules],
    ),
    examples=(
        Example(
            params=ExplainParams(action="reboot_instances", arguments={"instance_ids": ["a44uhlf7"]}),
            sends=None,
            answers=None,
            source="",
        ),
    ),
)
