"""The states of an operation, of its requests, and of what was verified."""

from enum import StrEnum


class State(StrEnum):
    """Where an operation stands."""

    AWAITING_CONFIRMATION = "awaiting_confirmation"
    """The person at the door is being asked."""
    AWAITING_APPROVAL = "awaiting_approval"
    """Another person has to say yes."""
    APPROVED = "approved"
    """Another person has said yes; the consent is not used yet."""
    RUNNING = "running"
    """The consent is used; requests are being sent."""
    WATCHING = "watching"
    """Every request is settled; what became of the phones is being read."""
    DONE = "done"
    PARTIAL = "partial"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUSED = "refused"


AWAITING = frozenset({State.AWAITING_CONFIRMATION, State.AWAITING_APPROVAL})
OPEN = AWAITING | {State.APPROVED, State.RUNNING, State.WATCHING}
ENDED = frozenset(State) - OPEN


class RequestState(StrEnum):
    """Where one request to the API stands."""

    PLANNED = "planned"
    SENT = "sent"
    """It is on its way, or was when its process died."""
    ACCEPTED = "accepted"
    FAILED = "failed"
    """The API said no, or it surely never arrived."""
    UNKNOWN = "unknown"
    """It may have been carried out."""
    NEVER_SENT = "never_sent"


class Verification(StrEnum):
    """What reading afterwards has shown."""

    VERIFIED = "verified"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"
    NOT_VERIFIABLE = "not_verifiable"
