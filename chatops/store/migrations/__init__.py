"""Numbered steps from an empty database to the tables of ``schema.py``.

A step is a module with ``apply(connection)``. It says for itself what it makes, so that it stays as it was when
``schema.py`` has gone on. Add the next number at the end; never change one that was released.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from chatops.store.meta import Fact, read_fact, write_fact
from chatops.store.migrations import (
    m0001_meta_and_audit,
    m0002_operations,
    m0003_approver_roles,
    m0004_groups,
    m0005_pickups,
    m0006_calls,
    m0007_slack,
)

MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    m0001_meta_and_audit.apply,
    m0002_operations.apply,
    m0003_approver_roles.apply,
    m0004_groups.apply,
    m0005_pickups.apply,
    m0006_calls.apply,
    m0007_slack.apply,
)


def migrate(connection: Connection, *, is_new: bool = False) -> None:
    """Take the steps that are missing. The caller holds the write lock, so that no two processes do it at once."""
    version = 0 if is_new else int(read_fact(connection, Fact.SCHEMA_VERSION, lock=True) or 0)
    for apply in MIGRATIONS[version:]:
        apply(connection)
    if version < len(MIGRATIONS):
        write_fact(connection, Fact.SCHEMA_VERSION, str(len(MIGRATIONS)))
