"""What happened: events that are only ever added, each chained to the one before under a key."""

from chatops.audit.anchors import Anchor, anchor
from chatops.audit.event import AuditEvent, Kind
from chatops.audit.exports import Style, export
from chatops.audit.missed import Missed
from chatops.audit.reading import Filter, Recorded, every, show
from chatops.audit.trail import Trail, open_trail
from chatops.audit.unwritten import Unwritten
from chatops.audit.verification import Verification, verify

__all__ = [
    "Anchor",
    "AuditEvent",
    "Filter",
    "Kind",
    "Missed",
    "Recorded",
    "Style",
    "Trail",
    "Unwritten",
    "Verification",
    "anchor",
    "every",
    "export",
    "open_trail",
    "show",
    "verify",
]
