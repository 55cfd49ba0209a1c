"""What has become of an operation, in the thread of its card: failures first, and all of it as a file if it is long."""

from dataclasses import replace

from pydantic import JsonValue

from chatops.operations.progress import doubts, ending, what_is_proven
from chatops.operations.records import Operation, Request
from chatops.operations.states import State, Verification
from chatops.rendering import Shown
from chatops.surfaces.slack import cards
from chatops.surfaces.slack.drawing import Drawn, drawn
from chatops.surfaces.slack.flows.attaching import put_file
from chatops.surfaces.slack.flows.depicting import APPROVAL, ASKED, DIRECT, RESULT, message_about
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.messages import OVER, Posted
from tools import AnyAction, Cell, phones

_FAILED = frozenset({"failed", "unknown", "never sent"})
_CHECKED = frozenset({Verification.VERIFIED, Verification.MISMATCH})
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
    """How it has ended: of each phone what was answered, and whether it was seen to be as it was to be."""
    said = f"{action.title}, {phones(operation.count)}. {operation.reason or ''}".rstrip()
    shown_well = what_is_proven(operation, action)[0]
    rows = sorted(
        (row for request in operation.requests for row in _rows(request, operation, shown_well)), key=_is_well
    )
    sent = operation.consumed_at is not None
    shown = Shown(
        message=f"{said} {ending(operation, action)}".rstrip(),
        columns=("phone", "region", "request", "answer", "verified") if sent else (),
        rows=tuple(rows) if sent else (),
        notes=doubts(operation),
    )
    return drawn(shown, mark=_mark(operation), operation=operation.id)


def _mark(operation: Operation) -> str:
    """What was taken and did not come about is not well, whatever the API said."""
    if operation.state is State.DONE and operation.verification is Verification.MISMATCH:
        return "⚠️ Taken, and not come about everywhere"
    return cards.MARKS[operation.state]


def _is_well(row: tuple[Cell, ...]) -> tuple[bool, bool]:
    return row[2] not in _FAILED, row[4] != "no"


def _rows(request: Request, operation: Operation, well: set[str]) -> list[tuple[Cell, ...]]:
    answer, state = _told(request.error), request.state.value.replace("_", " ")
    is_checked = operation.verification in _CHECKED and not well.isdisjoint(request.targets)

    def verified(name: str) -> str | None:
        return ("yes" if name in well else "no") if is_checked else None

    return [(name, request.region, state, answer, verified(name)) for name in request.targets or ("-",)]


def _told(error: JsonValue) -> str | None:
    message = error.get("message") if isinstance(error, dict) else error
    return None if message is None else str(message)
