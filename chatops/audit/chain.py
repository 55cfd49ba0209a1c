"""How events hang together: the mac of each covers the one before, and the head says which is the last.

mac = HMAC-SHA-256(key, JSON array of the mac before and of every column). The head is keyed as well, so that cutting
off the newest events needs an old copy of the store, or its key.
"""

import json
from dataclasses import dataclass
from hmac import compare_digest

from sqlalchemy import Column, Connection

from chatops.errors import StoreUnavailable
from chatops.store.keys import Key
from chatops.store.meta import Fact, read_fact, write_fact
from chatops.store.schema import audit_events

COVERED: tuple[Column[object], ...] = tuple(column for column in audit_events.c if column.name != "mac")
"""The columns a mac covers, in the order in which it does."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The newest event; number 0 stands for the beginning."""

    seq: int
    mac: str


def beginning(key: Key, store: str) -> Head:
    """What the first event hangs on: events of another store do not fit."""
    return Head(seq=0, mac=key.mac(json.dumps(["beginning", store])))


def mac_of(key: Key, previous: str, values: tuple[object, ...]) -> str:
    """The mac of an event, from its covered columns.

    Raises:
        TypeError: a column holds something that we never write.

    """
    return key.mac(json.dumps([previous, *values], separators=(",", ":")))


def read_head(connection: Connection, key: Key, store: str, *, lock: bool = False) -> Head:
    """The newest event that was written.

    Raises:
        StoreUnavailable: somebody else wrote the head; nothing is added to a chain that may have been cut.

    """
    text = read_fact(connection, Fact.AUDIT_HEAD, lock=lock)
    if text is None:
        return beginning(key, store)
    seq, _, rest = text.partition(" ")
    mac, _, proof = rest.partition(" ")
    if not compare_digest(proof.encode(), _proof(key, seq, mac).encode()):
        raise StoreUnavailable(
            "The audit's head was changed from outside.",
            next_step="Run chatops audit verify, keep a copy of the store, and bring back a backup.",
        )
    return Head(seq=int(seq), mac=mac)


def write_head(connection: Connection, key: Key, head: Head) -> None:
    """Make this event the newest."""
    proof = _proof(key, str(head.seq), head.mac)
    write_fact(connection, Fact.AUDIT_HEAD, f"{head.seq} {head.mac} {proof}")


def _proof(key: Key, seq: str, mac: str) -> str:
    return key.mac(json.dumps(["head", seq, mac]))
