"""The store's own time: the database's clock, made to never go backwards.

``chatops_clock()`` is a function of the database, so that replicas share one clock and tests can set it. What it said
last is kept with the time that was told: a clock set back stops for that moment and then goes on at its pace, so it
extends nothing; one set forward and back again leaves the store's time ahead.
"""

from sqlalchemy import Connection, Double, func, select

from chatops.store.meta import Fact, read_fact, write_fact

WRITES = "chatops_writes"
"""The execution option of connections that may write."""


def now(connection: Connection) -> float:
    """Seconds since the epoch. In a writing transaction the mark moves along, and others wait for it."""
    writes = bool(connection.get_execution_options().get(WRITES, False))
    mark = read_fact(connection, Fact.TIME, lock=writes)
    time = clock = wall_clock(connection)
    if mark is not None:
        told, then = map(float, mark.split())
        time = max(clock, told + max(0.0, clock - then))
    if writes:
        write_fact(connection, Fact.TIME, f"{time!r} {clock!r}")
    return time


def wall_clock(connection: Connection) -> float:
    """What the database's clock says, which somebody may set back. Seconds since the epoch."""
    clock: float = connection.execute(select(func.chatops_clock(type_=Double))).scalar_one()
    return clock
