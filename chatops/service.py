"""Everything a door may use, built and running."""

from collections.abc import Mapping
from dataclasses import dataclass

from chatops.approvals import Approvals
from chatops.audit import Trail
from chatops.control import Control
from chatops.deciding import Judge
from chatops.executor import Executor
from chatops.freezes import Freezes
from chatops.operations.dispatch import Dispatch
from chatops.operations.ledger import Ledger
from chatops.people import People
from chatops.pickups import Pickups
from chatops.policy import PolicyEngine
from chatops.recovery import Recovery
from chatops.store import Database
from tools import AnyAction


@dataclass(frozen=True, kw_only=True)
class Service:
    """The collaborators of this process, until it ends."""

    actions: Mapping[str, AnyAction]
    executor: Executor
    control: Control
    approvals: Approvals
    freezes: Freezes
    recovery: Recovery
    ledger: Ledger
    dispatch: Dispatch
    judge: Judge
    people: People
    database: Database
    trail: Trail


@dataclass(frozen=True, kw_only=True)
class Records:
    """What can be looked at and frozen without the cloud."""

    ledger: Ledger
    dispatch: Dispatch
    freezes: Freezes
    people: People
    pickups: Pickups
    database: Database
    trail: Trail
    policy: PolicyEngine
