"""Operations as a person reads them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import JsonValue

from chatops.carrying import STATUS_OF
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.rendering import Shown
from tools import Cell, phones


def moment(seconds: float | None) -> str | None:
    """The time, in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def table(operations: tuple[Operation, ...], message: str) -> Shown:
    """Operations, one a line."""
    rows = tuple(
        (
            each.id,
            datetime.fromtimestamp(each.asked_at, UTC).strftime("%Y-%m-%d %H:%M:%S"),
            each.person,
            each.action,
            each.count,
            each.state.value.replace("_", " "),
            each.verification.value.replace("_", " ") if each.verification else None,
        )
        for each in operations
    )
    return Shown(
        message=message,
        columns=("operation", "asked (UTC)", "person", "action", "phones", "state", "verification"),
        rows=rows,
    )


def details(operation: Operation) -> Shown:
    """One operation, with its requests."""
    facts: list[tuple[str, Cell]] = [
        ("action", operation.action),
        ("asked by", f"{operation.person} ({operation.door})"),
        ("through", operation.assistant),
        ("asked", moment(operation.asked_at)),
        ("risk", operation.risk),
        ("phones", operation.count),
        ("rules", ", ".join(operation.rules)),
        ("expires", moment(operation.expires_at) if operation.consumed_at is None else None),
        ("decided by", operation.decided_by),
        ("sent", moment(operation.consumed_at)),
        ("settled", moment(operation.settled_at)),
        ("verification", operation.verification.value if operation.verification else _watch(operation)),
        ("reason", operation.reason),
        ("plan", str(operation.plan.get("text", ""))),
    ]
    facts += [
        (f"request {each.number}", f"{each.state.value}: {phones(len(each.targets))} {each.region or ''}".rstrip())
        for each in operation.requests
    ]
    state = operation.state.value.replace("_", " ")
    return Shown(
        message=f"Operation {operation.id}: {state}.",
        columns=("field", "value"),
        rows=tuple((name, value) for name, value in facts if value not in (None, "")),
    )


def approval(operation: Operation, able: Sequence[str]) -> Shown:
    """The same for whoever decides; ``able`` are those who may."""
    shown = details(operation)
    if operation.state is not State.AWAITING_APPROVAL:
        return shown
    return replace(shown, message=f"{shown.message} May decide: {', '.join(able) or 'nobody'}.")


def _watch(operation: Operation) -> str | None:
    if operation.watch_until is None:
        return None
    return f"being read until {moment(operation.watch_until)}, if somebody watches"


def document(operation: Operation) -> dict[str, JsonValue]:
    """One operation as JSON."""
    return {
        "operation_id": operation.id,
        "status": STATUS_OF[operation.state].value,
        "state": operation.state.value,
        "action": operation.action,
        "person": operation.person,
        "door": operation.door,
        "assistant": operation.assistant,
        "risk": operation.risk,
        "count": operation.count,
        "params": operation.params,
        "plan": operation.plan,
        "rules": [*operation.rules],
        "asked_at": moment(operation.asked_at),
        "expires_at": moment(operation.expires_at),
        "decided_by": operation.decided_by,
        "consumed_at": moment(operation.consumed_at),
        "settled_at": moment(operation.settled_at),
        "verification": operation.verification.value if operation.verification else None,
        "verified": operation.verified,
        "reason": operation.reason,
        "result": operation.result,
        "requests": [
            {
                "number": each.number,
                "state": each.state.value,
                "region": each.region,
                "targets": [*each.targets],
                "request_ids": [*each.request_ids],
                "error": each.error,
            }
            for each in operation.requests
        ],
    }
