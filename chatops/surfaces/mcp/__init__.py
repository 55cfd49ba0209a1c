"""The door for AI assistants: the Model Context Protocol. What is heavy is imported when it is served."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatops.executor import Executor
    from chatops.principal import Assistant, Principal
    from chatops.settings import Settings
    from chatops.surfaces.mcp.beside import Beside

__all__ = ["serve_http", "serve_stdio"]


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


async def serve_http(
    open_executor: "Callable[[], AbstractAsyncContextManager[Executor]]",
    settings: "Settings",
    others: "Sequence[Beside]" = (),
) -> None:
    """Serve everybody who can say who they are, where the settings say, until SIGTERM or SIGINT; ``others`` beside it.

    Raises:
        ConfigurationError: a setting cannot be used, nobody could say who they are, or nothing can listen there.

    """
    from chatops.listening import listening  # noqa: PLC0415  # see above
    from chatops.surfaces.mcp.http import bind, serve  # noqa: PLC0415  # see above

    listening(settings, settings.port)
    with bind(settings.host, settings.port) as listener:
        await serve(open_executor, listener, listening(settings, listener.getsockname()[1]), others)
