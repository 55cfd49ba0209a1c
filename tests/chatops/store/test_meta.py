import pytest

from chatops.store.meta import Fact, read_fact, write_fact
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio


async def test_fact_that_was_never_written_is_none(place: Place) -> None:
    assert await place.open().read(read_fact, Fact.AUDIT_HEAD) is None


async def test_fact_is_what_was_written_last(place: Place) -> None:
    database = place.open()
    for value in ("first", "second"):
        await database.write(write_fact, Fact.AUDIT_HEAD, value)
    assert await database.read(read_fact, Fact.AUDIT_HEAD) == "second"
