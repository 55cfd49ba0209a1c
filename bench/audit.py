"""How fast events are written, how long it takes to verify them and in how much memory, and how long filters take.

Run: .venv/bin/python bench/audit.py [EVENTS]
Verification is timed in a process of its own, on a tenth of the events and on all of them: the rate and the peak of
memory stay the same when it is linear and flat.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import anyio

from chatops.audit import AuditEvent, Filter, Kind, Style, Trail, export, open_trail, show, verify
from chatops.principal import Principal, Surface
from chatops.store import Database, open_database

ROOT = Path(__file__).resolve().parent.parent
EVENTS = 1_000_000
BATCH = 1000
SINGLE = 500
REPEATS = 20
PEOPLE = tuple(
    Principal(person=f"person{number}", roles=frozenset(), permissions=frozenset(), surface=Surface.MCP)
    for number in range(40)
)
KINDS = tuple(Kind)
ACTIONS = ("reset_instances", "reboot_instances", "list_instances", "query_status", "assign_instances")


def made(first: int, count: int) -> Iterator[AuditEvent]:
    """Events as calls make them: five a call."""
    for number in range(first, first + count):
        yield AuditEvent(
            kind=KINDS[number % len(KINDS)],
            principal=PEOPLE[number // 5 % len(PEOPLE)],
            action=ACTIONS[number // 5 % len(ACTIONS)],
            operation=f"op_{number // 5:016d}",
            targets=tuple(f"phone-{number + index:08d}" for index in range(3)),
            facts={"count": 3, "fleet": 1000, "in_use": 0, "frozen": False},
            rules=("small-change",),
            status="done",
        )


def opened(folder: Path) -> Database:
    """The benchmark's store."""
    return open_database(f"sqlite:///{folder}/chatops.db", state_key=None, folder=folder)


async def fill(trail: Trail, first: int, last: int) -> float:
    """Events a second, a thousand in one transaction."""
    begin = time.perf_counter()
    for number in range(first, last, BATCH):
        await trail.record(*made(number, min(BATCH, last - number)))
    return (last - first) / (time.perf_counter() - begin)


async def append_milliseconds(trail: Trail) -> float:
    """The median time of one event that is on disk before its request is sent."""
    times = []
    for event in made(0, SINGLE):
        begin = time.perf_counter()
        await trail.record(event)
        times.append(time.perf_counter() - begin)
    return median(times) * 1000


async def verified(folder: Path) -> str:
    """What a process of its own says of the audit as it is now."""
    command = (sys.executable, __file__, "--verify", str(folder))
    done = await anyio.run_process(command, cwd=ROOT)
    return done.stdout.decode().strip()


async def verify_here(folder: Path) -> None:
    """Print how long verification took, and the most memory this process ever had."""
    database = opened(folder)
    begin = time.perf_counter()
    found = await verify(database)
    seconds = time.perf_counter() - begin
    if not found.is_intact:
        raise RuntimeError(found.problems)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(f"{found.events} events in {seconds:.2f} s, {found.events / seconds:.0f}/s, peak memory {peak:.0f} MiB")


async def query_milliseconds(database: Database, wanted: Filter) -> float:
    """The median time of a page of 100."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        await show(database, wanted, limit=100)
        times.append(time.perf_counter() - begin)
    return median(times) * 1000


async def query(database: Database, events: int, began: datetime) -> None:
    """Print how long each filter takes, and an export of everything."""
    (newest,) = await show(database, Filter(), limit=1)
    middle = began + (newest.at - began) / 2
    filters = {
        "newest": Filter(),
        "since the middle": Filter(since=middle),
        "one person": Filter(person="person7"),
        "one action": Filter(action="reset_instances"),
        "one operation": Filter(operation=f"op_{events // 10:016d}"),
        "denied": Filter(denied=True),
        "denied to one person since the middle": Filter(denied=True, person="person7", since=middle),
        "a person who never was": Filter(person="nobody"),
    }
    for name, wanted in filters.items():
        print(f"show, {name}: {await query_milliseconds(database, wanted):.2f} ms")
    begin = time.perf_counter()
    size = sum([len(line) async for line in export(database, Filter(), Style.JSON_LINES)])
    print(f"export: {size / 1024 / 1024:.0f} MiB in {time.perf_counter() - begin:.1f} s")


async def measure(events: int) -> None:
    """Print the figures, one a line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = datetime.now(UTC)
        database = opened(folder)
        async with open_trail(database) as trail:
            print(f"append, one by one: {await append_milliseconds(trail):.2f} ms each")
            rate = await fill(trail, SINGLE, events // 10)
            print(f"append, {BATCH} at once: {rate:.0f}/s")
            print(f"verify: {await verified(folder)}")
            await fill(trail, events // 10, events)
        print(f"verify: {await verified(folder)}")
        print(f"file: {(folder / 'chatops.db').stat().st_size / events:.0f} bytes an event")
        await query(database, events, began)
        database.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--verify"]:
        anyio.run(verify_here, Path(sys.argv[2]))
    else:
        anyio.run(measure, int(sys.argv[1]) if sys.argv[1:] else EVENTS)
