import threading

import anyio
import pytest
from sqlalchemy import Connection, insert, select

from chatops.errors import StoreUnavailable
from chatops.store import Database
from chatops.store.meta import Fact, read_fact, write_fact
from chatops.store.schema import meta
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio


def increase(connection: Connection) -> int:
    value = int(read_fact(connection, Fact.AUDIT_HEAD) or 0) + 1
    write_fact(connection, Fact.AUDIT_HEAD, str(value))
    return value


def add(connection: Connection, name: str, *, value: str) -> str:
    connection.execute(insert(meta).values(name=name, value=value))
    return value


def value_of(connection: Connection, name: str) -> str | None:
    found: str | None = connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none()
    return found


async def test_what_was_written_is_there_for_every_process(place: Place) -> None:
    assert await place.open().write(add, "name", value="value") == "value"
    assert await place.open().read(value_of, "name") == "value"


async def test_transaction_that_raises_leaves_nothing(place: Place) -> None:
    database = place.open()

    def half(connection: Connection) -> None:
        add(connection, "name", value="value")
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError):
        await database.write(half)
    assert await database.read(value_of, "name") is None


async def test_read_cannot_write(place: Place) -> None:
    database = place.open()
    with pytest.raises(StoreUnavailable):
        await database.read(increase)
    assert await database.write(increase) == 1


async def test_read_sees_one_moment(place: Place) -> None:
    database = place.open()
    has_read, has_written = threading.Event(), threading.Event()

    def twice(connection: Connection) -> tuple[str | None, str | None]:
        before = value_of(connection, "name")
        has_read.set()
        has_written.wait(4)
        return before, value_of(connection, "name")

    found: list[tuple[str | None, str | None]] = []

    async def read() -> None:
        found.append(await database.read(twice))

    async with anyio.create_task_group() as group:
        group.start_soon(read)
        await anyio.to_thread.run_sync(has_read.wait, 4)
        await database.write(add, "name", value="value")
        has_written.set()
    assert found == [(None, None)]
    assert await database.read(value_of, "name") == "value"


async def test_writers_at_once_wait_for_each_other(place: Place) -> None:
    databases = (place.open(), place.open())
    counted: list[int] = []

    async def count(database: Database) -> None:
        counted.append(await database.write(increase))

    async with anyio.create_task_group() as group:
        for number in range(60):
            group.start_soon(count, databases[number % 2])
    assert sorted(counted) == list(range(1, 61))


async def test_cancelled_caller_waits_for_the_end_of_the_transaction(place: Place) -> None:
    database = place.open()
    began, may_end = threading.Event(), threading.Event()

    def slow(connection: Connection) -> str:
        add(connection, "name", value="value")
        began.set()
        may_end.wait(4)
        return "written"

    result = ""
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:

            async def cancel() -> None:
                await anyio.to_thread.run_sync(began.wait, 4)
                scope.cancel()
                may_end.set()

            group.start_soon(cancel)
            result = await database.write(slow)
    assert scope.cancel_called
    assert result == "written"
    assert await database.read(value_of, "name") == "value"


async def test_caller_cancelled_while_waiting_for_its_turn_writes_nothing(place: Place) -> None:
    database = place.open()
    began, may_end = threading.Event(), threading.Event()

    def slow(_connection: Connection) -> None:
        began.set()
        may_end.wait(4)

    async with anyio.create_task_group() as group:
        group.start_soon(database.write, slow)
        await anyio.to_thread.run_sync(began.wait, 4)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await database.write(increase)
        may_end.set()
    assert await database.read(read_fact, Fact.AUDIT_HEAD) is None


async def test_waiting_readers_do_not_wait_for_a_writer(place: Place) -> None:
    database = place.open()
    began, may_end = threading.Event(), threading.Event()

    def slow(_connection: Connection) -> None:
        began.set()
        may_end.wait(4)

    async with anyio.create_task_group() as group:
        group.start_soon(database.write, slow)
        await anyio.to_thread.run_sync(began.wait, 4)
        assert await database.read(value_of, "store_id") == database.id
        may_end.set()
