"""Who was not let in is in the audit: the first of each minute by themselves, the rest of a flood as a number."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import anyio
from pydantic import JsonValue
from starlette.datastructures import Headers
from starlette.types import Scope

from chatops.audit import AuditEvent, Kind
from chatops.outcome import Status
from chatops.principal import Surface
from tools import safe_text

MOST: Final = 20
"""Events of one period; a flood fills no disk, and hides nobody who came before it."""

PERIOD: Final = 60.0
_WHY_LIMIT = 512
_CLAIM_LIMIT = 128

TOKEN_REFUSED: Final = "token_refused"  # noqa: S105  # a code, no token
PERSON_UNKNOWN: Final = "person_unknown"
SCOPE_MISSING: Final = "scope_missing"


@dataclass(kw_only=True)
class Refusals:
    """Writes down refusals with ``write``, which waits for nothing. ``now`` counts seconds."""

    write: Callable[[AuditEvent], None]
    now: Callable[[], float]
    most: int = MOST
    period: float = PERIOD
    _begun: float = float("-inf")
    _written: int = 0
    _left_out: int = 0
    _flood: anyio.Event = field(default_factory=anyio.Event)

    def note(self, code: str, why: str, scope: Scope, *, person: str | None = None) -> None:
        """Somebody was refused. A request without any token is how clients ask where to get one: not for here."""
        if self.now() - self._begun >= self.period:
            self.tell_rest()
            self._begun, self._written = self.now(), 0
        if self._written >= self.most:
            self._left_out += 1
            self._flood.set()
            return
        self._written += 1
        details: dict[str, JsonValue] = {
            "door": Surface.MCP.value,
            "why": safe_text(why, limit=_WHY_LIMIT, lines=False),
        }
        self.write(_refused(code, {**details, **_whence(scope)}, person))

    def tell_rest(self) -> None:
        """Write down how many were refused and not written down by themselves."""
        left_out, self._left_out = self._left_out, 0
        if left_out:
            why = f"{left_out} more refusals within {self.period:.0f} seconds are not listed one by one."
            self.write(_refused(TOKEN_REFUSED, {"door": Surface.MCP.value, "why": why, "refusals": left_out}, None))

    async def keep_telling(self) -> None:
        """Tell of a flood also when nobody comes after it; for a task of its own, which tells the rest at its end."""
        try:
            while True:
                await self._flood.wait()
                await anyio.sleep(max(0.0, self._begun + self.period - self.now()))
                self._flood = anyio.Event()
                self.tell_rest()
        finally:
            self.tell_rest()


def _refused(code: str, details: dict[str, JsonValue], person: str | None) -> AuditEvent:
    return AuditEvent(kind=Kind.DENIED, on_behalf_of=person, status=Status.REFUSED.value, error=code, details=details)


def _whence(scope: Scope) -> dict[str, JsonValue]:
    """The address that connected, and what it says: behind something that ends TLS, the address is that one's."""
    headers = Headers(scope=scope)
    said = {"forwarded_for": headers.get("x-forwarded-for"), "user_agent": headers.get("user-agent")}
    claims = {key: safe_text(value, limit=_CLAIM_LIMIT, lines=False) for key, value in said.items() if value}
    client = scope.get("client")
    return {**({"address": str(client[0])} if client else {}), **claims}
