from pathlib import Path

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, inspect

from chatops.audit import open_trail
from chatops.operations.ledger import Ledger, load
from chatops.operations.states import State
from chatops.store import migrations
from chatops.store.meta import Fact, read_fact
from chatops.store.migrations import MIGRATIONS, migrate
from tests.chatops.operations.keeping import draft
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio


def add_table(connection: Connection) -> None:
    Table("extra", MetaData(), Column("id", Integer, primary_key=True)).create(connection)


def fail(connection: Connection) -> None:
    add_table(connection)
    raise RuntimeError("half-way")


def tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


def test_every_file_is_a_step_in_the_order_of_its_number() -> None:
    folder = Path(migrations.__file__).parent
    files = sorted(file.stem for file in folder.glob("m[0-9]*.py"))
    assert [step.__module__.rpartition(".")[2] for step in MIGRATIONS] == files
    assert [int(name[1:5]) for name in files] == list(range(1, len(files) + 1))


async def test_new_store_has_taken_every_step(place: Place) -> None:
    assert await place.open().read(read_fact, Fact.SCHEMA_VERSION) == str(len(MIGRATIONS))


async def test_older_store_takes_the_steps_it_lacks_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    database = place.open()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, add_table))
    await database.write(migrate)
    await database.write(migrate)
    assert "extra" in await database.read(tables)
    assert await database.read(read_fact, Fact.SCHEMA_VERSION) == str(len(MIGRATIONS) + 1)


async def test_step_that_fails_leaves_the_store_as_it_was(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    database = place.open()
    before = await database.read(tables)
    monkeypatch.setattr(migrations, "MIGRATIONS", (*MIGRATIONS, fail))
    with pytest.raises(RuntimeError):
        await database.write(migrate)
    assert await database.read(tables) == before
    assert await database.read(read_fact, Fact.SCHEMA_VERSION) == str(len(MIGRATIONS))


async def test_store_from_before_approvers_had_roles_keeps_what_waits_in_it(place: Place) -> None:
    database = place.open()
    async with open_trail(database) as trail:
        await Ledger(database=database, trail=trail).propose(draft(), State.AWAITING_APPROVAL, owner="tests")
    place.close()
    place.tamper(
        "DROP TABLE slack_inbox",
        "DROP TABLE slack_messages",
        "DROP TABLE pickups",
        "ALTER TABLE operations DROP COLUMN call",
        "ALTER TABLE operations DROP COLUMN asker_groups",
        "ALTER TABLE operations DROP COLUMN approver_roles",
        "UPDATE meta SET value = '2' WHERE name = 'schema_version'",
    )
    database = place.open()
    assert (await database.read(load, "op_1")).approver_roles == ("approver",)
