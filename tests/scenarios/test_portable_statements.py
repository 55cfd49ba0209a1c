"""The store's statements are portable: what SQLite is given compiles for PostgreSQL, and no SQL is written by hand."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import ClauseElement, Engine
from sqlalchemy import event as events
from sqlalchemy.dialects import postgresql

import chatops
from chatops.audit import Filter, Style, anchor, export, open_trail, show, verify
from chatops.store import now
from chatops.store.meta import Fact, write_fact
from tests.chatops.audit.people import event
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio

BY_HAND = frozenset({"exec_driver_sql", "text", "DDL"})
ROOT = Path(chatops.__file__).parent


@contextmanager
def statements() -> Iterator[list[ClauseElement]]:
    """What every engine is asked to run inside the block."""
    seen: list[ClauseElement] = []

    def note(_connection: object, element: ClauseElement, *_rest: object) -> None:
        seen.append(element)

    events.listen(Engine, "before_execute", note)
    try:
        yield seen
    finally:
        events.remove(Engine, "before_execute", note)


async def use_everything(place: Place) -> None:
    database = place.open()
    everything = Filter(
        since=datetime(2026, 1, 1, tzinfo=UTC), person="alice", action="reset_instances", denied=True, operation="op_1"
    )
    async with open_trail(database) as trail:
        await trail.record(event(), event())
        trail.later(event())
    await database.write(write_fact, Fact.STORE_ID, database.id)
    await database.read(now)
    await verify(database, await anchor(database))
    await show(database, everything)
    async for _ in export(database, everything, Style.CSV):
        pass


async def test_every_statement_compiles_for_postgresql(tmp_path: Path) -> None:
    place = Place(folder=tmp_path)
    with statements() as seen:
        await use_everything(place)
    place.close()
    # The dialect is built by a constructor that has no types.
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # see above
    compiled = {str(each.compile(dialect=dialect)) for each in seen}
    assert any(each.startswith("\nCREATE TABLE audit_events") for each in compiled)
    assert any("FOR UPDATE" in each for each in compiled)
    assert len(compiled) >= 15


def written_by_hand(path: Path) -> list[str]:
    """Calls that hand SQL to the database as it stands."""
    called = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
    names = (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in called)
    return [f"{path.relative_to(ROOT)}: {name}" for name in names if name in BY_HAND]


def test_sql_is_written_by_hand_for_sqlite_only() -> None:
    importing = [path for path in sorted(ROOT.rglob("*.py")) if "sqlalchemy" in path.read_text()]
    found = [each for path in importing for each in written_by_hand(path)]
    assert len(importing) > 5
    assert {each.partition(":")[0] for each in found} == {"store/sqlite.py"}
