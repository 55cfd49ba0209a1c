import time

import pytest

from chatops.store import now, open_database
from tests.chatops.store.stores import BEGINNING, KEY, Place

pytestmark = pytest.mark.anyio


async def test_time_is_the_clock_of_the_database(place: Place) -> None:
    database = place.open()
    assert await database.write(now) == BEGINNING
    place.clock.seconds += 12.5
    assert await database.write(now) == BEGINNING + 12.5
    assert await database.read(now) == BEGINNING + 12.5


async def test_clock_set_back_takes_no_time_back(place: Place) -> None:
    database = place.open()
    await database.write(now)
    place.clock.seconds -= 3600
    assert await database.write(now) == BEGINNING
    assert await database.read(now) == BEGINNING


async def test_clock_set_back_does_not_make_a_deadline_wait_until_it_has_caught_up(place: Place) -> None:
    database = place.open()
    await database.write(now)
    place.clock.seconds -= 3600
    await database.write(now)
    place.clock.seconds += 60
    assert await database.write(now) == BEGINNING + 60
    place.clock.seconds += 60
    assert await database.read(now) == BEGINNING + 120


async def test_clock_set_back_between_two_starts_takes_no_time_back(place: Place) -> None:
    await place.open().write(now)
    place.close()
    place.clock.seconds -= 3600
    database = place.open()
    assert await database.read(now) == BEGINNING
    assert await database.write(now) == BEGINNING


async def test_right_clock_is_believed_again_once_it_is_ahead(place: Place) -> None:
    database = place.open()
    await database.write(now)
    place.clock.seconds -= 10
    await database.write(now)
    place.clock.seconds += 7200
    assert await database.write(now) == BEGINNING + 7200


async def test_reading_does_not_move_the_mark(place: Place) -> None:
    database = place.open()
    await database.write(now)
    before = place.ask("SELECT value FROM meta WHERE name = 'time'")
    place.clock.seconds += 5
    await database.read(now)
    assert place.ask("SELECT value FROM meta WHERE name = 'time'") == before


async def test_clock_is_the_real_one_unless_a_test_sets_it(place: Place) -> None:
    database = open_database(place.url, state_key=KEY, folder=place.folder)
    place.opened.append(database)
    assert abs(await database.write(now) - time.time()) < 5
