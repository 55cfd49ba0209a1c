"""How far an operation is, in words: what was sent, and how many phones were seen to be as they were to be."""

from chatops.operations.records import Operation
from chatops.operations.seeing import THE_ORDER, Seen
from chatops.operations.states import RequestState, State, Verification
from chatops.operations.watching import jobs_of, ordered_by, phones_of
from tools import AnyAction, Appear, Follow, Until, phones

_OPEN = frozenset({RequestState.PLANNED, RequestState.SENT})
_GOING_ON = frozenset({State.APPROVED, State.RUNNING})


def progress(operation: Operation, action: AnyAction | None) -> str:
    """What is going on, on one line."""
    if operation.state is State.APPROVED:
        return f"{operation.id}: approved, about to be sent"
    if operation.state is State.RUNNING:
        settled = sum(each.state not in _OPEN for each in operation.requests)
        return f"{operation.id}: sending, {settled} of {len(operation.requests)} requests answered"
    return f"{operation.id}: {_counted(operation, action)}"


def ending(operation: Operation, action: AnyAction | None) -> str:
    """What reading has shown, as a sentence; empty where nothing was to be read."""
    if operation.verification is None or operation.verification is Verification.NOT_VERIFIABLE:
        return ""
    verdict = operation.verification.value.replace("_", " ").capitalize()
    return f"{verdict}: {_counted(operation, action)}."


def _counted(operation: Operation, action: AnyAction | None) -> str:
    wanted, must_leave = _wanted(operation, action)
    seen = Seen.read(operation.verified)
    proven = seen.reached & (seen.left if must_leave else seen.reached) & set(wanted)
    if wanted == (THE_ORDER,):
        return "the phones of the order were found" if proven else "the phones of the order are looked for"
    failed = f", {len(seen.failed)} failed" if seen.failed else ""
    return f"{len(proven)} of {phones(len(wanted))} verified{failed}"


def _wanted(operation: Operation, action: AnyAction | None) -> tuple[tuple[str, ...], bool]:
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
