"""What went wrong with one attempt, before it is known what a caller is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

from chatops.errors import OutcomeUnknown, UpstreamError


class Fate(Enum):
    """What became of the request."""

    UNSENT = "unsent"
    """It surely never reached the API."""
    UNPROCESSED = "unprocessed"
    """It was turned away before anything was done: too many requests, or not authenticated."""
    REFUSED = "refused"
    """It was understood and answered with a no."""
    UNCERTAIN = "uncertain"
    """It may have been carried out."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One failed attempt. ``transient`` says that a read may try again, ``stale`` that a new token may help.

    ``refused_credentials`` says that the key or the password itself was not accepted: a few of these lock it.
    ``quote`` is the server's own text, cleaned.
    """

    error: type[UpstreamError]
    message: str
    fate: Fate
    next_step: str = ""
    transient: bool = False
    stale: bool = False
    refused_credentials: bool = False
    retry_after: float | None = None
    upstream_code: str | None = None
    quote: str = ""

    def when_changing(self) -> Self:
        """The same, as seen by someone who asked for a change: what may have been done is never called a failure."""
        if self.fate is not Fate.UNCERTAIN:
            return self
        return replace(
            self,
            error=OutcomeUnknown,
            message=f"It is not known whether the change was made. {self.message}",
            next_step="Read the state of the phones before doing anything again.",
        )

    def noting(self, sentence: str) -> Self:
        """The same, with a sentence added to the message."""
        return replace(self, message=f"{self.message} {sentence}")

    def exception(self, request_ids: Sequence[str]) -> UpstreamError:
        """What is raised to the caller."""
        # A code of the reference that is not worth repeating (9000, 9999) says so, whatever its class usually says.
        hopeless = self.upstream_code is not None and not self.transient
        retryable = (
            None if self.error.retryable and not hopeless else self.transient and self.error is not OutcomeUnknown
        )
        return self.error(
            self.message,
            next_step=self.next_step,
            retry_after=self.retry_after,
            upstream_code=self.upstream_code,
            request_ids=request_ids,
            retryable=retryable,
            quote=self.quote,
        )


class AttemptFailed(Exception):
    """An attempt ended with a problem. Never leaves this package."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem
