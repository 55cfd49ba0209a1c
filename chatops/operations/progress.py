"""How far an operation is: what was sent, and how many phones were seen to be as they were to be."""

from chatops.operations.answers import jobs_of, ordered_by, phones_of
from chatops.operations.records import Operation
from chatops.operations.seeing import THE_ORDER, Seen
from chatops.operations.states import RequestState, State, Verification
from chatops.progress import Progress
from tools import AnyAction, Appear, Follow, Until, phones

_VERDICTS = {
    Verification.VERIFIED: "Verified",
    Verification.MISMATCH: "Mismatch, it did not come about everywhere",
    Verification.UNKNOWN: "Unknown whether it took effect",
}
_OPEN = frozenset({RequestState.PLANNED, RequestState.SENT})
_GOING_ON = frozenset({State.APPROVED, State.RUNNING})


def progress(operation: Operation, action: AnyAction | None, now: float) -> Progress:
    """What is going on: requests answered, then phones verified; where there is but one, the seconds of its watch."""
    if operation.state is State.APPROVED:
        return Progress(done=0, total=None, what="approved, about to be sent")
    if operation.state is State.RUNNING:
        settled, total = sum(each.state not in _OPEN for each in operation.requests), len(operation.requests)
        return Progress(done=settled, total=total, what=f"sending, {settled} of {total} requests answered")
    proven, wanted = _proven(operation, action)
    what = _counted(operation, action)
    if len(wanted) > 1:
        return Progress(done=len(proven), total=len(wanted), what=what)
    began, until = operation.settled_at, operation.watch_until
    if began is None or until is None:
        return Progress(done=0, total=None, what=what)
    passed = min(max(now - began, 0), until - began)
    return Progress(done=passed, total=until - began, what=f"{what}, {until - began - passed:.0f} s left")


def ending(operation: Operation, action: AnyAction | None) -> str:
    """What reading has shown, as a sentence; empty where nothing was to be read."""
    if operation.verification is None or operation.verification is Verification.NOT_VERIFIABLE:
        return ""
    verdict = _VERDICTS[operation.verification]
    return f"{verdict}: {_counted(operation, action)}."


def doubts(operation: Operation) -> tuple[str, ...]:
    """What somebody must notice who relies on it."""
    look = f"Look at its phones: chatops operations show {operation.id}"
    if operation.verification is Verification.MISMATCH:
        return (f"The API has taken it, and its phones are not as they were to be. {look}",)
    if operation.verification is Verification.UNKNOWN:
        return (f"Whether it took effect could not be read. {look}",)
    return ()


def _counted(operation: Operation, action: AnyAction | None) -> str:
    proven, names = _proven(operation, action)
    if names == (THE_ORDER,):
        return "the phones of the order were found" if proven else "the phones of the order are looked for"
    seen = Seen.read(operation.verified)
    failed = f", {len(seen.failed)} failed" if seen.failed else ""
    return f"{len(proven)} of {phones(len(names))} verified{failed}"


def _proven(operation: Operation, action: AnyAction | None) -> tuple[set[str], tuple[str, ...]]:
    """What was seen to be as it was to be, and all that has to be."""
    names, must_leave = wanted(operation, action)
    seen = Seen.read(operation.verified)
    return seen.reached & (seen.left if must_leave else seen.reached) & set(names), names


def wanted(operation: Operation, action: AnyAction | None) -> tuple[tuple[str, ...], bool]:
    """What has to be seen, and whether each must be seen leaving its state before."""
    verify = action.change.verify if action is not None and action.change is not None else None
    if isinstance(verify, Follow):
        return tuple(jobs_of(operation)), False
    if isinstance(verify, Appear):
        return ordered_by(operation) or (THE_ORDER,), False
    return phones_of(operation), isinstance(verify, Until) and verify.left is not None


def is_going_on(operation: Operation) -> bool:
    """Whether something may still become of it while somebody watches."""
    return operation.state in _GOING_ON or (operation.watch_until is not None and operation.verification is None)
