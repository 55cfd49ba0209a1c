"""Taking an operation back, or stopping what of it was not sent yet. Nothing that was sent is undone by it."""

from dataclasses import dataclass

from chatops.audit import Kind
from chatops.errors import ConsentGone, Refusal
from chatops.operations.dispatch import Dispatch
from chatops.operations.records import Operation
from chatops.operations.states import RequestState, State
from chatops.operations.visible import find_visible
from chatops.principal import Principal


@dataclass(frozen=True, kw_only=True)
class Cancellation:
    """What became of it, and a sentence that says so."""

    operation: Operation
    message: str


async def cancel(dispatch: Dispatch, identifier: str, principal: Principal, *, reason: str = "") -> Cancellation:
    """Withdraw an operation that this person may look at, or stop what of it was not sent yet.

    Raises:
        OperationUnknown: there is none, or it is somebody else's.
        ConsentGone: it is too late; everything was sent, or it has ended.
        Refusal: it is somebody else's, and there is no reason.

    """
    ledger = dispatch.ledger
    await ledger.expire()
    operation = await find_visible(ledger, identifier, principal)
    own = operation.person == principal.person
    if not (own or reason):
        raise Refusal(
            f"{operation.person} has asked for {identifier} and reads why.",
            next_step="Say it: --reason TEXT",
        )
    why = f"Cancelled by {principal.person}{f': {reason}' if reason else '.'}"
    ended = await ledger.decide(
        identifier,
        principal,
        State.CANCELLED,
        kind=Kind.WITHDRAWN if own else Kind.CANCELLED,
        reason=f"Taken back by the person who asked{f': {reason}' if reason else '.'}" if own else why,
    )
    if ended is not None:
        return Cancellation(operation=ended, message=f"Cancelled {identifier}; nothing was sent.")
    # What has begun, perhaps just now, is stopped where something of it is left.
    operation = await ledger.find(identifier) or operation
    if operation.state is State.RUNNING and any(each.state is RequestState.PLANNED for each in operation.requests):
        stopped = await dispatch.stop(identifier, why, by=principal)
        if stopped.state is State.RUNNING:
            return Cancellation(
                operation=stopped,
                message=f"What of {identifier} was not sent yet is not sent; what was sent goes on and is not undone.",
            )
    raise ConsentGone(
        f"{identifier} cannot be cancelled: it is {operation.state.value.replace('_', ' ')}.",
        next_step="Nothing that was sent is undone by cancelling.",
    )
