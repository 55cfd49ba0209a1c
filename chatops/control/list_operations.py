"""List changing calls, newest first.

Your own, or with everybody those of all people, which approvers and admins may see.
"""

from pydantic import Field

from chatops.control._asked import Asked, own
from chatops.control._fields import Limit, OperationId, OperationRow, clock, row_of, words
from chatops.errors import PermissionMissing
from chatops.operations.states import State
from chatops.operations.visible import SEE_ALL, sees_all
from tools import Action, Example, Params, Permission, ReportedId, Result, Risk, Table


class ListOperationsParams(Params):
    """Which operations."""

    state: State | None = Field(default=None, description="Only in this state")
    everybody: bool = Field(default=False, description="Of all people")
    limit: Limit = Field(default=20, description="Rows to answer")
    cursor: OperationId | None = Field(default=None, description="next_cursor of the answer before")


class OperationList(Result):
    """Some operations, newest first."""

    operations: tuple[OperationRow, ...]
    next_cursor: ReportedId | None = Field(default=None, description="Cursor of the next rows; absent at the end")


async def _answer(asked: Asked, params: ListOperationsParams) -> OperationList:
    from chatops.control._paging import page_of  # noqa: PLC0415  # see the package

    if params.everybody and not sees_all(asked.principal):
        raise PermissionMissing(
            f"{asked.principal.person} may not see what others do.",
            next_step=f"Leave everybody out, or have the role {' or '.join(SEE_ALL)}.",
        )
    shown, cursor = await page_of(
        asked,
        states=[params.state] if params.state else [],
        person=None if params.everybody else asked.principal.person,
        limit=params.limit,
        cursor=params.cursor,
    )
    return OperationList(operations=tuple(row_of(each) for each in shown), next_cursor=cursor)


def _say(params: ListOperationsParams, result: OperationList) -> str:
    count = len(result.operations)
    whose = "all people" if params.everybody else "yours"
    if not count:
        return f"No {'further ' if params.cursor else ''}operation of {whose}."
    more = f" For the next ones: cursor={result.next_cursor}." if result.next_cursor else ""
    return f"{count} operation{'' if count == 1 else 's'} of {whose}, newest first.{more}"


ACTION = Action(
    name="list_operations",
    word="operations",
    doc=__doc__,
    title="List operations",
    by=own(_answer),
    params=ListOperationsParams,
    result=OperationList,
    risk=Risk.READ,
    permission=Permission("operations:read"),
    change=None,
    view=Table(
        say=_say,
        columns=("operation", "asked", "person", "action", "phones", "state", "verification"),
        cells=lambda result: [
            (
                each.operation_id,
                clock(each.asked_at),
                each.person,
                each.action,
                each.phones,
                words(each.state),
                each.verification.value.replace("_", " ") if each.verification else None,
            )
            for each in result.operations
        ],
    ),
    examples=(Example(params=ListOperationsParams(state=State.UNKNOWN), sends=None, answers=None, source=""),),
)
