"""SIGHUP: team file and policy are read again, and what could not be used changes nothing."""

import logging
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio

from chatops.audit import AuditEvent, Kind, Trail, Unwritten
from chatops.policy import Kept, PolicyHolder, Reloaded

_log = logging.getLogger(__name__)


@asynccontextmanager
async def reloading(policy: PolicyHolder, trail: Trail | Unwritten, taken: Callable[[], None]) -> AsyncIterator[None]:
    """Reload at every SIGHUP until the block ends; ``taken`` is told when something else is in force."""
    with anyio.open_signal_receiver(signal.SIGHUP) as signals:
        async with anyio.create_task_group() as group:

            async def listen() -> None:
                async for _ in signals:
                    await reload(policy, trail, taken)

            group.start_soon(listen)
            try:
                yield
            finally:
                group.cancel_scope.cancel()


async def reload(
    policy: PolicyHolder, trail: Trail | Unwritten, taken: Callable[[], None], *, news_only: bool = False
) -> None:
    """Read everything again, and write down what came of it; with ``news_only``, not that nothing did."""
    outcome = await anyio.to_thread.run_sync(policy.reload)
    if news_only and outcome == Reloaded(changes=()):
        return
    if isinstance(outcome, Kept):
        _log.error("nothing was reloaded, what was in force stays: %s", outcome.error.message)
        await trail.note(AuditEvent(kind=Kind.RELOAD, status="failed", error=outcome.error.code))
        return
    taken()
    _log.warning("reloaded: %s", "; ".join(outcome.changes) or "nothing has changed")
    await trail.note(AuditEvent(kind=Kind.RELOAD, status="done", details={"changes": [*outcome.changes]}))
