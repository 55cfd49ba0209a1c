"""What the processes of a run do: one asks and is killed, others take over what it has left."""

import json
import os
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

import anyio

from chatops.control import every_action
from chatops.errors import ChatopsError, ConsentGone, StoreUnavailable
from chatops.operations.records import Operation
from chatops.operations.states import OPEN, State
from chatops.outcome import Status
from chatops.policy import PolicyEngine, load_policy
from chatops.service import Service
from chatops.simulator import serve
from chatops.simulator.records import Records
from chatops.store import now
from tests.chatops.conftest import Person, StoreClock, approver, person, team
from tests.crash.course import Course, settings_of
from tests.crash.knife import ASKED, TOLD, Blade, Knife
from tests.crash.opening import PAUSE, service_at
from tests.crash.verdict import examined

_ROUNDS = 2000
_EXPIRED = 31 * 60.0
_STEP = 2.0


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Where a run happens."""

    course: Course
    folder: Path
    policy: PolicyEngine

    @property
    def url(self) -> str:
        """Where the simulator of this run listens."""
        return (self.folder / "url").read_text(encoding="utf-8")


def load() -> PolicyEngine:
    """The policy of every run."""
    return load_policy(None, team(limits={"max_fleet_share": 1.0}), actions=every_action())


async def simulate(scene: Scene, ready: int) -> None:
    """Be the simulator of the run until killed; a byte says that it listens."""
    async with serve(settings_of(scene.course.seed)) as running:
        # Reading two hundred phones again and again must not push the requests out that matter.
        running.simulator.requests = Records(most=1_000_000)
        if scene.course.fault is not None:
            running.simulator.faults.add(scene.course.fault)
        (scene.folder / "url").write_text(running.url, encoding="utf-8")
        os.write(ready, b"!")
        await anyio.sleep_forever()


def _opened(scene: Scene, blade: Blade, clock: StoreClock) -> AbstractAsyncContextManager[Service]:
    return service_at(
        scene.url, scene.folder, policy=scene.policy, clock=clock, reached=blade.reached, reading=blade.clock
    )


async def ask(scene: Scene) -> None:
    """Ask for the change, have it approved where it needs that, and see it through."""
    course, blade = scene.course, Blade(scene.course.first)
    asker = person(assistant=course.assistant)
    async with _opened(scene, blade, StoreClock()) as service:
        blade.reached(ASKED)
        outcome = await service.executor.run(asker, course.action, course.arguments, Person())
        if outcome.status is Status.APPROVAL_REQUIRED:
            await _said(service, outcome.operation_id or "")
        while await _unsettled(service):  # noqa: ASYNC110  # the store tells nobody
            await anyio.sleep(PAUSE)
        blade.reached(TOLD)


async def take_over(scene: Scene, knife: Knife, *, later: float) -> None:
    """Take over until nothing is left to do, then write the verdict down."""
    blade, clock = Blade(knife), StoreClock()
    async with _opened(scene, blade, clock) as service:
        clock.seconds = await service.database.read(now) + later
        before = await _everything(service)
        for _ in range(_ROUNDS):
            await service.recovery.sweep()
            waiting = await _unsettled(service)
            if not waiting:
                break
            if all(each.state is State.AWAITING_CONFIRMATION for each in waiting):
                clock.seconds += _EXPIRED  # whoever was asked has gone with their process
            for each in waiting:
                if each.state is State.AWAITING_APPROVAL:
                    await _decide(service, clock, each.id, scene.course.waiting)
            clock.seconds += _STEP
            await anyio.sleep(PAUSE)
        report = await examined(service, scene.url, scene.course, before)
    content = json.dumps(report.document())
    (scene.folder / "report.json").write_text(content, encoding="utf-8")


async def _decide(service: Service, clock: StoreClock, identifier: str, waiting: str) -> None:
    if waiting == "approve":
        await _said(service, identifier)
    elif waiting == "deny":
        await service.approvals.deny(identifier, approver(), "Not today.")
    else:
        clock.seconds += _EXPIRED


async def _said(service: Service, identifier: str) -> None:
    """An approver says yes; what comes of it stands in the record."""
    try:
        await service.approvals.approve(identifier, approver())
    except StoreUnavailable:
        raise
    except ChatopsError as error:
        if isinstance(error, ConsentGone):
            raise


async def _everything(service: Service) -> tuple[Operation, ...]:
    listed = await service.ledger.listed()
    return tuple([await service.ledger.find(each.id) or each for each in listed])


async def _unsettled(service: Service) -> Sequence[Operation]:
    """What is still open, and what is unknown and still looked at."""
    return [each for each in await service.ledger.listed() if each.state in OPEN or each.watch_until is not None]
