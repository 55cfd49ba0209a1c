"""One step of one call, as it is written down for ever."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pydantic import JsonValue

from chatops.principal import Principal


class Kind(StrEnum):
    """What happened."""

    ASKED = "asked"
    INVALID = "invalid"
    DENIED = "denied"
    PLANNED = "planned"
    CONSENT_ASKED = "consent_asked"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REFUSED = "consent_refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    SENT = "sent"
    SETTLED = "settled"
    UNKNOWN = "unknown"
    RECONCILED = "reconciled"
    VERIFIED = "verified"
    MISMATCH = "mismatch"
    ANSWERED = "answered"
    LEFT_FOR_PICKUP = "left_for_pickup"
    PICKED_UP = "picked_up"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    RELOAD = "reload"
    GAP = "gap"

    @property
    def is_denial(self) -> bool:
        """Somebody was told no, by a rule or by a person."""
        return self in {Kind.DENIED, Kind.CONSENT_REFUSED}


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """What is known of one step; empty fields are left out. Secrets are masked before they get here.

    ``principal`` is who took the step, None where the service did (an expiry, a watch); ``on_behalf_of`` is whose call
    it is, where that is somebody else. The digests are of the plan and of the text the person saw. ``status`` is how
    it ended, ``error`` a stable code, ``details`` what only this kind has: a reason, an end, a count, results by phone.
    """

    kind: Kind
    principal: Principal | None = None
    on_behalf_of: str | None = None
    action: str | None = None
    params: Mapping[str, JsonValue] | None = None
    targets: tuple[str, ...] = ()
    facts: Mapping[str, JsonValue] | None = None
    rules: tuple[str, ...] = ()
    plan_digest: str | None = None
    text_digest: str | None = None
    approver: str | None = None
    operation: str | None = None
    call: str | None = None
    request_ids: tuple[str, ...] = ()
    status: str | None = None
    error: str | None = None
    details: Mapping[str, JsonValue] | None = None

    @property
    def person(self) -> str | None:
        """Who is found by this event: who took the step, or for whom the service did."""
        return self.principal.person if self.principal else self.on_behalf_of

    def body(self) -> str:
        """All that no column holds, as JSON in a fixed order and in ASCII.

        Raises:
            ValueError: a number that JSON does not know.

        """
        principal = self.principal
        assistant = principal.assistant if principal else None
        content: dict[str, object] = {
            "on_behalf_of": self.on_behalf_of,
            "door": principal.surface.value if principal else None,
            "assistant": {"name": assistant.name, "version": assistant.version} if assistant else None,
            "params": self.params,
            "targets": self.targets,
            "facts": self.facts,
            "rules": self.rules,
            "plan_digest": self.plan_digest,
            "text_digest": self.text_digest,
            "approver": self.approver,
            "call": self.call,
            "request_ids": self.request_ids,
            "status": self.status,
            "error": self.error,
            "details": self.details,
        }
        kept = {key: value for key, value in content.items() if value is not None and value != ()}
        return json.dumps(kept, allow_nan=False, sort_keys=True, separators=(",", ":"), default=dict)
