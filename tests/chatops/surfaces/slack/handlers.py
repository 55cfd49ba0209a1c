"""Handlers of tests: they remember, and fail or wait where a test says so."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import anyio

from chatops.surfaces.slack.handler import Begin, Option
from chatops.surfaces.slack.received import Received


async def _nothing(_: Received) -> None:
    """Nothing else happens."""


@dataclass(kw_only=True)
class Recording:
    """Remembers ids: what was handled, interrupted and missed. ``doing`` happens while a request is handled."""

    begins: bool = False
    doing: Callable[[Received], Awaitable[None]] = _nothing
    errors: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[Option] = ()
    before: Callable[[Received], Awaitable[None]] = _nothing
    handled: list[str] = field(default_factory=list)
    interrupted_: list[str] = field(default_factory=list)
    missed_: list[str] = field(default_factory=list)
    validated: list[str] = field(default_factory=list)

    async def handle(self, received: Received, begin: Begin) -> None:
        if self.begins:
            await begin()
        await self.doing(received)
        self.handled.append(received.id)

    async def interrupted(self, received: Received) -> None:
        self.interrupted_.append(received.id)

    async def missed(self, received: Received) -> None:
        self.missed_.append(received.id)

    async def validate(self, submission: Received) -> Mapping[str, str]:
        await self.before(submission)
        self.validated.append(submission.id)
        return self.errors

    async def suggest(self, request: Received) -> Sequence[Option]:
        await self.before(request)
        return self.options


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what nobody tells."""
    while not holds():  # noqa: ASYNC110  # nobody tells
        await anyio.sleep(0.005)
