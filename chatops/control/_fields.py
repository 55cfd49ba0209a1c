"""Fields and params that several of the service's own actions share, and how they are written."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import AwareDatetime, Field, JsonValue, PlainSerializer, StringConstraints

from chatops.operations.states import State, Verification
from tools import ReportedId, Result

if TYPE_CHECKING:
    from chatops.operations.records import Operation

OperationId = Annotated[str, StringConstraints(min_length=1, max_length=24)]
"""The id of an operation, op_ and 16 characters."""

Limit = Annotated[int, Field(ge=1, le=50)]


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Moment = Annotated[AwareDatetime, PlainSerializer(_written)]


class OperationRow(Result):
    """One changing call, on one line."""

    operation_id: ReportedId
    state: State
    verification: Verification | None = None
    action: ReportedId
    person: ReportedId
    phones: int
    asked_at: Moment


def row_of(operation: "Operation") -> OperationRow:
    """The operation on one line."""
    return OperationRow(
        operation_id=operation.id,
        state=operation.state,
        verification=operation.verification,
        action=operation.action,
        person=operation.person,
        phones=operation.count,
        asked_at=at(operation.asked_at),
    )


def at(seconds: float) -> datetime:
    """The moment, in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def words(state: State) -> str:
    """A state as people read it."""
    return state.value.replace("_", " ")


def clock(moment: datetime | None) -> str | None:
    """A moment as people read it."""
    return moment.strftime("%Y-%m-%d %H:%M UTC") if moment is not None else None


def flat(document: JsonValue, name: str = "") -> Iterator[tuple[str, str]]:
    """A kept answer as names and values: each row of a list as JSON, in which no text can pass for another field."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from flat(value, key)
    elif isinstance(document, list):
        for number, value in enumerate(document, start=1):
            yield (
                f"{name} {number}",
                value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":")),
            )
    elif document is not None:
        yield name, str(document)
