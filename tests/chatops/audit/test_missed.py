import logging
import stat
import threading
from pathlib import Path

import anyio
import pytest

from chatops.audit import Missed, Unwritten, open_trail, verify
from chatops.audit.missed import FILE
from tests.chatops.audit.people import event, kinds
from tests.chatops.audit.test_trail import locked
from tests.chatops.store.stores import Place

pytestmark = pytest.mark.anyio


def gaps(place: Place) -> list[object]:
    return [body for (body,) in place.ask("SELECT body FROM audit_events WHERE kind = 'gap' ORDER BY seq")]


def gap(count: int) -> str:
    return f'{{"details":{{"events":{count}}}}}'


async def lose(place: Place, count: int) -> None:
    """A process that ends before anything could be written again."""
    database = place.open(busy_seconds=0.02)
    with locked(place):
        async with open_trail(database, Missed(place.folder)) as trail:
            assert not await trail.note(*(event() for _ in range(count)))


async def test_gap_is_told_by_the_next_process_before_anything_else_and_once(place: Place) -> None:
    await lose(place, 3)
    await lose(place, 2)
    async with open_trail(place.open(), Missed(place.folder)) as trail:
        assert trail.gaps == ()
        await trail.note(event())
    async with open_trail(place.open(), Missed(place.folder)):
        pass
    assert (kinds(place), gaps(place)) == (["gap", "asked"], [gap(5)])
    assert (await verify(place.open())).is_intact


async def test_gap_of_a_process_that_goes_on_is_told_by_itself_and_once(place: Place) -> None:
    async with open_trail(place.open(busy_seconds=0.02), Missed(place.folder)) as trail:
        with locked(place):
            await trail.note(event())
        assert trail.gaps
        await trail.note(event())
        assert not trail.gaps
    async with open_trail(place.open(), Missed(place.folder)):
        pass
    assert (kinds(place), gaps(place)) == (["gap", "asked"], [gap(1)])


async def test_what_is_missed_while_others_tell_of_a_gap_is_told_afterwards(place: Place) -> None:
    one, other, third = Missed(place.folder), Missed(place.folder), Missed(place.folder)
    third.add(3)
    told = (one.take(), other.take())
    assert [each.count for each in told] == [3, 3]
    third.add(2)
    one.settle(told[0])
    other.settle(told[1])
    assert Missed(place.folder).take().count == 2


async def test_gap_that_could_not_be_told_is_told_later(place: Place) -> None:
    missed = Missed(place.folder)
    missed.add(3)
    missed.give_back(missed.take())
    assert Missed(place.folder).take().count == missed.take().count == 3


async def test_writer_does_not_tell_of_what_another_writer_is_telling_of(place: Place) -> None:
    missed = Missed(place.folder)
    missed.add(3)
    first = missed.take()
    missed.add(1)
    second = missed.take()
    missed.settle(first)
    missed.settle(second)
    assert (first.count, second.count, Missed(place.folder).take().count) == (3, 1, 0)


async def test_file_has_its_length_from_the_beginning_and_is_private(place: Place) -> None:
    async with open_trail(place.open(), Missed(place.folder)):
        pass
    file = place.folder / FILE
    before = file.stat()
    Missed(place.folder).add(7)
    after = file.stat()
    assert stat.S_IMODE(before.st_mode) == 0o600
    assert (before.st_size, before.st_ino) == (after.st_size, after.st_ino)
    assert file.read_text(encoding="ascii") == "000000000007 000000000000\n"


async def test_events_that_no_store_takes_are_counted_too(place: Place) -> None:
    unwritten = Unwritten(Missed(place.folder))
    await unwritten.note(event(), event())
    unwritten.later(event())
    async with open_trail(place.open(), Missed(place.folder)):
        pass
    assert gaps(place) == [gap(3)]


async def test_count_that_cannot_be_kept_is_logged_and_told_by_this_process(
    place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("0" * 26, encoding="ascii")
    (place.folder / FILE).symlink_to(elsewhere)
    with caplog.at_level(logging.ERROR):
        missed = Missed(place.folder)
        missed.add(2)
        assert (missed.take().count, elsewhere.read_text(encoding="ascii")) == (2, "0" * 26)
    assert "what the audit lacks cannot be kept" in caplog.text


async def test_processes_at_once_count_everything(place: Place) -> None:
    Missed(place.folder).prepare()

    def add() -> None:
        missed = Missed(place.folder)
        for _ in range(20):
            missed.add(1)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await anyio.to_thread.run_sync(thread.join)
    assert Missed(place.folder).take().count == 80
