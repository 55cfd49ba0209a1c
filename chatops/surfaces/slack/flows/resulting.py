"""What has become of an operation, in the thread of its card: failures first, and all of it as a file if it is long."""

from dataclasses import replace

from pydantic import JsonValue

from chatops.operations.by_phone import by_phone
from chatops.operations.progress import doubts, ending
from chatops.operations.records import Operation
from chatops.operations.states import State, Verification
from chatops.rendering import Shown
from chatops.surfaces.slack import cards
from chatops.surfaces.slack.drawing import Drawn, drawn
from chatops.surfaces.slack.flows.attaching import put_file
from chatops.surfaces.slack.flows.depicting import APPROVAL, ASKED, DIRECT, RESULT, message_about
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.messages import OVER, Posted
from tools import AnyAction, Cell, phones

_BY_THEMSELVES = frozenset({State.DECLINED, State.CANCELLED})


async def tell_result(office: Office, operation: Operation, posted: tuple[Posted, ...]) -> bool:
    """Say once how it has ended; False where that may not have been done.

    Raises:
        SlackError: nobody knows whether it was said; asking again later says it, if nobody did.

    """
    card = next((each for kind in (ASKED, APPROVAL, DIRECT) for each in posted if each.kind == kind and each.ts), None)
    if card is None or (operation.state in _BY_THEMSELVES and operation.decided_by == operation.person):
        return True
    told = result_of(operation, office.service.actions[operation.action])
    new = message_about(office, operation, RESULT, card.channel, thread=card.thread or card.ts)
    await office.desk.outgoing.post(replace(new, version=OVER), told.message, waits=False)
    return told.file is None or await put_file(office, operation, card, "results", told.file)


def result_of(operation: Operation, action: AnyAction) -> Drawn:
    """How it has ended: what became of each phone, and what was answered."""
    said = f"{action.title}, {phones(operation.count)}. {operation.reason or ''}".rstrip()
    rows = _rows(operation, action) if operation.consumed_at is not None else ()
    shown = Shown(
        message=f"{said} {ending(operation, action)}".rstrip(),
        columns=("phone", "region", "became", "answer") if rows else (),
        rows=rows,
        notes=doubts(operation),
    )
    return drawn(shown, mark=_mark(operation), operation=operation.id)


def _mark(operation: Operation) -> str:
    """What was taken and did not come about is not well, whatever the API said."""
    if operation.state is State.DONE and operation.verification is Verification.MISMATCH:
        return "⚠️ Taken, and not come about everywhere"
    return cards.MARKS[operation.state]


def _rows(operation: Operation, action: AnyAction) -> tuple[tuple[Cell, ...], ...]:
    """Each phone on a line, failures first; each request, where it named none that are known."""
    request_of = {phone: request for request in operation.requests for phone in request.targets}
    known = [
        (phone, request.region if request else None, word, _told(request.error) if request else None)
        for phone, word in by_phone(operation, action)
        for request in (request_of.get(phone),)
    ]
    without = [
        ("-", each.region, each.state.value.replace("_", " "), _told(each.error))
        for each in operation.requests
        if not each.targets and not known
    ]
    return (*known, *without)


def _told(error: JsonValue) -> str | None:
    message = error.get("message") if isinstance(error, dict) else error
    return None if message is None else str(message)
