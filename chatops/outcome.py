"""What the executor hands a door: one object, the same words on every door."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from chatops.errors import (
    AuditUnavailable,
    ChatopsError,
    InvalidParams,
    OutcomeUnknown,
    Refusal,
    StoreUnavailable,
)
from tools import OPEN, AnyAction, Params, Result, safe_text

_MESSAGE_LIMIT = 1000
_QUOTE_LIMIT = 256


class Status(StrEnum):
    """How a call ended, or stands."""

    PLANNED = "planned"
    APPROVAL_REQUIRED = "approval_required"
    ACCEPTED = "accepted"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    INVALID = "invalid"


_EXIT_CODES = {
    Status.PLANNED: 0,
    Status.APPROVAL_REQUIRED: 4,
    Status.ACCEPTED: 0,
    Status.DONE: 0,
    Status.PARTIAL: 1,
    Status.FAILED: 1,
    Status.UNKNOWN: 5,
    Status.DECLINED: 3,
    Status.EXPIRED: 3,
    Status.CANCELLED: 3,
    Status.REFUSED: 3,
    Status.INVALID: 2,
}
_ERRORS = frozenset({Status.PARTIAL, Status.FAILED, Status.UNKNOWN, Status.REFUSED, Status.INVALID})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of one call. ``result`` is there when the API answered, ``error`` when something went wrong.

    ``contradicted`` says that the API has taken it, and that reading afterwards shows otherwise: whoever goes by exit
    codes alone must not take that for a success.
    """

    status: Status
    message: str
    action: AnyAction | None = None
    params: Params | None = None
    result: Result | None = None
    error: ChatopsError | None = None
    warnings: tuple[str, ...] = ()
    operation_id: str | None = None
    plan: Mapping[str, JsonValue] | None = None
    contradicted: bool = False

    @property
    def exit_code(self) -> int:
        """The exit code of a terminal command."""
        return _EXIT_CODES[self.status] or int(self.contradicted)

    @property
    def is_error(self) -> bool:
        """Whether an assistant is told that the call failed."""
        return self.status in _ERRORS or self.contradicted

    def payload(self, *, reveal: bool = False) -> dict[str, JsonValue]:
        """The JSON object of the terminal's --json and of MCP's structured content; absent keys are left out."""
        answer: dict[str, JsonValue] = {"status": self.status.value, "message": self.message}
        if self.result is not None:
            context = OPEN if reveal else None
            answer["data"] = self.result.model_dump(mode="json", exclude_none=True, context=context)
        if self.operation_id is not None:
            answer["operation_id"] = self.operation_id
        if self.plan is not None:
            answer["plan"] = dict(self.plan)
        if self.error is not None:
            answer["error"] = describe(self.error)
        if self.warnings:
            answer["warnings"] = list(self.warnings)
        return answer


def describe(error: ChatopsError) -> dict[str, JsonValue]:
    """The error as JSON; absent keys are left out."""
    entries: dict[str, Any] = {
        "code": error.code,
        "message": safe_text(error.message, limit=_MESSAGE_LIMIT, lines=False),
        "retryable": error.retryable,
        "retry_after": error.retry_after,
        "next_step": error.next_step or None,
        "upstream_code": error.upstream_code,
        "upstream_message": quoted(error),
        "request_id": error.request_ids[-1] if error.request_ids else None,
    }
    return {key: value for key, value in entries.items() if value is not None}


def quoted(error: ChatopsError | None) -> str | None:
    """What the API itself said, in a line: data, to be marked as such wherever it is shown."""
    if error is None or not error.upstream_message:
        return None
    return safe_text(error.upstream_message, limit=_QUOTE_LIMIT, lines=False)


def status_of(error: ChatopsError) -> Status:
    """How a call ends that ends with this error."""
    if isinstance(error, InvalidParams):
        return Status.INVALID
    if isinstance(error, (Refusal, AuditUnavailable, StoreUnavailable)):
        return Status.REFUSED
    return Status.UNKNOWN if isinstance(error, OutcomeUnknown) else Status.FAILED


def ended(error: ChatopsError, *, action: AnyAction | None = None, params: Params | None = None) -> Outcome:
    """The outcome of a call that this error has ended."""
    return Outcome(status=status_of(error), message=error.message, action=action, params=params, error=error)
