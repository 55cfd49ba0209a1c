"""The operation that a click or a form is about, for whoever it concerns; whoever it does not is told why."""

from chatops.errors import ChatopsError, ConsentExpired, ConsentGone, Refusal
from chatops.operations.records import Operation
from chatops.operations.states import AWAITING, State
from chatops.store import now
from chatops.surfaces.slack.flows.depicting import STRAY, message_about
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.flows.pressed import card_pressed, held_by
from chatops.surfaces.slack.received import Received


async def operation_of(office: Office, received: Received) -> Operation:
    """The operation whose plan was shown on what was pressed.

    Raises:
        Refusal: there is none, or another plan was shown.

    """
    held = held_by(received)
    operation = await office.service.ledger.find(held.operation) if held is not None else None
    if held is None or operation is None:
        raise ConsentGone("There is no such operation any more; nothing was done.", next_step="Ask again.")
    if held.digest != operation.digest:
        raise ConsentGone(
            f"What was shown is not the plan of {operation.id}; nothing was done.", next_step="Ask again."
        )
    await _adopt(office, received, operation)
    return operation


async def _adopt(office: Office, received: Received, operation: Operation) -> None:
    """Look after the card that was pressed as well, if it was posted and nobody was told so."""
    ts, messages = card_pressed(received), office.desk.messages
    if not ts or any(each.ts == ts for each in await messages.of_operation(operation.id)):
        return
    stray = message_about(office, operation, STRAY, received.channel, of=f"{STRAY}:{ts}")
    if await messages.claim(stray) is None:
        await messages.place(stray, received.channel, ts)


async def waiting_of(office: Office, received: Received) -> Operation:
    """The same, if it still waits for somebody.

    Raises:
        Refusal: it does not; the message says what has become of it.

    """
    operation = await operation_of(office, received)
    if operation.state in AWAITING and operation.expires_at > await office.service.database.read(now):
        return operation
    raise too_late(office, operation)


def too_late(office: Office, operation: Operation) -> Refusal:
    """What has become of an operation that somebody still wanted to decide on."""
    look = f"{office.command} op {operation.id} says more."
    if operation.state in AWAITING:
        return ConsentExpired(f"{operation.id} has expired; nothing was sent.", next_step="Ask again.")
    by = f" by {operation.decided_by}" if operation.decided_by else ""
    state = operation.state.value.replace("_", " ")
    return ConsentGone(f"{operation.id} was decided before{by}: it is {state}. Nothing is done twice.", next_step=look)


async def as_it_is(office: Office, operation: Operation, error: ChatopsError) -> ChatopsError:
    """What to tell somebody who was too late: what has become of the operation instead. Other errors say it all."""
    now_is = await office.service.ledger.find(operation.id) or operation
    late = isinstance(error, ConsentGone | ConsentExpired) and now_is.state is not State.REFUSED
    return too_late(office, now_is) if late else error
