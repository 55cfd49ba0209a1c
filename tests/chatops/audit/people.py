"""Events of tests."""

from chatops.audit import AuditEvent, Kind, open_trail
from chatops.principal import Assistant, Principal, Surface
from chatops.store import Database
from tests.chatops.store.stores import Place

ALICE = Principal(
    person="alice",
    roles=frozenset({"operator"}),
    permissions=frozenset(),
    surface=Surface.MCP,
    assistant=Assistant(name="claude", version="2"),
)
BOB = Principal(person="bob", roles=frozenset({"approver"}), permissions=frozenset(), surface=Surface.TERMINAL)


def event(
    kind: Kind = Kind.ASKED, *, who: Principal | None = ALICE, action: str = "reset_instances", operation: str = "op_1"
) -> AuditEvent:
    return AuditEvent(kind=kind, principal=who, action=action, operation=operation)


def kinds(place: Place) -> list[object]:
    return [kind for (kind,) in place.ask("SELECT kind FROM audit_events ORDER BY seq")]


async def written(database: Database, number: int) -> None:
    """So many events in a store that has none."""
    async with open_trail(database) as trail:
        await trail.record(*(event(operation=f"op_{index}") for index in range(1, number + 1)))
