"""What a client is told when a handler fails: an error of ours in its own words, any other as an id of the log."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from mcp import MCPError, types

from chatops.errors import ChatopsError
from chatops.surfaces.mcp.shelf import Context

P = TypeVar("P")
R = TypeVar("R")
_LOG = logging.getLogger(__name__)


def guarded(
    new_id: Callable[[], str], handler: Callable[[Context, P], Awaitable[R]]
) -> Callable[[Context, P], Awaitable[R]]:
    """The handler; what escapes it is told without its text, which the SDK would pass on to older clients."""

    async def handle(context: Context, params: P) -> R:
        try:
            return await handler(context, params)
        except MCPError:
            raise
        except ChatopsError as error:
            raise MCPError(types.INTERNAL_ERROR, f"{error.message} {error.next_step}".strip()) from None
        except Exception:  # noqa: BLE001  # what is logged here is not told
            incident = new_id()
            _LOG.exception("%s %s ended with an error", context.method, incident)
            raise MCPError(types.INTERNAL_ERROR, f"An error inside chatops, {incident} in its log.") from None

    return handle
