"""The state that a client carries between a question and its answer: sealed, of use to nobody else, for nothing else.

What is in it is the id of the operation that waits. The seal binds it to person, tool, arguments and server; that it
counts once, and until when, is the operation's own.
"""

from collections.abc import Callable
from typing import Any

from mcp import MCPError
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity

from chatops.audit import AuditEvent, Kind
from chatops.errors import ChatopsError, ConsentGone
from chatops.executor import Executor
from chatops.outcome import Status
from chatops.principal import Principal
from tools import clean_text

PURPOSE = "mcp-request-state"
_SEALED_FOR = 3600.0
"""Seconds: longer than any operation waits for a confirmation, so that the operation tells of being late, in words."""
_INVALID = {"reason": "invalid_request_state"}
_NAME_LIMIT = 64

Context = ServerRequestContext[Any, Any]
PrincipalAt = Callable[[Context], Principal]


class Seal(RequestStateBoundary):
    """Seals and opens, with a key that every process on the store has; what it turns away is in the audit.

    Without a store nothing is asked, and no state is taken.
    """

    def __init__(self, executor: Executor, principal_at: PrincipalAt, *, server: str) -> None:
        self._executor = executor
        self._principal_at = principal_at
        key = executor.key(PURPOSE)
        security = (
            RequestStateSecurity(
                keys=[key], ttl=_SEALED_FOR, bind_principal=lambda context: principal_at(context).person
            )
            if key is not None
            else RequestStateSecurity.ephemeral(ttl=_SEALED_FOR)
        )
        super().__init__(security, default_audience=server)

    async def __call__(self, ctx: Context, call_next: CallNext) -> HandlerResult:
        """Open what comes in, seal what goes out."""
        try:
            return await super().__call__(ctx, call_next)
        except MCPError as error:
            if error.error.data == _INVALID:
                await self._executor.trail.note(self._turned_away(ctx))
            raise

    def _turned_away(self, context: Context) -> AuditEvent:
        try:
            principal = self._principal_at(context)
        except ChatopsError:
            principal = None
        name = str((context.params or {}).get("name", ""))
        return AuditEvent(
            kind=Kind.DENIED,
            principal=principal,
            action=clean_text(name, limit=_NAME_LIMIT, lines=False),
            status=Status.REFUSED.value,
            error=ConsentGone.code,
            details={"reason": "The state of a question is forged, or another call's, or has expired."},
        )
