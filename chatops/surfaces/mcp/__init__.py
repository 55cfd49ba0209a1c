"""The door for AI assistants: the Model Context Protocol. What is heavy is imported when it is served."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatops.executor import Executor
    from chatops.principal import Assistant, Principal

__all__ = ["serve_stdio"]


async def serve_stdio(
    open_executor: "Callable[[], AbstractAsyncContextManager[Executor]]",
    principal_of: "Callable[[Assistant], Principal]",
) -> None:
    """Serve the client at standard input and output until it closes them, or until SIGTERM or SIGINT.

    Raises:
        ConfigurationError: the team file knows nobody here, nothing can be reached, or the streams are closed.

    """
    from chatops.surfaces.mcp.stdio import serve  # noqa: PLC0415  # mcp takes most of a second to import

    await serve(open_executor, principal_of)
