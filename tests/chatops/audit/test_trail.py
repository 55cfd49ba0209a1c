import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import anyio
import pytest
from anyio.lowlevel import checkpoint
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from chatops.audit import AuditEvent, Kind, Trail, open_trail, verify
from chatops.audit.trail import PAUSE
from chatops.errors import Refusal, StoreUnavailable
from chatops.store.meta import Fact, read_fact, write_fact
from tests.chatops.audit.people import BOB, event, kinds
from tests.chatops.store.stores import BEGINNING, Place

pytestmark = pytest.mark.anyio

HOUR = 3600.0


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Somebody else holds the write lock."""
    with closing(sqlite3.connect(place.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def until_written(place: Place, number: int) -> None:
    with anyio.fail_after(2):
        while len(kinds(place)) < number:
            await checkpoint()


async def test_recorded_event_has_the_time_of_the_store_and_its_columns(place: Place) -> None:
    async with open_trail(place.open()) as trail:
        await trail.record(event(Kind.DENIED, who=BOB))
    rows = place.ask("SELECT seq, at, kind, denied, person, action, operation, body FROM audit_events")
    assert rows == [(1, BEGINNING, "denied", 1, "bob", "reset_instances", "op_1", '{"door":"terminal"}')]


async def test_events_are_kept_exactly_when_the_rest_of_the_transaction_is(place: Place) -> None:
    database = place.open()

    def consume(connection: Connection, trail: Trail, fail: bool) -> None:
        write_fact(connection, Fact.STORE_ID, database.id)
        trail.append(connection, event(Kind.CONSENT_GIVEN), event(Kind.SENT))
        if fail:
            raise Refusal("drift")

    async with open_trail(database) as trail:
        with pytest.raises(Refusal):
            await database.write(consume, trail, fail=True)
        assert kinds(place) == []
        await database.write(consume, trail, fail=False)
    assert kinds(place) == ["consent_given", "sent"]
    assert (await verify(database)).is_intact


async def test_nothing_to_append_writes_nothing(place: Place) -> None:
    database = place.open()
    async with open_trail(database) as trail:
        await trail.record()
    assert await database.read(read_fact, Fact.AUDIT_HEAD) is None


async def test_time_in_the_audit_never_goes_back(place: Place) -> None:
    async with open_trail(place.open()) as trail:
        await trail.record(event())
        place.clock.seconds -= HOUR
        await trail.record(event())
    assert place.ask("SELECT at FROM audit_events") == [(BEGINNING,), (BEGINNING,)]


async def test_trails_of_two_processes_make_one_chain(place: Place) -> None:
    async with open_trail(place.open()) as one, open_trail(place.open()) as other, anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(one.record, event())
            group.start_soon(other.record, event(who=BOB))
    found = await verify(place.open())
    assert (found.events, found.problems) == (40, ())


async def test_event_for_later_is_written_without_anybody_waiting(place: Place) -> None:
    async with open_trail(place.open(), pause=0.01) as trail:
        trail.later(event(Kind.ANSWERED))
        await until_written(place, 1)
        trail.later(event(Kind.ANSWERED))
        await until_written(place, 2)


def test_event_for_later_gathers_for_less_than_the_second_within_which_it_is_written() -> None:
    assert PAUSE < 1


async def test_events_for_later_are_written_together_when_the_trail_closes(place: Place) -> None:
    async with open_trail(place.open(), pause=HOUR) as trail:
        for number in range(600):
            trail.later(event(operation=f"op_{number}"))
        assert kinds(place) == []
    operations = place.ask("SELECT operation FROM audit_events ORDER BY seq")
    assert operations == [(f"op_{number}",) for number in range(600)]
    assert (await verify(place.open())).is_intact


async def test_events_for_later_are_written_when_the_block_is_cancelled(place: Place) -> None:
    with anyio.CancelScope() as scope:
        async with open_trail(place.open(), pause=HOUR) as trail:
            trail.later(event())
            scope.cancel()
            await checkpoint()
    assert kinds(place) == ["asked"]


async def test_error_of_the_block_comes_out_as_itself(place: Place) -> None:
    async def refuse() -> None:
        async with open_trail(place.open()) as trail:
            trail.later(event())
            raise Refusal("drift") from OSError("cause")

    with pytest.raises(Refusal, match="drift") as caught:
        await refuse()
    assert isinstance(caught.value.__cause__, OSError)
    assert kinds(place) == ["asked"]


async def test_queue_has_a_limit_and_the_audit_says_how_many_are_missing(place: Place) -> None:
    async with open_trail(place.open(), pause=HOUR, capacity=3) as trail:
        for _ in range(5):
            trail.later(event())
    assert kinds(place) == ["gap", "asked", "asked", "asked"]
    assert place.ask("SELECT body FROM audit_events WHERE kind = 'gap'") == [('{"details":{"events":2}}',)]


async def test_event_that_must_be_written_raises_when_it_cannot_be(place: Place) -> None:
    async with open_trail(place.open(busy_seconds=0.02)) as trail:
        with locked(place), pytest.raises(StoreUnavailable):
            await trail.record(event())
        await trail.record(event())
    assert kinds(place) == ["asked"]


async def test_event_that_need_not_be_written_is_a_gap_when_it_cannot_be(place: Place) -> None:
    async with open_trail(place.open(busy_seconds=0.02)) as trail:
        with locked(place):
            assert not await trail.note(event(), event())
            trail.miss()
        assert await trail.note(event())
        assert await trail.note(event())
    assert kinds(place) == ["gap", "asked", "asked"]
    assert place.ask("SELECT body FROM audit_events WHERE kind = 'gap'") == [('{"details":{"events":3}}',)]


async def test_events_for_later_that_cannot_be_written_are_a_gap_not_a_crash(place: Place) -> None:
    async with open_trail(place.open(busy_seconds=0.02), pause=HOUR) as trail:
        trail.later(event())
        with locked(place):
            await trail.flush()
        await trail.flush()
        assert kinds(place) == ["gap"]


async def test_gap_is_told_once_by_writers_at_once(place: Place) -> None:
    async with open_trail(place.open()) as trail:
        trail.miss(4)
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(trail.record, event())
    assert sorted(map(str, kinds(place))) == [*["asked"] * 5, "gap"]


async def test_caller_who_is_cancelled_before_writing_does_not_take_the_gap_along(place: Place) -> None:
    database = place.open()
    began, may_end = threading.Event(), threading.Event()

    def slow(_connection: Connection) -> None:
        began.set()
        may_end.wait(4)

    async with open_trail(database) as trail:
        trail.miss(2)
        async with anyio.create_task_group() as group:
            group.start_soon(database.write, slow)
            await anyio.to_thread.run_sync(began.wait, 4)
            with anyio.CancelScope() as scope:
                scope.cancel()
                await trail.record(event())
            may_end.set()
    assert place.ask("SELECT body FROM audit_events") == [('{"details":{"events":2}}',)]


async def test_gap_that_cannot_be_told_any_more_is_logged(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        async with open_trail(place.open()) as trail:
            trail.later(event())
            place.file.unlink()
    assert caplog.messages == ["1 events could not be written to the audit, and nothing there says so"]


async def test_event_in_the_place_of_the_next_one_is_a_typed_error(place: Place) -> None:
    async with open_trail(place.open()) as trail:
        await trail.record(event())
        place.tamper(
            "INSERT INTO audit_events (seq, at, kind, denied, key_id, body, mac) VALUES (2, 1, 'sent', 0, '', '{}', '')"
        )
        with pytest.raises(StoreUnavailable, match="did not write"):
            await trail.record(event())


async def test_event_that_cannot_be_written_down_is_refused_where_it_was_made(place: Place) -> None:
    async with open_trail(place.open()) as trail:
        with pytest.raises(ValueError, match="Out of range"):
            trail.later(AuditEvent(kind=Kind.ASKED, facts={"share": float("inf")}))
    assert kinds(place) == []


async def test_errors_of_the_block_and_of_the_writing_come_out_together(place: Place) -> None:
    async def fail() -> None:
        async with open_trail(place.open(), pause=0) as trail:
            place.tamper("ALTER TABLE audit_events RENAME COLUMN action TO acted")
            trail.later(event())
            await anyio.sleep_forever()

    with pytest.raises(BaseExceptionGroup) as caught:
        await fail()
    assert caught.group_contains(OperationalError)


async def test_nothing_is_added_to_a_chain_whose_head_was_changed(place: Place) -> None:
    async with open_trail(place.open()) as trail:
        await trail.record(event(), event())
        place.tamper("UPDATE meta SET value = replace(value, '2 ', '1 ') WHERE name = 'audit_head'")
        with pytest.raises(StoreUnavailable, match="changed from outside"):
            await trail.record(event())
    assert len(kinds(place)) == 2
