"""Puts the service together around a client and a store."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup

from chatops.approvals import Approvals
from chatops.asking import Asking
from chatops.audit import Trail
from chatops.carrying import Carrier, Renew, Watch
from chatops.cloud import CloudClient
from chatops.control import Control, every_action
from chatops.deciding import Judge, Policy, ReadGuard
from chatops.errors import ChatopsError
from chatops.executor import Executor
from chatops.fleet import Fleet
from chatops.freezes import Freezes
from chatops.operations.consuming import Consuming
from chatops.operations.dispatch import Dispatch
from chatops.operations.drafts import new_operation_id
from chatops.operations.ending import Ending
from chatops.operations.ledger import Ledger
from chatops.operations.owners import process_name
from chatops.operations.points import Point, Reached
from chatops.operations.records import Operation
from chatops.operations.rereading import Rereading
from chatops.operations.sealing import Sealing
from chatops.operations.sending import Sender
from chatops.operations.watching import Watcher
from chatops.people import People
from chatops.pickups import Pickups
from chatops.planning.planner import Planner
from chatops.reading import Reading
from chatops.reasons import Reasons
from chatops.recovery import Recovery
from chatops.service import Service
from chatops.store import Database
from tools import AnyAction, Params, load_actions

_log = logging.getLogger(__name__)
_SWEEP_PAUSE = 10.0


def _nothing(_: Point) -> None:
    """What is reached between "asked" and "told" concerns tests only."""


async def _nothing_new() -> None:
    """Team and policy are what they were."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the service is put together from. ``sleep`` waits that many seconds between two looks at phones.

    ``now`` is a clock that never goes back, for the age of what was read; ``renew`` reads team and policy again;
    ``slack`` says whether people can be asked there.
    """

    client: CloudClient
    database: Database
    trail: Trail
    policy: Policy
    account: str
    new_id: Callable[[], str]
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    now: Callable[[], float] = anyio.current_time
    renew: Renew = _nothing_new
    slack: bool = False
    reached: Reached = _nothing


@asynccontextmanager
async def open_service(parts: Parts) -> AsyncIterator[Service]:
    """The service, until the block ends. Watches that run then are left to whoever takes them over."""
    owner = process_name(parts.new_id())
    try:
        async with anyio.create_task_group() as watches:
            try:
                yield _put_together(parts, owner, watches)
            finally:
                watches.cancel_scope.cancel()
    except BaseExceptionGroup as errors:
        # The error of the block comes out as itself, as if there were no task group: watches raise none.
        error = errors.exceptions[0]
        raise error from error.__cause__


def _put_together(parts: Parts, owner: str, watches: TaskGroup) -> Service:
    actions = load_actions()
    watcher = _watcher(parts, owner)

    def watch(operation: Operation, action: AnyAction, params: Params) -> None:
        watches.start_soon(_watch, watcher, operation, action, params)

    carrier = _carrier(parts, watcher.ledger, owner, watch)
    people, sealing = carrier.people, Sealing(keyring=parts.database.keyring)
    guard = ReadGuard(policy=parts.policy)
    control = _control(parts, carrier, people, guard)
    pickups = Pickups(database=parts.database, trail=parts.trail)
    approvals = Approvals(ledger=watcher.ledger, carrier=carrier, people=people, sealing=sealing, actions=actions)
    asking = Asking(
        judge=carrier.judge,
        ledger=watcher.ledger,
        carrier=carrier,
        people=people,
        sealing=sealing,
        new_operation_id=new_operation_id,
    )
    return Service(
        actions=actions,
        control=control,
        executor=Executor(
            actions=control.actions,
            reading=Reading(client=parts.client, planner=carrier.planner, control=control, pickups=pickups),
            planner=carrier.planner,
            guard=guard,
            asking=asking,
            trail=parts.trail,
            new_id=parts.new_id,
        ),
        approvals=approvals,
        freezes=control.freezes,
        recovery=Recovery(approvals=approvals, watcher=watcher, pickups=pickups),
        ledger=watcher.ledger,
        dispatch=carrier.dispatch,
        judge=carrier.judge,
        people=people,
        database=parts.database,
        trail=parts.trail,
    )


def _watcher(parts: Parts, owner: str) -> Watcher:
    ledger = Ledger(database=parts.database, trail=parts.trail)
    return Watcher(
        ledger=ledger,
        ending=Ending(ledger=ledger),
        reader=parts.client.reader,
        sleep=parts.sleep,
        owner=owner,
        reached=parts.reached,
    )


def _carrier(parts: Parts, ledger: Ledger, owner: str, watch: Watch) -> Carrier:
    dispatch = Dispatch(ledger=ledger, windows=lambda: parts.policy.team.freeze)
    fleet = Fleet(reader=parts.client.reader, now=parts.now)
    planner = Planner(
        fleet=fleet,
        account=parts.account,
        now=parts.now,
        patience=lambda: parts.policy.team.approvals.expire_after,
    )
    return Carrier(
        people=People(policy=parts.policy, slack=parts.slack),
        renew=parts.renew,
        planner=planner,
        now=parts.now,
        judge=Judge(policy=parts.policy, database=parts.database),
        consuming=Consuming(ledger=ledger),
        dispatch=dispatch,
        sender=Sender(
            dispatch=dispatch,
            rereading=Rereading(dispatch=dispatch, read=planner.read),
            client=parts.client,
            owner=owner,
            reached=parts.reached,
        ),
        watch=watch,
        reached=parts.reached,
    )


def _control(parts: Parts, carrier: Carrier, people: People, guard: ReadGuard) -> Control:
    return Control(
        actions=every_action(),
        dispatch=carrier.dispatch,
        freezes=Freezes(database=parts.database, trail=parts.trail),
        people=people,
        reasons=Reasons(planner=carrier.planner, judge=carrier.judge, guard=guard),
        sleep=parts.sleep,
    )


@asynccontextmanager
async def sweeping(recovery: Recovery) -> AsyncIterator[None]:
    """Sweep now and then until the block ends."""
    async with anyio.create_task_group() as group:
        group.start_soon(_keep_sweeping, recovery)
        try:
            yield
        finally:
            group.cancel_scope.cancel()


async def _keep_sweeping(recovery: Recovery) -> None:
    """Take over what dead processes have left, now and then."""
    while True:
        try:
            await recovery.sweep()
        except ChatopsError as error:
            _log.warning("nothing could be taken over just now: %s", error.message)
        except Exception:  # noqa: BLE001  # a fault in what somebody else has left must not end what goes on here
            _log.exception("nothing could be taken over just now")
        await anyio.sleep(_SWEEP_PAUSE)


async def _watch(watcher: Watcher, operation: Operation, action: AnyAction, params: Params) -> None:
    try:
        await watcher.watch(operation, action, params)
    except ChatopsError as error:
        # Its lease runs out, and whoever takes it over goes on.
        _log.warning("the watch of %s has ended: %s", operation.id, error.message)
    except Exception:  # noqa: BLE001  # raised here it would tear apart what other calls have begun
        _log.exception("the watch of %s has ended", operation.id)
