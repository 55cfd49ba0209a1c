"""What has become of an operation, in the thread of its card: failures first, and all of it as a file if it is long."""

from dataclasses import replace

from pydantic import JsonValue

from chatops.operations.progress import doubts, ending
from chatops.operations.records import Operation, Request
from chatops.operations.states import RequestState, State
from chatops.rendering import Shown
from chatops.surfaces.slack import cards
from chatops.surfaces.slack.drawing import Drawn, drawn
from chatops.surfaces.slack.flows.attaching import put_file
from chatops.surfaces.slack.flows.depicting import APPROVAL, ASKED, DIRECT, RESULT, message_about
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.messages import OVER, Posted
from tools import AnyAction, Cell, phones

_FIRST = (RequestState.FAILED, RequestState.UNKNOWN, RequestState.NEVER_SENT)
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
    """How it has ended: what stands in the record, of each phone what was answered."""
    said = f"{action.title}, {phones(operation.count)}. {operation.reason or ''}".rstrip()
    rows = [row for request in sorted(operation.requests, key=_order) for row in _rows(request)]
    sent = operation.consumed_at is not None
    shown = Shown(
        message=f"{said} {ending(operation, action)}".rstrip(),
        columns=("phone", "region", "request", "answer") if sent else (),
        rows=tuple(rows) if sent else (),
        notes=doubts(operation),
    )
    return drawn(shown, mark=cards.MARKS[operation.state], operation=operation.id)


def _order(request: Request) -> tuple[bool, int]:
    return request.state not in _FIRST, request.number


def _rows(request: Request) -> list[tuple[Cell, ...]]:
    answer = _told(request.error)
    names = request.targets or ("-",)
    return [(name, request.region, request.state.value.replace("_", " "), answer) for name in names]


def _told(error: JsonValue) -> str | None:
    message = error.get("message") if isinstance(error, dict) else error
    return None if message is None else str(message)
