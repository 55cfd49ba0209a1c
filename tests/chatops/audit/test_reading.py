from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as events

from chatops.audit import Filter, Kind, Recorded, every, open_trail, show
from chatops.store import Database
from tests.chatops.audit.people import ALICE, BOB, event, written
from tests.chatops.store.stores import BEGINNING, Place

pytestmark = pytest.mark.anyio

START = datetime.fromtimestamp(BEGINNING, tz=UTC)
STORY = (
    event(Kind.ASKED),
    event(Kind.CONSENT_REFUSED, who=BOB),
    event(Kind.ASKED, who=BOB, action="reboot_instances", operation="op_2"),
    event(Kind.DENIED, operation="op_3"),
)


async def story(place: Place) -> Database:
    """Four events, one a minute."""
    database = place.open()
    async with open_trail(database) as trail:
        for each in STORY:
            await trail.record(each)
            place.clock.seconds += 60
    return database


@pytest.mark.parametrize(
    ("wanted", "seqs"),
    [
        (Filter(), [1, 2, 3, 4]),
        (Filter(person="bob"), [2, 3]),
        (Filter(action="reset_instances"), [1, 2, 4]),
        (Filter(operation="op_1"), [1, 2]),
        (Filter(denied=True), [2, 4]),
        (Filter(since=START + timedelta(seconds=60)), [2, 3, 4]),
        (Filter(since=START + timedelta(seconds=61)), [3, 4]),
        (Filter(since=START + timedelta(hours=1)), []),
        (Filter(since=START + timedelta(seconds=1), person="bob", denied=True), [2]),
        (Filter(person="' OR 1=1 --"), []),
    ],
)
async def test_filters_choose_and_combine(place: Place, wanted: Filter, seqs: list[int]) -> None:
    database = await story(place)
    assert [found.seq for found in await show(database, wanted)] == seqs
    assert [found.seq async for found in every(database, wanted, page=2)] == seqs


async def test_newest_events_are_shown_oldest_first(place: Place) -> None:
    database = await story(place)
    assert [found.seq for found in await show(database, Filter(), limit=2)] == [3, 4]


async def test_recorded_event_is_a_flat_document(place: Place) -> None:
    (found,) = await show(await story(place), Filter(denied=True, person="alice"))
    assert found.document() == {
        "seq": 4,
        "at": (START + timedelta(seconds=180)).isoformat(timespec="milliseconds"),
        "kind": "denied",
        "person": "alice",
        "action": "reset_instances",
        "operation": "op_3",
        "door": "mcp",
        "assistant": {"name": "claude", "version": "2"},
        "mac": found.mac,
    }


def test_what_a_recorded_event_does_not_have_is_left_out() -> None:
    bare = Recorded(seq=1, at=START, kind="reload", person=None, action=None, operation=None, body={}, mac="m")
    assert set(bare.document()) == {"seq", "at", "kind", "mac"}


@contextmanager
def selects() -> Iterator[list[tuple[str, tuple[object, ...]]]]:
    """Statements and values that were asked of the events."""
    seen: list[tuple[str, tuple[object, ...]]] = []

    def note(_connection: object, _cursor: object, statement: str, values: tuple[object, ...], *_rest: object) -> None:
        if statement.startswith("SELECT audit_events"):
            seen.append((statement, values))

    events.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        events.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (Filter(), "INTEGER PRIMARY KEY"),
        (Filter(since=START), "INTEGER PRIMARY KEY"),
        (Filter(person="alice"), "audit_events_by_person"),
        (Filter(action="reset_instances"), "audit_events_by_action"),
        (Filter(operation="op_1"), "audit_events_by_operation"),
        (Filter(denied=True), "audit_events_by_denied"),
        (Filter(person="alice", since=START), "audit_events_by_person"),
        (Filter(denied=True, since=START), "audit_events_by_denied"),
    ],
)
async def test_every_filter_reads_an_index_in_order(place: Place, wanted: Filter, index: str) -> None:
    database = place.open()
    await written(database, 50)
    with selects() as seen:
        await show(database, wanted)
        async for _ in every(database, wanted):
            pass
    assert len(seen) >= 2
    for statement, values in seen:
        plan = await database.read(
            lambda connection, statement, values: connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", values
            ).all(),
            statement,
            values,
        )
        steps = [str(row[3]) for row in plan]
        if "FROM operations" in statement:
            # What others did for this person: few, so that they may be sorted.
            assert "audit_events_by_operation" in steps[0]
            continue
        # Without any condition the newest page is a walk along the primary key, which SQLite calls a scan.
        assert index in steps[0] or (wanted == Filter() and steps[0] == "SCAN audit_events")
        assert not any("TEMP B-TREE" in step for step in steps)
        if wanted.since:
            assert any("audit_events_by_time (at>?)" in step for step in steps)


async def test_body_of_an_event_keeps_what_was_asked(place: Place) -> None:
    database = place.open()
    async with open_trail(database) as trail:
        await trail.record(event(who=ALICE))
    (found,) = await show(database, Filter())
    assert found.body["door"] == "mcp"
