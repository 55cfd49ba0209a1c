import pytest
from sqlalchemy import Connection, MetaData, Table

from chatops.store.schema import metadata
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio


def shape(table: Table) -> dict[str, object]:
    return {
        "columns": [(column.name, str(column.type), column.nullable, column.primary_key) for column in table.columns],
        "indexes": sorted(
            (str(index.name), tuple(column.name for column in index.columns), index.unique) for index in table.indexes
        ),
    }


def reflected(connection: Connection) -> MetaData:
    found = MetaData()
    found.reflect(connection)
    return found


def in_sqlite(connection: Connection) -> MetaData:
    """The tables of the program as SQLite gives them back, without a migration."""
    metadata.create_all(connection)
    return reflected(connection)


async def test_migrated_store_has_the_tables_the_program_knows(
    place: Place, tmp_path_factory: pytest.TempPathFactory
) -> None:
    migrated = await place.open().read(reflected)
    other = Place(folder=tmp_path_factory.mktemp("other"))
    database = other.open()
    other.tamper(*(f"DROP TABLE {name}" for name in metadata.tables))
    known = await database.write(in_sqlite)
    other.close()
    assert {name: shape(table) for name, table in migrated.tables.items()} == {
        name: shape(table) for name, table in known.tables.items()
    }
