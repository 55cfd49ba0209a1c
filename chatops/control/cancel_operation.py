"""Cancel a changing call: withdraw what waits, stop what was not sent.

Nothing that was sent is undone or called back. Your own; approvers and admins may cancel any.
"""

from pydantic import Field

from chatops.control._asked import Asked, own
from chatops.control._fields import OperationId
from chatops.operations.states import RequestState, State
from tools import Action, Example, Params, Permission, Receipt, ReportedId, ReportedLine, Result, Risk, clean_text

_UNSENT = frozenset({RequestState.PLANNED, RequestState.NEVER_SENT})


class CancelParams(Params):
    """Which operation."""

    operation_id: OperationId = Field(description="Operation id")
    reason: str = Field(default="", max_length=200, description="Why; needed for somebody else's")


class Cancelled(Result):
    """What became of it."""

    operation_id: ReportedId
    state: State
    requests: int
    sent: int = Field(description="Requests that were sent before and are not undone")
    told: ReportedLine


async def _answer(asked: Asked, params: CancelParams) -> Cancelled:
    from chatops.operations.cancelling import cancel  # noqa: PLC0415  # see the package

    done = await cancel(
        asked.control.dispatch,
        params.operation_id,
        asked.principal,
        reason=clean_text(params.reason, limit=200, lines=False),
    )
    requests = done.operation.requests
    return Cancelled(
        operation_id=done.operation.id,
        state=done.operation.state,
        requests=len(requests),
        sent=sum(each.state not in _UNSENT for each in requests),
        told=done.message,
    )


ACTION = Action(
    name="cancel_operation",
    word="cancel",
    doc=__doc__,
    title="Cancel an operation",
    by=own(_answer),
    params=CancelParams,
    result=Cancelled,
    risk=Risk.CHANGE,
    permission=Permission("operations:cancel"),
    change=None,
    view=Receipt(say=lambda _, result: result.told),
    examples=(Example(params=CancelParams(operation_id="op_4f2k9x7c1m8q3z6v"), sends=None, answers=None, source=""),),
)
