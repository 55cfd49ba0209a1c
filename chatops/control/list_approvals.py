"""List what waits for another person's yes: who may give it, and until when.

What you asked for; approvers and admins see all. People decide at a terminal; no assistant can.
"""

from typing import TYPE_CHECKING

from pydantic import Field

from chatops.control._asked import Asked, own
from chatops.control._fields import Limit, Moment, OperationId, at, clock
from chatops.operations.states import State
from chatops.operations.visible import person_seen
from tools import Action, Example, MaybeLine, Params, Permission, ReportedId, Result, Risk, Table, clean_text

if TYPE_CHECKING:
    from chatops.operations.records import Operation

_QUESTION_LIMIT = 160


class ListApprovalsParams(Params):
    """Which of them."""

    limit: Limit = Field(default=10, description="Rows to answer")
    cursor: OperationId | None = Field(default=None, description="next_cursor of the answer before")


class Waiting(Result):
    """One call that waits."""

    operation_id: ReportedId
    question: MaybeLine = Field(default=None, description="What would be done")
    action: ReportedId
    person: ReportedId
    phones: int
    risk: ReportedId
    until: Moment
    may_approve: tuple[ReportedId, ...]


class ApprovalList(Result):
    """What waits, newest first."""

    approvals: tuple[Waiting, ...]
    next_cursor: ReportedId | None = Field(default=None, description="Cursor of the next rows; absent at the end")


def _waiting(asked: Asked, operation: "Operation") -> Waiting:
    return Waiting(
        operation_id=operation.id,
        question=clean_text(str(operation.plan.get("question", "")), limit=_QUESTION_LIMIT, lines=False),
        action=operation.action,
        person=operation.person,
        phones=operation.count,
        risk=operation.risk,
        until=at(operation.expires_at),
        may_approve=asked.control.people.approvers(operation.person, operation.approver_roles),
    )


async def _answer(asked: Asked, params: ListApprovalsParams) -> ApprovalList:
    from chatops.control._paging import page_of  # noqa: PLC0415  # see the package

    shown, cursor = await page_of(
        asked,
        states=[State.AWAITING_APPROVAL],
        person=person_seen(asked.principal),
        limit=params.limit,
        cursor=params.cursor,
    )
    return ApprovalList(approvals=tuple(_waiting(asked, each) for each in shown), next_cursor=cursor)


def _say(_: ListApprovalsParams, result: ApprovalList) -> str:
    count = len(result.approvals)
    if not count:
        return "Nothing waits for an approval."
    more = f" For the next ones: cursor={result.next_cursor}." if result.next_cursor else ""
    return f"{count} wait{'s' if count == 1 else ''} for an approval, which a person gives at a terminal.{more}"


ACTION = Action(
    name="list_approvals",
    word="approvals",
    doc=__doc__,
    title="List approvals",
    by=own(_answer),
    params=ListApprovalsParams,
    result=ApprovalList,
    risk=Risk.READ,
    permission=Permission("operations:read"),
    change=None,
    view=Table(
        say=_say,
        columns=("operation", "person", "what", "risk", "until", "may approve"),
        cells=lambda result: [
            (
                each.operation_id,
                each.person,
                each.question or each.action,
                each.risk,
                clock(each.until),
                ", ".join(each.may_approve) or "nobody",
            )
            for each in result.approvals
        ],
    ),
    examples=(Example(params=ListApprovalsParams(), sends=None, answers=None, source=""),),
)
