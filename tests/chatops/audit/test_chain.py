import pytest

from chatops.audit.chain import COVERED, Head, beginning, mac_of, read_head, write_head
from chatops.errors import StoreUnavailable
from chatops.store.keys import Keyring
from chatops.store.schema import audit_events
from tests.chatops.store.stores import KEY, Place

pytestmark = pytest.mark.anyio

AUDIT = Keyring(KEY).audit
CHECK = Keyring(KEY).check


def test_mac_covers_every_column_but_itself() -> None:
    assert {column.name for column in audit_events.c} - {column.name for column in COVERED} == {"mac"}


@pytest.mark.parametrize(
    ("previous", "values"),
    [("b", (1, "x")), ("a", (2, "x")), ("a", (1, "y")), ("a", ("1", "x")), ("a", (1, None, "x"))],
)
def test_mac_changes_with_key_place_and_content(previous: str, values: tuple[object, ...]) -> None:
    assert mac_of(AUDIT, previous, values) != mac_of(AUDIT, "a", (1, "x"))
    assert mac_of(CHECK, "a", (1, "x")) != mac_of(AUDIT, "a", (1, "x"))


def test_value_that_we_never_write_has_no_mac() -> None:
    with pytest.raises(TypeError):
        mac_of(AUDIT, "a", (b"blob",))


async def test_first_head_is_the_beginning_of_this_store(place: Place) -> None:
    database = place.open()
    assert await database.read(read_head, AUDIT, database.id) == beginning(AUDIT, database.id)
    assert beginning(AUDIT, database.id) != beginning(AUDIT, "another")


async def test_head_is_what_was_written_last(place: Place) -> None:
    database = place.open()
    await database.write(write_head, AUDIT, Head(seq=7, mac="m"))
    assert await database.read(read_head, AUDIT, database.id) == Head(seq=7, mac="m")


@pytest.mark.parametrize("value", ["6 m proof", "6 m", "6", "", "6 m \u00e9"])
async def test_head_that_somebody_else_wrote_is_refused(place: Place, value: str) -> None:
    database = place.open()
    await database.write(write_head, AUDIT, Head(seq=7, mac="m"))
    place.tamper(f"UPDATE meta SET value = '{value}' WHERE name = 'audit_head'")  # noqa: S608  # a value of this test
    with pytest.raises(StoreUnavailable, match="changed from outside"):
        await database.read(read_head, AUDIT, database.id)
