"""The protocol over HTTP: both eras, with the sessions of the older one, of which nobody has more than their part."""

from typing import Final

from mcp.server.auth.middleware.bearer_auth import AuthorizationContext
from mcp.server.streamable_http import StreamableHTTPServerTransport
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from chatops.listening import Listening
from chatops.surfaces.mcp.announcing import MOST_SESSIONS, Announcing

BODY_LIMIT: Final = 1024 * 1024
IDLE_SECONDS: Final = 600.0
"""After which a session of the older era is forgotten; its client begins another one."""

MOST_OF_ONE: Final = 32
"""Sessions of one person, whichever tokens they use."""


class Sessions(StreamableHTTPSessionManager):
    """The SDK's, which counts the sessions of all; here nobody takes what is there for everybody."""

    def _admit_session(self, requestor: AuthorizationContext | None) -> StreamableHTTPServerTransport | None:
        """Register a new session; None, which the client is told, where there are too many."""
        own = sum(owner == requestor for owner in self._session_owners.values())
        return super()._admit_session(requestor) if own < MOST_OF_ONE else None


def sessions_of(server: Announcing, where: Listening) -> Sessions:
    """The protocol over HTTP, in both eras, for whoever has passed the gate. Tests of the protocol alone have none."""
    return Sessions(
        server,
        # Streams, and sessions: without them the older era could be told nothing while a call is under way.
        json_response=False,
        stateless=False,
        security_settings=TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=[*where.hosts],
            allowed_origins=[*where.origins],
        ),
        session_idle_timeout=IDLE_SECONDS,
        max_request_body_size=BODY_LIMIT,
        max_sessions=MOST_SESSIONS,
    )
