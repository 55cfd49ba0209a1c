"""The state that a client carries between a question and its answer: sealed, of use to nobody else, for nothing else.

What is in it is the id of the operation that waits. The seal binds it to person, tool, arguments and server; that it
counts once, and until when, is the operation's own.
"""

from collections.abc import Callable
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity

from chatops.executor import Executor

PURPOSE = "mcp-request-state"
_SEALED_FOR = 3600.0
"""Seconds: longer than any operation waits for a confirmation, so that the operation tells of being late, in words."""


def boundary(
    executor: Executor, person_of: Callable[[ServerRequestContext[Any, Any]], str], *, server: str
) -> RequestStateBoundary:
    """What seals and opens it, with a key that every process on the store has; without a store nothing is asked."""
    key = executor.key(PURPOSE)
    if key is None:
        security = RequestStateSecurity.ephemeral(ttl=_SEALED_FOR)
        return RequestStateBoundary(security, default_audience=server)
    security = RequestStateSecurity(keys=[key], ttl=_SEALED_FOR, bind_principal=person_of)
    return RequestStateBoundary(security, default_audience=server)
