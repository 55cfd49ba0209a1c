import pytest

from chatops.audit import Anchor, anchor
from chatops.errors import InvalidParams, StoreUnavailable
from tests.chatops.audit.people import written
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio


async def test_anchor_names_the_store_and_its_newest_event(place: Place) -> None:
    database = place.open()
    await written(database, 3)
    taken = await anchor(database)
    assert (taken.store, taken.seq) == (database.id, 3)
    assert place.ask("SELECT mac FROM audit_events WHERE seq = 3") == [(taken.mac,)]


async def test_anchor_survives_its_file(place: Place) -> None:
    taken = await anchor(place.open())
    assert Anchor.parse(taken.model_dump_json()) == taken


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"store":"s","seq":1,"mac":"m","at":"2026-01-01T00:00:00Z","x":1}'])
def test_file_that_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises(InvalidParams, match="not an anchor"):
        Anchor.parse(text)


async def test_no_anchor_is_taken_of_a_changed_head(place: Place) -> None:
    database = place.open()
    await written(database, 3)
    place.tamper("UPDATE meta SET value = replace(value, '3 ', '2 ') WHERE name = 'audit_head'")
    with pytest.raises(StoreUnavailable):
        await anchor(database)
