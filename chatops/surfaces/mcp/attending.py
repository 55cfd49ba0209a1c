"""A client that waits for a call: it hears how far the call is, and when it leaves the call gets to know."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream
from mcp.server.session import ServerSession

from chatops.leaving import Caller, waited_for_by
from chatops.progress import Progress, hearing

_UNTOLD = 32
"""How much progress waits for a client that does not read; what comes then is left out, its answer is what counts."""


@asynccontextmanager
async def attended(session: ServerSession) -> AsyncIterator[None]:
    """Until the block ends, progress goes to the client if it asked for it, and a cancellation is told inside."""
    caller, noticing = Caller(), anyio.CancelScope()
    reports, heard = anyio.create_memory_object_stream[Progress](_UNTOLD)

    def hear(progress: Progress) -> None:
        with suppress(anyio.WouldBlock, anyio.BrokenResourceError, anyio.ClosedResourceError):
            reports.send_nowait(progress)

    async with anyio.create_task_group() as group:
        group.start_soon(_notice, caller, noticing)
        group.start_soon(_tell, session, heard)
        with reports, waited_for_by(caller), hearing(hear):
            yield
        noticing.cancel()


async def _notice(caller: Caller, noticing: anyio.CancelScope) -> None:
    """The end of this task is the end of the client's waiting; what is shielded from it goes on."""
    with noticing:
        try:
            await anyio.sleep_forever()
        finally:
            caller.left = True


async def _tell(session: ServerSession, heard: MemoryObjectReceiveStream[Progress]) -> None:
    """Progress never goes back, also where one part of the work follows another."""
    last, begun, told = Progress(done=0, total=None, what=""), 0.0, 0.0
    async with heard:
        async for progress in heard:
            if progress.done <= last.done and progress != last:
                begun = told
            last, before, told = progress, told, max(told, begun + progress.done)
            if told > before:
                total = begun + progress.total if progress.total is not None else None
                await session.report_progress(told, total, progress.what)
