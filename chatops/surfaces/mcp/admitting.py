"""Who is behind a request: the person this door knows, and what the assistant says of itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mcp import MCPError, types
from mcp.server.context import ServerRequestContext

from chatops.errors import PersonUnknown
from chatops.executor import Executor
from chatops.principal import Assistant, Principal, Surface
from tools import clean_text

_NAME_LIMIT = 64
_VERSION_LIMIT = 32

Context = ServerRequestContext[Any, Any]
PrincipalOf = Callable[[Assistant], Principal]


@dataclass(frozen=True, kw_only=True)
class Admission:
    """Tells who asks. ``principal_of`` knows the person, and is told what the assistant says of itself."""

    executor: Executor
    principal_of: PrincipalOf

    def of(self, context: Context) -> Principal:
        """Who asks.

        Raises:
            MCPError: somebody who was known when this began, and whom the team file does not name any more.

        """
        try:
            return self.principal_of(assistant_of(context))
        except PersonUnknown as stranger:
            raise MCPError(types.INVALID_REQUEST, stranger.message) from stranger

    async def noted(self, context: Context) -> Principal:
        """The same; whoever is turned away is in the audit."""
        try:
            return self.of(context)
        except MCPError as error:
            if isinstance(error.__cause__, PersonUnknown):
                await self.executor.turn_away(error.__cause__, Surface.MCP)
            raise


def assistant_of(context: Context) -> Assistant:
    """What the client says of itself with this request, or said in its handshake: a claim, cleaned and bounded."""
    said = context.session.client_params
    name, version = (said.client_info.name, said.client_info.version) if said is not None else ("", "")
    return Assistant(
        name=clean_text(name, limit=_NAME_LIMIT, lines=False).strip() or "unnamed",
        version=clean_text(version, limit=_VERSION_LIMIT, lines=False).strip() or "unknown",
    )
