"""In place of the trail where there is no store: what cannot be written down is said, each time."""

import logging
from collections.abc import Sequence

from chatops.audit.event import AuditEvent
from chatops.audit.missed import Missed

_log = logging.getLogger(__name__)


class Unwritten:
    """Takes events that nobody will find. They are counted in ``missed``, so that the audit tells of the gap later."""

    def __init__(self, missed: Missed | None = None) -> None:
        self._missed = missed or Missed()

    @property
    def gaps(self) -> Sequence[str]:
        """What whoever reads an answer has to know."""
        return ("This call could not be written to the audit; tell whoever runs this service.",)

    async def note(self, *events: AuditEvent) -> bool:
        """False: they could not be written."""
        for event in events:
            self.later(event)
        return False

    def later(self, event: AuditEvent) -> None:
        """Say on the log what the audit does not hold: who did what, without params."""
        self._missed.add(1)
        _log.error("not in the audit: %s %s by %s", event.kind.value, event.action, event.person)
