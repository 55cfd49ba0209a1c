"""Look at one changing call: its state, its plan, what became of it.

With wait_seconds it waits for a change and answers as soon as there is one.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from chatops.control._asked import Asked, own
from chatops.control._fields import Moment, OperationId, OperationRow, clock, flat, words
from chatops.operations.states import AWAITING, RequestState, State
from tools import (
    Action,
    Cell,
    Example,
    Fields,
    MaybeBlock,
    MaybeLine,
    Params,
    Permission,
    ReportedDocument,
    ReportedId,
    Result,
    Risk,
    phones,
)

_LONGEST = 60
_WAIT = f"Wait with get_operation, wait_seconds={_LONGEST}."


class GetOperationParams(Params):
    """Which operation, and whether to wait."""

    operation_id: OperationId = Field(description="Operation id")
    wait_seconds: Annotated[int, Field(ge=0, le=_LONGEST)] = Field(
        default=0, description="Wait so long for a change of state"
    )


class RequestRow(Result):
    """One request to the API."""

    state: RequestState
    region: MaybeLine = None
    phones: int
    error: MaybeLine = None


class OperationAnswer(OperationRow):
    """One changing call, from the question to what became of the phones."""

    risk: ReportedId
    door: ReportedId
    assistant: MaybeLine = None
    expires_at: Moment | None = Field(default=None, description="Until when somebody may say yes")
    may_approve: tuple[ReportedId, ...] = ()
    decided_by: ReportedId | None = None
    rules: tuple[ReportedId, ...] = ()
    progress: MaybeLine = None
    reason: MaybeBlock = None
    requests: tuple[RequestRow, ...] = ()
    plan: MaybeBlock = Field(default=None, description="What was agreed to, or is asked")
    result: ReportedDocument | None = Field(default=None, description="What the API answered")

    @property
    def goes_on(self) -> bool:
        """Whether waiting may show something new."""
        return self.state in AWAITING or (self.progress is not None and self.verification is None)


async def _answer(asked: Asked, params: GetOperationParams) -> OperationAnswer:
    from chatops.control._looking import look  # noqa: PLC0415  # see the package

    return await look(asked, params)


def _say(_: GetOperationParams, result: OperationAnswer) -> str:
    told = f"{result.operation_id}: {result.action} on {phones(result.phones)} is {words(result.state)}."
    if result.state is State.AWAITING_APPROVAL:
        able = " or ".join(result.may_approve) or "nobody"
        return f"{told} Nothing was sent. {able} may approve it until {clock(result.expires_at)}. {_WAIT}"
    if result.state is State.AWAITING_CONFIRMATION:
        return f"{told} Nothing was sent. {result.person} is being asked. {_WAIT}"
    so_far = f" {result.progress[:1].upper()}{result.progress[1:].rstrip('.')}." if result.progress else ""
    return f"{told}{so_far}{f' {_WAIT}' if result.goes_on else ''}"


def _fields(result: OperationAnswer) -> Mapping[str, Cell]:
    facts: dict[str, Cell] = {
        "asked by": f"{result.person} ({result.door})",
        "through": result.assistant,
        "asked": clock(result.asked_at),
        "risk": result.risk,
        "rules": ", ".join(result.rules) or None,
        "expires": clock(result.expires_at),
        "decided by": result.decided_by,
        "verification": result.verification.value.replace("_", " ") if result.verification else None,
        "reason": result.reason,
        "plan": result.plan,
    }
    for number, each in enumerate(result.requests, start=1):
        where = f" in {each.region}" if each.region else ""
        error = f": {each.error}" if each.error else ""
        facts[f"request {number}"] = f"{each.state.value.replace('_', ' ')}, {phones(each.phones)}{where}{error}"
    return facts | {f"answer, {name}": value for name, value in flat(result.result)}


ACTION = Action(
    name="get_operation",
    word="operation",
    doc=__doc__,
    title="Look at an operation",
    by=own(_answer),
    params=GetOperationParams,
    result=OperationAnswer,
    risk=Risk.READ,
    permission=Permission("operations:read"),
    change=None,
    view=Fields(say=_say, fields=_fields),
    examples=(
        Example(
            params=GetOperationParams(operation_id="op_4f2k9x7c1m8q3z6v", wait_seconds=60),
            sends=None,
            answers=None,
            source="",
        ),
    ),
)
