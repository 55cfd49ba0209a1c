"""A ledger on a store of its own, and calls to keep in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path

from chatops.audit import Filter, Kind, every, open_trail
from chatops.operations.consuming import Consuming, Use
from chatops.operations.dispatch import Dispatch
from chatops.operations.drafts import Draft, Part
from chatops.operations.ending import Ending
from chatops.operations.leases import Leases
from chatops.operations.ledger import Ledger
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.principal import Principal
from chatops.store import open_database
from tests.chatops.conftest import KEY, StoreClock, person

OURS, THEIRS = "elsewhere:1:ours", "elsewhere:2:theirs"
"""Two processes on another machine, of which nobody here knows whether they live."""
DIGEST = "d" * 64


def draft(  # what tests differ in
    identifier: str = "op_1",
    *,
    action: str = "reboot_instances",
    digest: str = DIGEST,
    principal: Principal | None = None,
    parts: tuple[Part, ...] = (Part(region="cn-north-7", targets=("efjy72gs",)),),
    lifetime: float = 600.0,
    asks: bool = True,
) -> Draft:
    return Draft(
        id=identifier,
        call="the-call",
        principal=principal or person(),
        action=action,
        risk="DISRUPTIVE",
        count=sum(len(each.targets) for each in parts),
        params={},
        sealed="sealed",
        plan={"text": "Reboot?", "facts": []},
        digest=digest,
        text_digest="t" * 64,
        rules=("a-rule",),
        facts={"count": 1},
        lifetime=lifetime,
        parts=parts,
        asks=asks,
    )


def record(**known: object) -> Operation:
    """An operation that nobody has kept; what is not said is empty."""
    empty: dict[str, object] = {
        "id": "op_1",
        "state": State.AWAITING_APPROVAL,
        "action": "reset_instances",
        "person": "alice",
        "door": "terminal",
        "risk": "DESTRUCTIVE",
        "count": 1,
        "params": {},
        "plan": {},
        "digest": "",
        "text_digest": "",
        "rules": (),
        "asked_at": 0.0,
        "expires_at": 0.0,
        "lease_until": 0.0,
    }
    others = dict.fromkeys(each.name for each in fields(Operation) if each.default is MISSING)
    return Operation(**{**others, **empty, **known})  # type: ignore[arg-type]  # names of the record


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The transactions of operations, and a clock that stands still."""

    ledger: Ledger
    clock: StoreClock = field(default_factory=StoreClock)

    @property
    def consuming(self) -> Consuming:
        return Consuming(ledger=self.ledger)

    @property
    def dispatch(self) -> Dispatch:
        return Dispatch(ledger=self.ledger, windows=tuple)

    @property
    def ending(self) -> Ending:
        return Ending(ledger=self.ledger)

    @property
    def leases(self) -> Leases:
        return Leases(ledger=self.ledger)

    async def found(self, identifier: str = "op_1") -> Operation:
        operation = await self.ledger.find(identifier)
        assert operation is not None
        return operation

    async def kinds(self) -> list[str]:
        return [event.kind async for event in every(self.ledger.database, Filter())]

    async def asked(self, call: Draft | None = None, state: State = State.AWAITING_CONFIRMATION) -> Operation:
        return await self.ledger.propose(call or draft(), state, owner=OURS)

    async def running(self, call: Draft | None = None) -> Operation:
        operation = await self.asked(call)
        return await self.consuming.use(use(operation))


def use(operation: Operation) -> Use:
    """The consent of this operation, used by its own person, who may."""
    return Use(
        operation=operation.id,
        states=frozenset({operation.state}),
        principal=person(name=operation.person),
        kind=Kind.CONSENT_GIVEN,
        digest=operation.digest,
        targets=(),
        age=0,
        owner=OURS,
        check=lambda *_: None,
    )


@asynccontextmanager
async def keeping(folder: Path) -> AsyncIterator[Kept]:
    clock = StoreClock()
    database = open_database(f"sqlite:///{folder / 'chatops.db'}", state_key=KEY, folder=folder, now=clock)
    try:
        async with open_trail(database) as trail:
            yield Kept(ledger=Ledger(database=database, trail=trail), clock=clock)
    finally:
        database.close()
