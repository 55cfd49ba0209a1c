"""Everything that can go wrong, as one tree. Each leaf has a stable code and says what to do next.

ChatopsError
├── ConfigurationError          a setting or the team file is wrong: file, line and the fix
│   └── PersonUnknown           the team file does not name whoever is at the door
├── InvalidParams               the arguments are wrong; nothing was sent
├── Refusal                     we said no; nothing was sent
│   ├── UnknownAction           there is no such action, or not for this person
│   ├── PermissionMissing       the person's roles do not include it
│   ├── OperationUnknown        there is no such operation, or it is somebody else's
│   ├── TargetsUnknown          the fleet has not all of these phones
│   ├── TargetsEmpty            the filter matches no phone
│   ├── PolicyDenied            a rule forbids it
│   ├── ConsentMissing          a confirmation or an approval is needed and cannot be had here
│   ├── NoApproverReachable     another person would have to say yes, and none can be asked
│   ├── ConsentGone             the consent is used, withdrawn or denied
│   ├── PickupGone              nothing waits for this person: taken, expired, or not theirs
│   ├── ConsentExpired          the consent came too late
│   └── FactsChanged            what was consented to is no longer what would happen
├── AuditUnavailable            what would happen cannot be written down, so it does not happen
├── StoreUnavailable            the database is full, locked, lost or damaged; the transaction did not happen
├── UsageInvalid                the command line is wrong
├── SystemRefused               the operating system did not do what was asked of it
├── TimedOut                    something that was waited for did not come in time
├── SlackError              Slack, or the way to it
│   ├── SlackRejected           Slack said no, with a code
│   └── SlackUnavailable        Slack gave no usable answer; whether a message was posted may be unknown
├── InternalError               a fault of ours
└── UpstreamError               the API, or the way to it
    ├── RequestTooLarge         refused before signing
    ├── RequestTooWide          too many phones, or regions, for one request; nothing was sent
    ├── ThrottleFull            waited too long for our own throttle; nothing was sent
    ├── AuthenticationFailed    the credentials are not accepted
    ├── UpstreamRejected        the API said no, with a code
    ├── UpstreamThrottled       the API said "too many requests"
    ├── UpstreamUnavailable     no answer, or one that promises an answer later; nothing was changed
    ├── UpstreamContractBroken  an answer that cannot be read
    └── OutcomeUnknown          a changing request may or may not have been carried out
"""

from collections.abc import Sequence
from typing import ClassVar


