"""What is known of each phone of an operation: failures first, because they are what somebody looks for."""

from chatops.operations.answers import jobs_of
from chatops.operations.progress import wanted
from chatops.operations.records import Operation
from chatops.operations.seeing import THE_ORDER, Seen
from chatops.operations.states import RequestState
from tools import AnyAction, Cell, Follow, Unverifiable, phones

FAILED, NOT_SEEN, ON_ITS_WAY, NEVER_SENT, ACCEPTED, VERIFIED = (
    "failed",
    "not seen as it was to be",
    "seen on its way",
    "never sent",
    "accepted",
    "verified",
)
_ORDER = (FAILED, NOT_SEEN, ON_ITS_WAY, NEVER_SENT, ACCEPTED, VERIFIED)
_OF_REQUEST = {
    RequestState.FAILED: FAILED,
    RequestState.UNKNOWN: NOT_SEEN,
    RequestState.NEVER_SENT: NEVER_SENT,
    RequestState.ACCEPTED: ACCEPTED,
}
_SHOWN = 50


def by_phone(operation: Operation, action: AnyAction | None) -> tuple[tuple[str, str], ...]:
    """Phones, each with what became of it as far as it was settled or read; none before anything was."""
    known = {
        phone: _OF_REQUEST[request.state]
        for request in operation.requests
        if request.state in _OF_REQUEST
        for phone in request.targets
    }
    return tuple(sorted({**known, **_seen(operation, action)}.items(), key=lambda each: (_ORDER.index(each[1]), each)))


def _seen(operation: Operation, action: AnyAction | None) -> dict[str, str]:
    """What reading has shown, or would have to show."""
    change = action.change if action is not None else None
    if change is None or operation.consumed_at is None or isinstance(change.verify, Unverifiable):
        return {}
    names, must_leave = wanted(operation, action)
    seen, of_job = Seen.read(operation.verified), jobs_of(operation) if isinstance(change.verify, Follow) else {}
    told = {}
    for each in names:
        if each in seen.failed:
            word = FAILED
        elif each in seen.reached and (each in seen.left or not must_leave):
            word = VERIFIED
        else:
            word = ON_ITS_WAY if each in seen.left else NOT_SEEN
        told[of_job.get(each, each)] = word
    told.pop(THE_ORDER, None)
    return told


def rows(known: tuple[tuple[str, str], ...], where: str) -> tuple[tuple[Cell, ...], ...]:
    """The first of them as lines of a table; ``where`` says what has all of them."""
    lines: list[tuple[Cell, ...]] = [(f"phone {phone}", word) for phone, word in known[:_SHOWN]]
    left = known[_SHOWN:]
    return (*lines, *([("more phones", f"{phones(len(left))}; {where} has all of them")] if left else []))
