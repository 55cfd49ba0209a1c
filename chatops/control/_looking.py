"""One operation as a caller reads it, now or as soon as something has become of it."""

from math import ceil, floor

import anyio

from chatops.control._asked import Asked, Control
from chatops.control._fields import at, row_of, words
from chatops.control.get_operation import GetOperationParams, OperationAnswer, RequestRow
from chatops.operations.progress import ending, is_going_on, progress
from chatops.operations.records import Operation, Request
from chatops.operations.states import AWAITING, State
from chatops.operations.visible import find_visible
from chatops.progress import Progress, tell
from chatops.store import now

_GLANCE = 0.5


async def look(asked: Asked, params: GetOperationParams) -> OperationAnswer:
    """The operation, for somebody who may look at it.

    Raises:
        OperationUnknown: there is none, or it is somebody else's.

    """
    ledger = asked.control.ledger
    await ledger.expire()
    operation = await find_visible(ledger, params.operation_id, asked.principal)
    if params.wait_seconds and not _has_ended(operation):
        await _changed(asked, operation, params.wait_seconds)
        await ledger.expire()
        operation = await ledger.find(operation.id) or operation
    return await _described(asked.control, operation)


async def _changed(asked: Asked, operation: Operation, seconds: int) -> None:
    """Look again and again until its state is another one, or the time is over."""
    control, before = asked.control, _standing(operation)
    with anyio.move_on_after(seconds):
        for number in range(ceil(seconds / _GLANCE)):
            waited = Progress(done=floor(number * _GLANCE), total=seconds, what=words(operation.state))
            tell(await _so_far(asked, operation) or waited)
            await control.sleep(_GLANCE)
            operation = await control.ledger.find(operation.id) or operation
            if _standing(operation) != before:
                return


async def _so_far(asked: Asked, operation: Operation) -> Progress | None:
    """How far it is; None where it waits for a person, of whom nobody knows how far they are."""
    if not is_going_on(operation):
        return None
    time = await asked.control.ledger.database.read(now)
    return progress(operation, asked.control.actions.get(operation.action), time)


def _standing(operation: Operation) -> tuple[object, object]:
    return operation.state, operation.verification


def _has_ended(operation: Operation) -> bool:
    """Whether nothing becomes of it any more."""
    return operation.state not in AWAITING and not is_going_on(operation)


async def _described(control: Control, operation: Operation) -> OperationAnswer:
    """The operation as a caller reads it."""
    waits = operation.state is State.AWAITING_APPROVAL
    return OperationAnswer(
        **dict(row_of(operation)),
        risk=operation.risk,
        door=operation.door,
        assistant=operation.assistant,
        expires_at=at(operation.expires_at) if operation.state in AWAITING else None,
        may_approve=control.people.approvers(operation.person, operation.approver_roles) if waits else (),
        decided_by=operation.decided_by,
        rules=operation.rules,
        progress=await _progress(control, operation),
        reason=operation.reason,
        requests=tuple(_request(each) for each in operation.requests),
        plan=str(operation.plan.get("text", "")),
        result=operation.result if isinstance(operation.result, dict) else None,
    )


async def _progress(control: Control, operation: Operation) -> str | None:
    action = control.actions.get(operation.action)
    if is_going_on(operation):
        return progress(operation, action, await control.ledger.database.read(now)).what
    return ending(operation, action) or None


def _request(request: Request) -> RequestRow:
    error = request.error
    told = error.get("message") if isinstance(error, dict) else error
    return RequestRow(
        state=request.state,
        region=request.region,
        phones=len(request.targets),
        error=None if told is None else str(told),
    )