class ChatopsError(Exception):
    """An error with a stable code, whose message a person may read.

    ``retry_after`` is in seconds. ``request_ids`` are the ids of every request that was sent, oldest first.
    ``upstream_message`` is what the API itself said: untrusted text, never a part of ``message``.
    """

    code: ClassVar[str]
    retryable: bool = False

    def __init__(
        self,
        message: str,
        *,
        next_step: str = "",
        retry_after: float | None = None,
        upstream_code: str | None = None,
        upstream_message: str | None = None,
        request_ids: Sequence[str] = (),
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.retry_after = retry_after
        self.upstream_code = upstream_code
        self.upstream_message = upstream_message
        self.request_ids = tuple(request_ids)
        if retryable is not None:
            self.retryable = retryable


class ConfigurationError(ChatopsError):
    """A setting, or the team file, cannot be used."""

    code = "configuration_invalid"


class PersonUnknown(ConfigurationError):
    """The team file does not name whoever is at the door. ``account`` is who they are to the operating system."""

    code = "person_unknown"

    def __init__(self, message: str, *, account: str, next_step: str) -> None:
        super().__init__(message, next_step=next_step)
        self.account = account


class InvalidParams(ChatopsError):
    """The arguments are not what the action takes.

    ``problems`` are names of arguments, each with a code, and never what stood in them: that may be a secret.
    """

    code = "invalid_params"

    def __init__(self, message: str, *, next_step: str = "", problems: Sequence[str] = ()) -> None:
        super().__init__(message, next_step=next_step)
        self.problems = tuple(problems)


class Refusal(ChatopsError):
    """We said no before anything was sent."""

    code = "refused"


class UnknownAction(Refusal):
    """There is no such action for this person. Forbidden and unknown are answered alike to an assistant."""

    code = "unknown_action"


class PermissionMissing(Refusal):
    """The person's roles do not include the permission."""

    code = "permission_missing"


class OperationUnknown(Refusal):
    """There is no such operation, or it is not this person's to look at: both look alike."""

    code = "operation_unknown"


class ConsentMissing(Refusal):
    """A confirmation or an approval is needed and cannot be had here."""

    code = "consent_missing"


class TargetsUnknown(Refusal):
    """The fleet has not all of these phones."""

    code = "targets_unknown"


class TargetsEmpty(Refusal):
    """The filter matches no phone."""

    code = "targets_empty"


class PolicyDenied(Refusal):
    """A rule of the policy forbids it."""

    code = "policy_denied"


class NoApproverReachable(Refusal):
    """Another person would have to say yes, and none can be asked."""

    code = "no_approver_reachable"


class ConsentGone(Refusal):
    """The consent is used, withdrawn or denied."""

    code = "consent_gone"


class PickupGone(Refusal):
    """Nothing waits to be picked up: it was taken, has expired, or is somebody else's."""

    code = "pickup_gone"


class ConsentExpired(Refusal):
    """The consent came too late."""

    code = "consent_expired"


class FactsChanged(Refusal):
    """What was consented to is no longer what would happen."""

    code = "facts_changed"


class AuditUnavailable(ChatopsError):
    """The audit cannot be written, so nothing is sent."""

    code = "audit_unavailable"


class StoreUnavailable(ChatopsError):
    """The store cannot be read or written just now; nothing of the transaction was kept."""

    code = "store_unavailable"


class UsageInvalid(ChatopsError):
    """The command line is wrong; nothing was done."""

    code = "usage_invalid"


class SystemRefused(ChatopsError):
    """The operating system did not do what was asked of it: a full disk, a missing file, a port that is taken."""

    code = "system_error"


class TimedOut(ChatopsError):
    """Something that was waited for did not come in time, and nothing more precise is known."""

    code = "timed_out"


class InternalError(ChatopsError):
    """A fault of ours. The details are in `errors.log` in the state folder, or in the log of `chatops mcp`."""

    code = "internal_error"


class SlackError(ChatopsError):
    """Slack, or the way to it."""

    code = "slack_error"


class SlackRejected(SlackError):
    """Slack understood and refused; ``upstream_code`` says why."""

    code = "slack_rejected"


class SlackUnavailable(SlackError):
    """Slack gave no usable answer; whether a message was posted may be unknown."""

    code = "slack_unavailable"
    retryable = True


class UpstreamError(ChatopsError):
    """The CloudDevice API, IAM, or the network between."""

    code = "upstream_error"


class RequestTooLarge(UpstreamError):
    """A signed body may have 12 MB (section 3.2 of the reference)."""

    code = "request_too_large"


class RequestTooWide(UpstreamError):
    """One request names more phones, or phones of more regions, than the API takes at once; nothing was sent."""

    code = "request_too_wide"


class ThrottleFull(UpstreamError):
    """Our own throttle had no place in time; nothing was sent."""

    code = "throttle_full"
    retryable = True


class AuthenticationFailed(UpstreamError):
    """The credentials were not accepted. Not repeated: five bad signatures lock a key."""

    code = "authentication_failed"


class UpstreamRejected(UpstreamError):
    """The API understood and refused; ``upstream_code`` says why."""

    code = "upstream_rejected"


class UpstreamThrottled(UpstreamError):
    """Too many requests; the request was not processed."""

    code = "upstream_throttled"
    retryable = True


class UpstreamUnavailable(UpstreamError):
    """No usable answer, and certainly nothing changed."""

    code = "upstream_unavailable"
    retryable = True


class UpstreamContractBroken(UpstreamError):
    """The answer is not what the reference describes and cannot be trusted."""

    code = "upstream_contract_broken"


class OutcomeUnknown(UpstreamError):
    """A changing request was sent and not answered: it may have happened. Never repeated by us."""

    code = "outcome_unknown"
