import pytest

from chatops.audit import Anchor, anchor, open_trail, verification, verify
from chatops.store.schema import audit_events
from tests.chatops.audit.people import event, written
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio

CHANGES = (
    "at = at + 1",
    "kind = 'settled'",
    "denied = 1",
    "denied = 2",
    "person = 'bob'",
    "person = NULL",
    "action = 'reboot_instances'",
    "operation = 'op_9'",
    "key_id = 'other'",
    "body = '{}'",
    "body = CAST(body AS BLOB)",
    "body = 7",
    "mac = upper(mac)",
    "mac = X'00'",
)

OTHERS = "at, kind, denied, person, action, operation, key_id, body, mac"
COPY = f"INSERT INTO audit_events SELECT {{seq}}, {OTHERS} FROM audit_events"  # noqa: S608  # names of ours


async def test_untouched_audit_is_intact(place: Place) -> None:
    database = place.open()
    await written(database, 10)
    found = await verify(database, await anchor(database))
    assert (found.is_intact, found.events, found.head) == (True, 10, 10)


async def test_empty_audit_is_intact(place: Place) -> None:
    database = place.open()
    found = await verify(database, await anchor(database))
    assert (found.is_intact, found.events) == (True, 0)


async def test_anchor_holds_when_the_audit_has_grown_since(place: Place) -> None:
    database = place.open()
    async with open_trail(database) as trail:
        await trail.record(event())
        taken = await anchor(database)
        await trail.record(event())
    assert (await verify(database, taken)).is_intact


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seq", [1, 4, 10])
async def test_changed_event_is_found(place: Place, change: str, seq: int) -> None:
    database = place.open()
    await written(database, 10)
    place.tamper(f"UPDATE audit_events SET {change} WHERE seq = {seq}")  # noqa: S608  # values of this test
    found = await verify(database)
    assert not found.is_intact
    assert any(str(seq) in problem for problem in found.problems)


def test_every_column_is_among_the_changes_that_are_tried() -> None:
    assert {each.partition(" ")[0] for each in CHANGES} | {"seq"} == {column.name for column in audit_events.c}


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        (("DELETE FROM audit_events WHERE seq = 4",), "Event 4 is missing."),
        (("DELETE FROM audit_events WHERE seq IN (4, 5, 6)",), "Events 4 to 6 are missing."),
        (("DELETE FROM audit_events WHERE seq = 1",), "Event 1 is missing."),
        (("DELETE FROM audit_events WHERE seq > 8",), "Events 9 to 10 are missing. They were the newest."),
        (("DELETE FROM audit_events",), "Events 1 to 10 are missing. They were the newest."),
        ((COPY.format(seq=11) + " WHERE seq = 10",), "Event 11 was changed"),
        ((COPY.format(seq=0) + " WHERE seq = 1",), "An event was inserted under the number 0."),
        ((COPY.format(seq=-1) + " WHERE seq = 1",), "An event was inserted under the number -1."),
        (
            (
                "DELETE FROM audit_events WHERE seq = 4",
                "UPDATE audit_events SET seq = seq - 1 WHERE seq > 4",
            ),
            "Event 4 was changed, or it or one before it was removed",
        ),
        (
            (
                "UPDATE audit_events SET seq = 99 WHERE seq = 4",
                "UPDATE audit_events SET seq = 4 WHERE seq = 5",
                "UPDATE audit_events SET seq = 5 WHERE seq = 99",
            ),
            "Event 4 was changed",
        ),
        (("UPDATE meta SET value = 'x' WHERE name = 'audit_head'",), "was changed from outside"),
        (("DELETE FROM meta WHERE name = 'audit_head'",), "the last one that was is 0"),
    ],
)
async def test_removed_inserted_and_moved_events_are_found(
    place: Place, statements: tuple[str, ...], problem: str
) -> None:
    database = place.open()
    await written(database, 10)
    place.tamper(*statements)
    found = await verify(database)
    assert any(problem in each for each in found.problems), found.problems


