"""Whether the audit is as it was written: every event once, in order, unchanged, and none cut off."""

from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from chatops.audit.anchors import Anchor
from chatops.audit.chain import COVERED, Head, beginning, mac_of, read_head
from chatops.errors import StoreUnavailable
from chatops.store.database import Database
from chatops.store.keys import Key
from chatops.store.schema import audit_events

PAGE = 2000
SHOWN = 20
_EVENTS = audit_events.c
_KEY_ID = [column.name for column in COVERED].index("key_id")
_ROWS = select(*COVERED, _EVENTS.mac).order_by(_EVENTS.seq)


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was found. ``problems`` are sentences, the first twenty of ``found``."""

    events: int
    head: int
    problems: tuple[str, ...]
    found: int

    @property
    def is_intact(self) -> bool:
        """Nothing was found."""
        return self.found == 0


@dataclass(kw_only=True)
class _Walk:
    """How far the check has come."""

    key: Key
    anchor: Anchor | None
    head: Head
    events: int = 0
    found: int = 0
    problems: list[str] = field(default_factory=list)
    is_anchored: bool = False

    def begin(self, store: str) -> None:
        if self.anchor is not None and self.anchor.store != store:
            self.report("The anchor is of another store.")
            self.anchor = None
        self._meet_anchor()

    def step(self, row: tuple[object, ...]) -> None:
        seq, mac, covered = row[0], row[-1], row[:-1]
        self.events += 1
        # Whoever can write to the file can put anything into it.
        if not isinstance(seq, int) or not isinstance(mac, str) or seq <= self.head.seq:
            self.report(f"An event was inserted under the number {seq!r}.")
            return
        if seq != self.head.seq + 1:
            self.report(_missing(self.head.seq + 1, seq - 1))
        elif row[_KEY_ID] != self.key.id:
            self.report(f"Event {seq} was written under another key.")
        elif not self._fits(covered, mac):
            self.report(f"Event {seq} was changed, or it or one before it was removed, inserted or moved.")
        # Going on from the mac that stands there shows each place where the chain is broken, not only the first.
        self.head = Head(seq=seq, mac=mac)
        self._meet_anchor()

    def finish(self, head: Head | None, total: int) -> None:
        if total != self.events:
            self.report(f"{total} events are stored, and only {self.events} of them have a place of their own.")
        if head is None:
            self.report("The note of which event is the last was changed from outside.")
        elif head.seq > self.head.seq:
            self.report(f"{_missing(self.head.seq + 1, head.seq)} They were the newest.")
        elif head != self.head:
            self.report(f"Event {self.head.seq} was not written by this program; the last one that was is {head.seq}.")
        if self.anchor is not None and not self.is_anchored:
            self.report(f"Event {self.anchor.seq}, at which the anchor was taken, is missing.")

    def report(self, problem: str) -> None:
        self.found += 1
        if len(self.problems) < SHOWN:
            self.problems.append(problem)

    def _fits(self, covered: tuple[object, ...], mac: str) -> bool:
        try:
            return mac_of(self.key, self.head.mac, covered) == mac
        except TypeError:
            return False

    def _meet_anchor(self) -> None:
        if self.anchor is None or self.anchor.seq != self.head.seq:
            return
        self.is_anchored = True
        if self.anchor.mac != self.head.mac:
            self.report(f"Event {self.head.seq} is not the one of the anchor: the audit was written anew.")


async def verify(database: Database, against: Anchor | None = None) -> Verification:
    """Check every event, a page in memory at a time.

    Only an anchor shows that somebody with the key, or with an old copy of the store, made the chain anew.

    Raises:
        StoreUnavailable: the audit cannot be read.

    """
    key = database.keyring.audit
    walk = _Walk(key=key, anchor=against, head=beginning(key, database.id))
    walk.begin(database.id)
    while await database.read(_check_page, walk, database.id):
        pass
    return Verification(events=walk.events, head=walk.head.seq, problems=tuple(walk.problems), found=walk.found)


def _check_page(connection: Connection, walk: _Walk, store: str) -> bool:
    """Whether there may be more. The last, empty page sees the head as it is at the same moment."""
    # The first page has no lower bound, so that numbers below the first are met as well.
    after = walk.head.seq
    statement = _ROWS.where(_EVENTS.seq > after) if walk.events else _ROWS
    for row in connection.execute(statement.limit(PAGE)):
        walk.step(tuple(row))
    if walk.head.seq > after:
        return True
    head: Head | None = None
    with suppress(StoreUnavailable):  # raised for a head that is not ours; what the database refuses comes as it is
        head = read_head(connection, walk.key, store)
    walk.finish(head, connection.execute(select(func.count()).select_from(audit_events)).scalar_one())
    return False


def _missing(first: int, last: int) -> str:
    return f"Event {first} is missing." if first == last else f"Events {first} to {last} are missing."
