"""MCP over standard input and output, until the client closes it or a signal ends it."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import cast

import anyio
from anyio.abc import TaskStatus
from mcp.server.stdio import stdio_server

from chatops.executor import Executor
from chatops.surfaces.mcp.admitting import PrincipalOf
from chatops.surfaces.mcp.announcing import keep_announcing
from chatops.surfaces.mcp.screening import Screened
from chatops.surfaces.mcp.server import build_server
from chatops.surfaces.mcp.wire import Wire, claim

OpenExecutor = Callable[[], AbstractAsyncContextManager[Executor]]


async def serve(open_executor: OpenExecutor, principal_of: PrincipalOf) -> None:
    """Serve one client.

    On SIGTERM and SIGINT reads are dropped, a changing call that was sent is waited for; a second signal does not wait.
    """
    with anyio.CancelScope() as scope:
        wire = claim(scope.cancel)
        if os.isatty(wire.inbound):
            sys.stderr.write("Serving MCP on standard input and output; an assistant's client starts this.\n")
        async with open_executor() as executor, anyio.create_task_group() as tasks:
            await tasks.start(_end_on_signal, scope)
            await _serve_on(wire, executor, principal_of)
            tasks.cancel_scope.cancel()


async def _serve_on(wire: Wire, executor: Executor, principal_of: PrincipalOf) -> None:
    server = build_server(executor, principal_of)
    # The SDK asks for a file of anyio and uses what a wire has: lines, write and flush.
    file = cast("anyio.AsyncFile[str]", Screened(wire=wire))
    async with anyio.create_task_group() as tasks, stdio_server(stdin=file, stdout=file) as (inbound, outbound):
        await tasks.start(keep_announcing, server, executor)
        await server.run(inbound, outbound, server.create_initialization_options())
        tasks.cancel_scope.cancel()


async def _end_on_signal(scope: anyio.CancelScope, *, task_status: TaskStatus[None]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for _ in signals:
            scope.cancel()
            break
