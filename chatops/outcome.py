"""What the executor hands a door: one object, the same words on every door."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import JsonValue

from chatops.errors import ChatopsError
from tools import OPEN, AnyAction, Params, Result, clean_text

_MESSAGE_LIMIT = 1000


class Status(StrEnum):
    """How a call ended, or stands."""

    ACCEPTED = "accepted"
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    REFUSED = "refused"
    INVALID = "invalid"


_EXIT_CODES = {
    Status.ACCEPTED: 0,
    Status.DONE: 0,
    Status.PARTIAL: 1,
    Status.FAILED: 1,
    Status.UNKNOWN: 5,
    Status.DECLINED: 3,
    Status.REFUSED: 3,
    Status.INVALID: 2,
}
_NO_ERROR = frozenset({Status.ACCEPTED, Status.DONE, Status.DECLINED})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of one call. ``result`` is there when the API answered, ``error`` when something went wrong."""

    status: Status
    message: str
    action: AnyAction | None = None
    params: Params | None = None
    result: Result | None = None
    error: ChatopsError | None = None
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """The exit code of a terminal command."""
        return _EXIT_CODES[self.status]

    @property
    def is_error(self) -> bool:
        """Whether an assistant is told that the call failed."""
        return self.status not in _NO_ERROR

    def payload(self, *, reveal: bool = False) -> dict[str, JsonValue]:
        """The JSON object of the terminal's --json and of MCP's structured content; absent keys are left out."""
        answer: dict[str, JsonValue] = {"status": self.status.value, "message": self.message}
        if self.result is not None:
            context = OPEN if reveal else None
            answer["data"] = self.result.model_dump(mode="json", exclude_none=True, context=context)
        if self.error is not None:
            answer["error"] = describe(self.error)
        if self.warnings:
            answer["warnings"] = list(self.warnings)
        return answer


def describe(error: ChatopsError) -> dict[str, JsonValue]:
    """The error as JSON; absent keys are left out."""
    entries: dict[str, Any] = {
        "code": error.code,
        "message": clean_text(error.message, limit=_MESSAGE_LIMIT, lines=False),
        "retryable": error.retryable,
        "retry_after": error.retry_after,
        "next_step": error.next_step or None,
        "upstream_code": error.upstream_code,
        "request_id": error.request_ids[-1] if error.request_ids else None,
    }
    return {key: value for key, value in entries.items() if value is not None}
