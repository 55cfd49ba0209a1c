import os
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from chatops.errors import StoreUnavailable
from chatops.store import Database
from chatops.store.meta import Fact, read_fact, write_fact
from chatops.store.schema import audit_events, meta
from chatops.store.sqlite import POOL, file_at, open_engine
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio

EVENT = {"seq": 1, "at": 1.0, "kind": "asked", "denied": 0, "key_id": "k", "body": "{}", "mac": "m"}


def fill(connection: Connection, pages: int) -> None:
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    for number in range(1000):
        connection.execute(insert(meta).values(name=f"filler {number}", value="x" * 1000))


def fillers(connection: Connection) -> int:
    return len(connection.execute(select(meta).where(meta.c.name.like("filler %"))).all())


def add_event(connection: Connection) -> None:
    connection.execute(insert(audit_events).values(**EVENT))


async def write_one(database: Database) -> None:
    await database.write(write_fact, Fact.AUDIT_HEAD, "x")


async def test_full_store_keeps_nothing_of_the_transaction_and_goes_on_when_there_is_room(place: Place) -> None:
    database = place.open()
    with pytest.raises(StoreUnavailable, match="no room") as caught:
        await database.write(fill, 20)
    assert str(place.file) in caught.value.next_step
    assert await database.read(fillers) == 0
    await database.write(fill, 10_000)
    assert await database.read(fillers) == 1000


async def test_locked_store_is_retryable_and_keeps_nothing(place: Place) -> None:
    database = place.open(busy_seconds=0.05)
    with closing(sqlite3.connect(place.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match=r"locked for more than 0\.05 s") as caught:
            await write_one(database)
        assert caught.value.retryable
        assert await database.read(read_fact, Fact.AUDIT_HEAD) is None
        other.execute("ROLLBACK")
    await write_one(database)


async def test_waiting_too_long_for_a_connection_is_the_same_as_for_the_lock(place: Place) -> None:
    place.open()
    file = file_at(place.file, busy_seconds=0.01)
    engine = open_engine(file)
    held = [engine.connect() for _ in range(POOL)]
    with pytest.raises(StoreUnavailable, match="kept the store locked"), file.explained():
        engine.connect()
    for connection in held:
        connection.close()
    engine.dispose()


async def test_removed_store_is_noticed_by_writers_and_readers(place: Place) -> None:
    database = place.open()
    await write_one(database)
    place.file.unlink()
    with pytest.raises(StoreUnavailable, match="is gone"):
        await write_one(database)
    with pytest.raises(StoreUnavailable, match="is gone"):
        await database.read(read_fact, Fact.AUDIT_HEAD)


async def test_replaced_store_is_noticed(place: Place) -> None:
    database = place.open()
    copy = place.folder / "copy.db"
    copy.write_bytes(place.file.read_bytes())
    copy.replace(place.file)
    with pytest.raises(StoreUnavailable, match="was replaced"):
        await write_one(database)


async def test_transaction_during_which_the_store_is_removed_is_not_called_written(place: Place) -> None:
    database = place.open()

    def remove(connection: Connection) -> None:
        write_fact(connection, Fact.AUDIT_HEAD, "x")
        place.file.unlink()

    with pytest.raises(StoreUnavailable, match="is gone"):
        await database.write(remove)


async def test_damaged_store_says_what_to_do(place: Place) -> None:
    database = place.open()
    await database.write(fill, 10_000)
    place.close()
    with place.file.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(4096 * 40))
    with pytest.raises(StoreUnavailable, match="is damaged") as caught:
        await place.open().write(fill, 10_000)
    assert "bring back a backup" in caught.value.next_step


async def test_store_with_a_foreign_table_layout_is_damaged(place: Place) -> None:
    database = place.open()
    place.tamper("DROP TABLE audit_events")
    with pytest.raises(StoreUnavailable, match="is damaged"):
        await database.write(add_event)


async def test_text_that_is_no_text_is_damage(place: Place) -> None:
    database = place.open()
    place.tamper("INSERT INTO meta VALUES ('audit_head', CAST(X'FFFE' AS TEXT))")
    with pytest.raises(StoreUnavailable, match="is damaged"):
        await database.read(read_fact, Fact.AUDIT_HEAD)


async def test_folder_that_became_read_only_is_a_typed_error(place: Place) -> None:
    database = place.open()

    def forbid(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA query_only = ON")
        write_fact(connection, Fact.AUDIT_HEAD, "x")

    with pytest.raises(StoreUnavailable, match="cannot be opened for writing"):
        await database.write(forbid)
    await write_one(database)


async def test_our_own_mistakes_are_not_called_trouble_of_the_store(place: Place) -> None:
    database = place.open()
    with pytest.raises(OperationalError, match="syntax error"):
        await database.read(lambda connection: connection.exec_driver_sql("SELEKT 1"))
    with pytest.raises(IntegrityError):
        await database.write(lambda connection: connection.execute(insert(meta).values(name="store_id", value="")))


async def test_values_do_not_show_in_errors(place: Place) -> None:
    database = place.open()
    with pytest.raises(IntegrityError) as caught:
        await database.write(
            lambda connection: connection.execute(insert(meta).values(name="store_id", value="marked-secret"))
        )
    assert "marked-secret" not in str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET body = '{\"a\":1}'",
        "UPDATE audit_events SET seq = 2",
        "DELETE FROM audit_events",
        "REPLACE INTO audit_events (seq, at, kind, denied, key_id, body, mac) VALUES (1, 1, '', 0, '', '', '')",
    ],
)
@pytest.mark.parametrize("recursive", [False, True])
async def test_event_can_not_be_changed_removed_or_replaced(place: Place, statement: str, recursive: bool) -> None:
    database = place.open()
    await database.write(add_event)
    before = place.ask("SELECT * FROM audit_events")
    with closing(sqlite3.connect(place.file, isolation_level=None)) as other:
        other.execute(f"PRAGMA recursive_triggers = {'ON' if recursive else 'OFF'}")
        with pytest.raises(sqlite3.IntegrityError, match="audit_events only grows"):
            other.execute(statement)
    assert place.ask("SELECT * FROM audit_events") == before


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("fullfsync", 1),
        ("foreign_keys", 1),
        ("recursive_triggers", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
    ],
)
async def test_connections_are_careful(place: Place, pragma: str, value: object) -> None:
    database = place.open()
    found = await database.write(lambda connection: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one())
    assert found == value
