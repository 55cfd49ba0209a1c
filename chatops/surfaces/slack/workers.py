"""Works on what has come in: a bounded number of requests at once, taken from the store."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import anyio

from chatops.errors import ChatopsError
from chatops.surfaces.slack.handler import Handler, TakenOver
from chatops.surfaces.slack.inbox import LEASE, Inbox, State, Taken
from chatops.surfaces.slack.received import Received

AT_ONCE = 8
_LOG = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(kw_only=True)
class Workers:
    """Takes requests and hands them to the flows, until it is cancelled.

    Requests of this process wake a worker. Those that others have left, or whose wake came to nothing, are found by
    one that looks every ``looks_after`` seconds, for all workers.
    """

    inbox: Inbox
    handler: Handler
    at_once: int = AT_ONCE
    looks_after: float = 2.0
    sweeps_after: float = 5.0
    _news: anyio.Semaphore = field(default_factory=lambda: anyio.Semaphore(0), init=False)
    _is_ending: bool = field(default=False, init=False)

    def wake(self) -> None:
        """There is something to do. A worker that is about to wait does not miss it."""
        if self._news.value < self.at_once:
            self._news.release()

    def end(self) -> None:
        """Begin nothing more; what is under way ends."""
        self._is_ending = True
        for _ in range(self.at_once):
            self._news.release()

    async def run(self) -> None:
        """Work until ``end``, or until cancelled: then other processes take over what was under way."""
        async with anyio.create_task_group() as tasks:
            async with anyio.create_task_group() as workers:
                tasks.start_soon(self._keep_looking)
                tasks.start_soon(self._keep_sweeping)
                for _ in range(self.at_once):
                    workers.start_soon(self._work)
            tasks.cancel_scope.cancel()

    async def _work(self) -> None:
        await self._news.acquire()
        while not self._is_ending:
            taken = await _calmly(self.inbox.take)
            if taken is None:
                await self._news.acquire()
            else:
                await self._answer(taken)

    async def _keep_looking(self) -> None:
        while True:
            for _ in range(min(self.at_once, await _calmly(self.inbox.waiting) or 0)):
                self.wake()
            await anyio.sleep(self.looks_after)

    async def _answer(self, taken: Taken) -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_lease, taken.received)
            end = await self._handled(taken)
            tasks.cancel_scope.cancel()
        if end is not None:
            await _calmly(lambda: self.inbox.finish(taken.received, end))

    async def _handled(self, taken: Taken) -> State | None:
        """How it has ended; None where another process has it now."""
        try:
            await self._handle(taken)
        except TakenOver:
            _LOG.warning("%s was taken over by another process", taken.received.id)
            return None
        except Exception:  # noqa: BLE001  # whatever it is, the door stays open for everybody else
            # One place for faults of ours: the flows tell people what can be told, the rest is here.
            _LOG.exception("a %s of Slack has ended in a fault", taken.received.kind)
            return State.FAILED
        return State.DONE

    async def _handle(self, taken: Taken) -> None:
        async def begin() -> None:
            if not await self.inbox.begin(taken.received):
                raise TakenOver

        if taken.is_interrupted:
            await self.handler.interrupted(taken.received)
        else:
            await self.handler.handle(taken.received, begin)

    async def _keep_lease(self, received: Received) -> None:
        while True:
            await anyio.sleep(LEASE / 3)
            await _calmly(lambda: self.inbox.renew(received))

    async def _keep_sweeping(self) -> None:
        while True:
            for each in await _calmly(self.inbox.sweep) or ():
                try:
                    await self.handler.missed(each)
                except Exception:  # noqa: BLE001  # whatever it is, the door stays open for everybody else
                    _LOG.exception("nobody was told of a missed %s", each.kind)
            await anyio.sleep(self.sweeps_after)


async def _calmly(ask: Callable[[], Awaitable[T]]) -> T | None:
    """The answer of the store; None, after a word in the log, where there is none."""
    try:
        return await ask()
    except ChatopsError as error:
        _LOG.warning("the inbox cannot be used just now: %s", error.message)
        return None