async def test_event_stored_twice_under_one_number_is_found(place: Place) -> None:
    database = place.open()
    await written(database, 3)
    place.tamper(
        "CREATE TABLE loose AS SELECT * FROM audit_events",
        "DROP TABLE audit_events",
        "ALTER TABLE loose RENAME TO audit_events",
        "INSERT INTO audit_events SELECT * FROM audit_events WHERE seq = 2",
    )
    found = await verify(database)
    assert found.problems == ("An event was inserted under the number 2.",)


async def test_events_beside_the_numbers_are_found_and_end_the_check(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "PAGE", 2)
    database = place.open()
    await written(database, 3)
    place.tamper(
        "CREATE TABLE loose AS SELECT * FROM audit_events",
        "DROP TABLE audit_events",
        "ALTER TABLE loose RENAME TO audit_events",
        "INSERT INTO audit_events (seq, key_id) VALUES ('text', 'x'), ('other', 'x'), (NULL, 'x'), ('third', 'x')",
    )
    found = await verify(database)
    assert "7 events are stored, and only 6 of them have a place of their own." in found.problems


async def test_cut_tail_with_an_old_head_is_found_by_the_anchor_only(place: Place) -> None:
    database = place.open()
    await written(database, 3)
    ((old_head,),) = place.ask("SELECT value FROM meta WHERE name = 'audit_head'")
    async with open_trail(database) as trail:
        await trail.record(event())
    taken = await anchor(database)
    place.tamper(
        "DELETE FROM audit_events WHERE seq = 4",
        f"UPDATE meta SET value = '{old_head}' WHERE name = 'audit_head'",  # noqa: S608  # a value of this test
    )
    assert (await verify(database)).is_intact
    found = await verify(database, taken)
    assert found.problems == ("Event 4, at which the anchor was taken, is missing.",)


async def test_audit_made_anew_with_the_key_is_found_by_the_anchor(place: Place) -> None:
    database = place.open()
    await written(database, 3)
    taken = await anchor(database)
    place.tamper("DELETE FROM audit_events", "DELETE FROM meta WHERE name = 'audit_head'")
    place.clock.seconds += 1
    await written(database, 3)
    assert (await verify(database)).is_intact
    found = await verify(database, taken)
    assert found.problems == ("Event 3 is not the one of the anchor: the audit was written anew.",)


async def test_anchor_of_another_store_is_refused(place: Place) -> None:
    database = place.open()
    taken = await anchor(database)
    other = Anchor(store="another", seq=taken.seq, mac=taken.mac, at=taken.at)
    assert (await verify(database, other)).problems == ("The anchor is of another store.",)


async def test_events_of_another_store_do_not_fit(place: Place, tmp_path_factory: pytest.TempPathFactory) -> None:
    database = place.open()
    await written(database, 2)
    other = Place(folder=tmp_path_factory.mktemp("other"))
    theirs = other.open()
    other.tamper(
        f"ATTACH '{place.file}' AS ours",
        "INSERT INTO audit_events SELECT * FROM ours.audit_events",
        "INSERT INTO meta SELECT * FROM ours.meta WHERE name = 'audit_head'",
    )
    found = await verify(theirs)
    other.close()
    assert found.problems == ("Event 1 was changed, or it or one before it was removed, inserted or moved.",)


async def test_many_problems_are_counted_and_the_first_are_shown(place: Place) -> None:
    database = place.open()
    await written(database, 50)
    place.tamper("UPDATE audit_events SET body = '{}'")
    found = await verify(database)
    assert (found.found, len(found.problems)) == (50, 20)


async def test_pages_join_without_a_seam(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PAGE", 3)
    database = place.open()
    await written(database, 10)
    assert (await verify(database)).events == 10
    place.tamper("DELETE FROM audit_events WHERE seq IN (3, 4)")
    assert (await verify(database)).problems == ("Events 3 to 4 are missing.",)
