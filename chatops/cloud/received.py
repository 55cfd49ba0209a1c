"""An answer as it came, before anybody has judged it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from pydantic import JsonValue

from chatops.cloud.documents import Unreadable, inflate, read_document

_DELAY = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, kw_only=True)
class Received:
    """An answer as it came: header names in lower case, the body within bounds.

    ``damage`` is a phrase that says why the body could not be read to its end, or None.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    damage: str | None = None

    @property
    def is_success(self) -> bool:
        """Any 2xx: the reference lists 201, 202 and 204 next to 200 (conflict 36)."""
        return 200 <= self.status < 300  # noqa: PLR2004  # HTTP

    @property
    def is_empty(self) -> bool:
        """Whether there was no body, and that on purpose."""
        return not self.body and self.damage is None

    def document(self) -> JsonValue:
        """The JSON value in the body.

        Raises:
            Unreadable: there is none that can be trusted.

        """
        if self.damage is not None:
            raise Unreadable(self.damage)
        return read_document(inflate(self.body, self.headers.get("content-encoding", "")))

    def retry_after(self, now: float) -> float | None:
        """Seconds to wait, from either form of the header; None where it says nothing that can be understood."""
        text = self.headers.get("retry-after", "").strip()
        if _DELAY.fullmatch(text):
            return float(text)
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return max(moment.timestamp() - now, 0.0)
