"""Facts about the store itself, each under a name."""

from enum import StrEnum

from sqlalchemy import Connection, insert, select, update

from chatops.store.schema import meta


class Fact(StrEnum):
    """What is kept in ``meta``."""

    SCHEMA_VERSION = "schema_version"
    STORE_ID = "store_id"
    KEY_CHECK = "key_check"
    TIME = "time"
    AUDIT_HEAD = "audit_head"


def read_fact(connection: Connection, fact: Fact, *, lock: bool = False) -> str | None:
    """The fact, or None. ``lock`` keeps others from changing it until this writing transaction ends."""
    statement = select(meta.c.value).where(meta.c.name == fact.value)
    value: str | None = connection.execute(statement.with_for_update() if lock else statement).scalar_one_or_none()
    return value


def write_fact(connection: Connection, fact: Fact, value: str) -> None:
    """Keep the fact, whatever it was before."""
    changed = connection.execute(update(meta).where(meta.c.name == fact.value).values(value=value))
    if changed.rowcount == 0:
        connection.execute(insert(meta).values(name=fact.value, value=value))
