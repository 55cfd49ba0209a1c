"""Several processes on one store, and processes that end in the middle of something."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chatops.audit import open_trail, verify
from chatops.errors import StoreUnavailable
from chatops.store import now
from chatops.store.meta import Fact, read_fact
from tests.chatops.audit.people import event, kinds
from tests.chatops.store.stores import KEY, Place

pytestmark = [pytest.mark.anyio, pytest.mark.process]

ROOT = Path(__file__).resolve().parents[2]
# Every program has: database, trail, say(text), and its own lines as the body of one coroutine.
FRAME = """
import sys, time
from pathlib import Path
import anyio
from pydantic import SecretStr
from chatops.audit import AuditEvent, Kind, open_trail
from chatops.errors import StoreUnavailable
from chatops.store import now, open_database
from chatops.store.meta import Fact, read_fact, write_fact

EVENT = AuditEvent(kind=Kind.SENT, on_behalf_of="alice", details={{"text": "x" * 500}})

def say(text):
    print(text, flush=True)

def increase(connection):
    value = int(read_fact(connection, Fact.AUDIT_HEAD) or 0) + 1
    write_fact(connection, Fact.AUDIT_HEAD, str(value))

async def main():
    folder = Path(sys.argv[1])
    key = SecretStr(sys.argv[2]) if sys.argv[2] else None
    database = open_database(f"sqlite:///{{folder}}/chatops.db", state_key=key, folder=folder, busy_seconds=20)
    async with open_trail(database) as trail:
{body}
    database.close()

anyio.run(main)
"""


def command(place: Place, body: str, key: str) -> list[str]:
    indented = "\n".join(f"        {line}" for line in body.strip("\n").splitlines())
    return [sys.executable, "-c", FRAME.format(body=indented), str(place.folder), key]


def start(place: Place, body: str, *, key: str = KEY.get_secret_value()) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        command(place, body, key), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def finish(*processes: "subprocess.Popen[str]") -> list[str]:
    """What each has said; all must have ended well."""
    said = [process.communicate(timeout=50)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return said


@contextmanager
def killed(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """SIGKILL at the end of the block, whatever it is doing then."""
    try:
        yield process
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(folder=tmp_path)
    yield found
    found.close()


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def test_processes_that_read_and_then_write_never_lose_an_update_nor_find_the_store_locked(place: Place) -> None:
    place.open()
    body = "for _ in range(150):\n    await database.write(increase)"
    finish(*(start(place, body) for _ in range(3)))
    assert await place.open().read(read_fact, Fact.AUDIT_HEAD) == "450"


async def test_events_of_several_processes_make_one_chain(place: Place) -> None:
    body = "for _ in range(60):\n    await trail.record(EVENT)\n    trail.later(EVENT)"
    finish(*(start(place, body) for _ in range(3)))
    found = await verify(place.open())
    assert (found.events, found.problems) == (360, ())


async def test_processes_that_make_the_store_at_once_agree_on_one_store_and_one_key(place: Place) -> None:
    body = "say(database.id + database.keyring.audit.id)\nawait trail.record(EVENT)"
    said = finish(*(start(place, body, key="") for _ in range(5)))
    assert len(set(said)) == 1
    assert (await verify(place.open(key=None))).events == 5
    place.close()
    assert sorted(file.name for file in place.folder.iterdir()) == ["chatops.db", "state.key"]


async def test_store_that_another_process_keeps_locked_is_a_typed_error_until_it_lets_go(place: Place) -> None:
    database = place.open(busy_seconds=0.1)
    body = """
def hold(connection):
    say("held")
    sys.stdin.readline()
await database.write(hold)
"""
    process = start(place, body)
    assert line(process) == "held"
    async with open_trail(database) as trail:
        with pytest.raises(StoreUnavailable, match="kept the store locked") as caught:
            await trail.record(event())
        assert caught.value.retryable
        assert await database.read(read_fact, Fact.STORE_ID) == database.id
        assert process.stdin is not None
        process.stdin.write("\n")
        finish(process)
        await trail.record(event())
    assert kinds(place) == ["asked"]


async def test_kill_in_the_middle_of_a_transaction_leaves_nothing_of_it_and_no_lock(place: Place) -> None:
    database = place.open(busy_seconds=1)
    async with open_trail(database) as trail:
        await trail.record(event())
    body = """
def half(connection):
    trail.append(connection, EVENT)
    for number in range(2000):
        write_fact(connection, Fact.STORE_ID, "x" * 1000 + str(number))
    say("inside")
    sys.stdin.readline()
await database.write(half)
"""
    with killed(start(place, body)) as process:
        assert line(process) == "inside"
    async with open_trail(database) as trail:
        await trail.record(event())
    assert await database.read(read_fact, Fact.STORE_ID) == database.id
    found = await verify(database)
    assert (found.events, found.problems) == (2, ())


async def test_kill_between_transactions_keeps_everything_that_was_said_to_be_written(place: Place) -> None:
    for rounds in range(4):
        before = len(kinds(place)) if rounds else 0
        body = "while True:\n    await trail.record(EVENT)\n    say('written')"
        with killed(start(place, body)) as process:
            said = [line(process) for _ in range(10 + 7 * rounds)]
        assert set(said) == {"written"}
        assert len(kinds(place)) >= before + len(said)
    found = await verify(place.open())
    assert (found.events, found.problems) == (len(kinds(place)), ())


async def test_disk_that_takes_no_more_is_a_typed_error_and_the_audit_stays_whole(place: Place) -> None:
    body = """
import resource
await trail.record(EVENT)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
written = 1
try:
    while written < 5000:
        await trail.record(EVENT)
        written += 1
except StoreUnavailable as error:
    say(f"{written} {error.message}")
await trail.note(EVENT)
resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
"""
    (said,) = finish(start(place, body))
    written, _, message = said.strip().partition(" ")
    assert message in {"The store could not be read or written.", "There is no room left for the store."}
    found = await verify(place.open())
    assert found.problems == ()
    assert found.events == int(written) + 1
    assert kinds(place)[-1] == "gap"


async def test_store_that_another_process_removes_is_noticed(place: Place) -> None:
    database = place.open()
    finish(start(place, "for file in folder.glob('chatops.db*'):\n    file.unlink()"))
    async with open_trail(database) as trail:
        with pytest.raises(StoreUnavailable, match="is gone"):
            await trail.record(event())


async def test_clock_set_back_in_one_process_does_not_set_it_back_for_the_others(place: Place) -> None:
    place.clock.seconds = 4_000_000_000.0  # ahead of this machine's clock, by which the other process goes
    await place.open().write(now)
    (said,) = finish(start(place, "say(await database.write(now))"))
    assert float(said) >= 4_000_000_000.0
