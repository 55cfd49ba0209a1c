"""A service on which a model can be played: it dies at a point on demand, and another one is opened on its store."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio

from chatops.audit import Verification, verify
from chatops.consent import Verdict
from chatops.errors import ChatopsError
from chatops.freezes import Scope
from chatops.operations.cancelling import cancel
from chatops.operations.records import Operation
from chatops.outcome import Outcome
from chatops.policy import PolicyEngine
from chatops.service import Service
from chatops.simulator import Fault, Simulator, SimulatorSettings
from tests.chatops.conftest import Person, StoreClock, approver, person
from tests.crash.opening import service_at
from tests.scenarios.model import Action

OPERATION_OF: dict[Action, str] = {"reset_instances": "batch-reset", "unassign_instances": "unassign"}
WORLD = SimulatorSettings(phones=60, faults=True, speed=1_000_000)
"""Its phones have done what they were told before anybody looks."""


class Died(BaseException):
    """The process has ended; nothing of ours catches this."""


@dataclass(kw_only=True)
class Told:
    """What somebody was told: an operation and its status, or which error; or nothing, because the process died."""

    died: bool = False
    error: type[ChatopsError] | None = None
    outcome: Outcome | None = None


@dataclass(kw_only=True)
class Stand:
    """The service as it is now, and the world around it."""

    simulator: Simulator
    url: str
    folder: Path
    policy: PolicyEngine
    clock: StoreClock = field(default_factory=StoreClock)
    dies_at: str = ""
    awake: anyio.Event = field(default_factory=anyio.Event)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Service]:
        """A process. What it leaves behind when it ends is left to the next one."""
        async with service_at(
            self.url,
            self.folder,
            policy=self.policy,
            clock=self.clock,
            reached=self._reached,
            sleep=self._sleep,
        ) as service:
            yield service

    def _reached(self, point: str) -> None:
        if point == self.dies_at:
            self.dies_at = ""
            raise Died

    async def _sleep(self, seconds: float) -> None:
        end = self.clock.seconds + seconds
        while self.clock.seconds < end:
            await self.awake.wait()

    async def advance(self, seconds: float) -> None:
        """Time passes, and whoever waited for it goes on."""
        self.clock.seconds += seconds
        former, self.awake = self.awake, anyio.Event()
        former.set()

    async def ask(self, service: Service, action: Action, phones: list[str], verdict: Verdict | None) -> Told:
        """Ask through an assistant, or, with a verdict, at the terminal."""
        asker = person(assistant=verdict is None)
        answers = Person(verdict=verdict or Verdict.CANNOT_ASK)
        return await _told(lambda: service.executor.run(asker, action, {"instance_ids": [*phones]}, answers))

    async def approve(self, service: Service, identifier: str, name: str) -> Told:
        """Say yes."""
        return await _told(lambda: service.approvals.approve(identifier, approver(name)))

    async def deny(self, service: Service, identifier: str) -> Told:
        """Say no."""
        return await _told(lambda: service.approvals.deny(identifier, approver(), "Not today."))

    async def withdraw(self, service: Service, identifier: str) -> Told:
        """Take back."""
        return await _told(lambda: cancel(service.dispatch, identifier, person()))

    async def freeze(self, service: Service, seconds: float) -> None:
        """Stop all changes."""
        await service.freezes.begin(person("admin"), Scope(), reason="a test", seconds=seconds)

    async def unfreeze(self, service: Service) -> None:
        """Let them go on."""
        await service.freezes.lift(person("admin"))

    async def sweep(self, service: Service) -> None:
        """Take over."""
        await service.recovery.sweep()

    async def found(self, service: Service, identifier: str) -> Operation | None:
        """The record."""
        return await service.ledger.find(identifier)

    async def verified(self, service: Service) -> Verification:
        """The audit, checked."""
        return await verify(service.database)

    def break_next(self, action: Action, kind: str) -> None:
        """The next such request goes wrong."""
        self.simulator.faults.clear()
        self.simulator.faults.add(Fault(kind=kind, operation=OPERATION_OF[action], times=1))  # type: ignore[arg-type]  # one of them

    @property
    def received(self) -> int:
        """How many changing requests have arrived."""
        return sum(len(self.simulator.requests.of(each)) for each in OPERATION_OF.values())


async def _told(work: Callable[[], Awaitable[object]]) -> Told:
    try:
        result = await work()
    except ChatopsError as error:
        return Told(error=type(error))
    except BaseException as error:
        if not _is_death(error):
            raise
        return Told(died=True)
    outcome = result if isinstance(result, Outcome) else None
    return Told(outcome=outcome)


def _is_death(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return any(_is_death(each) for each in error.exceptions)
    return isinstance(error, Died)
