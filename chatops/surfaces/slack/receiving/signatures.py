"""Whether a request over HTTP is Slack's: its signature, and its age."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

_WINDOW = 300
_LONGEST_STAMP = 12
_VERSION = "v0"


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """Verifies. ``now`` is the time of day, in seconds since the epoch."""

    secret: SecretStr
    now: Callable[[], float]

    def is_good(self, body: bytes, stamp: str, signature: str) -> bool:
        """Whether Slack has signed this, within the last five minutes. Nonsense is not good, and no error."""
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= _LONGEST_STAMP):
            return False
        if abs(self.now() - int(stamp)) > _WINDOW:
            return False
        signed = f"{_VERSION}:{stamp}:".encode() + body
        expected = hmac.digest(self.secret.get_secret_value().encode(), signed, hashlib.sha256).hex()
        return hmac.compare_digest(f"{_VERSION}={expected}".encode(), signature.encode())
