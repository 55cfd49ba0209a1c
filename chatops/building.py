"""Puts the service together around a client and a store."""

import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from anyio.abc import TaskGroup

from chatops.approvals import Approvals
from chatops.asking import Asking
from chatops.audit import Trail
from chatops.carrying import Carrier
from chatops.cloud import CloudClient
from chatops.deciding import Judge, Policy
from chatops.errors import ChatopsError
from chatops.executor import Executor
from chatops.fleet import Fleet
from chatops.freezes import Freezes
from chatops.operations.consuming import Consuming
from chatops.operations.dispatch import Dispatch
from chatops.operations.drafts import new_operation_id
from chatops.operations.ending import Ending
from chatops.operations.ledger import Ledger
from chatops.operations.records import Operation
from chatops.operations.sealing import Sealing
from chatops.operations.sending import Reached, Sender
from chatops.operations.watching import Watcher
from chatops.people import People
from chatops.planning.planner import Planner
from chatops.recovery import Recovery
from chatops.service import Service
from chatops.store import Database
from chatops.team import Team
from tools import AnyAction, Params, load_actions

_log = logging.getLogger(__name__)
_SWEEP_PAUSE = 10.0


def _nothing(_: str) -> None:
    """What is reached between "asked" and "told" concerns tests only."""


def process_name(unique: str) -> str:
    """What this process is called in the store; no other one ever has this name."""
    return f"{socket.gethostname()[:32]}:{os.getpid()}:{unique[:8]}"


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the service is put together from. ``sleep`` waits that many seconds between two looks at phones."""

    client: CloudClient
    database: Database
    trail: Trail
    policy: Policy
    team: Team
    account: str
    new_id: Callable[[], str]
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    reached: Reached = _nothing


@asynccontextmanager
async def open_service(parts: Parts) -> AsyncIterator[Service]:
    """The service, until the block ends. Watches that run then are left to whoever takes them over."""
    owner = process_name(parts.new_id())
    async with anyio.create_task_group() as watches:
        yield _put_together(parts, owner, watches)
        watches.cancel_scope.cancel()


def _put_together(parts: Parts, owner: str, watches: TaskGroup) -> Service:
    actions, people = load_actions(), People(team=parts.team)
    ledger = Ledger(database=parts.database, trail=parts.trail)
    dispatch, sealing = Dispatch(ledger=ledger), Sealing(keyring=parts.database.keyring)
    judge = Judge(policy=parts.policy, team=parts.team, database=parts.database)
    planner = Planner(
        fleet=Fleet(reader=parts.client.reader, now=anyio.current_time), account=parts.account, now=anyio.current_time
    )
    watcher = Watcher(
        ledger=ledger,
        ending=Ending(ledger=ledger),
        reader=parts.client.reader,
        sleep=parts.sleep,
        owner=owner,
        reached=parts.reached,
    )

    def watch(operation: Operation, action: AnyAction, params: Params) -> None:
        watches.start_soon(_watch, watcher, operation, action, params)

    carrier = Carrier(
        planner=planner,
        judge=judge,
        consuming=Consuming(ledger=ledger),
        dispatch=dispatch,
        sender=Sender(dispatch=dispatch, client=parts.client, owner=owner, reached=parts.reached),
        watch=watch,
        reached=parts.reached,
    )
    asking = Asking(
        judge=judge,
        ledger=ledger,
        carrier=carrier,
        people=people,
        sealing=sealing,
        new_operation_id=new_operation_id,
    )
    approvals = Approvals(ledger=ledger, carrier=carrier, people=people, sealing=sealing, actions=actions)
    return Service(
        actions=actions,
        executor=Executor(
            actions=actions,
            client=parts.client,
            planner=planner,
            asking=asking,
            trail=parts.trail,
            new_id=parts.new_id,
        ),
        approvals=approvals,
        freezes=Freezes(database=parts.database, trail=parts.trail),
        recovery=Recovery(
            ledger=ledger,
            approvals=approvals,
            carrier=carrier,
            watcher=watcher,
            people=people,
            sealing=sealing,
            actions=actions,
        ),
        ledger=ledger,
        dispatch=dispatch,
        judge=judge,
        people=people,
        database=parts.database,
        trail=parts.trail,
    )


async def keep_sweeping(recovery: Recovery) -> None:
    """Take over what dead processes have left, now and then."""
    while True:
        try:
            await recovery.sweep()
        except ChatopsError as error:
            _log.warning("nothing could be taken over just now: %s", error.message)
        await anyio.sleep(_SWEEP_PAUSE)


async def _watch(watcher: Watcher, operation: Operation, action: AnyAction, params: Params) -> None:
    try:
        await watcher.watch(operation, action, params)
    except ChatopsError as error:
        # Its lease runs out, and whoever takes it over goes on.
        _log.warning("the watch of %s has ended: %s", operation.id, error.message)
