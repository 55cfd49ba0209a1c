"""All that is particular to SQLite: the file, the hooks of a connection, triggers, and what its errors mean."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import DDL, URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from chatops.errors import ConfigurationError, StoreUnavailable
from chatops.store.clock import WRITES

BUSY_SECONDS = 5.0
POOL = 5
_PRAGMAS = (
    "synchronous = FULL",  # a consent that was used stays used, even when the power fails
    "fullfsync = ON",  # what FULL means on a Mac
    "foreign_keys = ON",
    "recursive_triggers = ON",  # INSERT OR REPLACE meets the trigger of DELETE
    "secure_delete = ON",  # a sealed secret that was erased is gone from the file
    "trusted_schema = OFF",  # the file cannot make us run more than plain SQL
)


@dataclass(frozen=True, kw_only=True)
class SqliteFile:
    """A database file as it was when it was opened. ``device`` and ``inode`` tell it from one put in its place."""

    path: Path
    device: int
    inode: int
    busy_seconds: float

    def check_in_place(self) -> None:
        """Nothing, while the path leads to the file that was opened.

        Raises:
            StoreUnavailable: SQLite would go on writing into a file that nobody can find any more.

        """
        try:
            found = self.path.stat()
        except OSError as error:
            raise self._lost("is gone") from error
        if (found.st_dev, found.st_ino) != (self.device, self.inode):
            raise self._lost("was replaced while it was open")

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Errors of SQLite that a person can do something about, as StoreUnavailable; the others are our own faults."""
        try:
            yield
        except PoolTimeout as error:
            raise self._locked() from error
        except DBAPIError as error:
            explained = self._explain(error.orig)
            if explained is None:
                raise
            raise explained from error

    def _explain(self, error: BaseException | None) -> StoreUnavailable | None:
        # Extended codes have the plain one in their lowest byte. Undecodable text has no code at all.
        match getattr(error, "sqlite_errorcode", -1) & 0xFF:
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED | sqlite3.SQLITE_PROTOCOL:
                return self._locked()
            case sqlite3.SQLITE_FULL:
                return StoreUnavailable(
                    "There is no room left for the store.", next_step=f"Make room on the disk of {self.path}."
                )
            case sqlite3.SQLITE_IOERR:
                return StoreUnavailable(
                    "The store could not be read or written.",
                    next_step=f"Look at the disk of {self.path}: room, quota, file size limit, faults.",
                )
            case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
                return StoreUnavailable(
                    "The store cannot be opened for writing.",
                    next_step=f"Let this account write to {self.path} and its folder.",
                )
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return self._damaged()
        is_other = "no such table" in str(error) or "Could not decode to UTF-8" in str(error)
        return self._damaged() if is_other else None

    def _locked(self) -> StoreUnavailable:
        return StoreUnavailable(
            f"Another process kept the store locked for more than {self.busy_seconds:g} s.",
            next_step=f"Try again; if it stays so, find who holds {self.path} open.",
            retryable=True,
        )

    def _damaged(self) -> StoreUnavailable:
        return StoreUnavailable(
            "The store is damaged, or is not ours.",
            next_step=f"Stop every process that uses {self.path}, keep it for inspection, and bring back a backup.",
        )

    def _lost(self, what: str) -> StoreUnavailable:
        return StoreUnavailable(
            f"The store {what}.", next_step=f"Stop every process that uses {self.path}, bring it back, and start again."
        )


def file_at(path: Path, *, busy_seconds: float = BUSY_SECONDS) -> SqliteFile:
    """The file that lies there now."""
    found = path.stat()
    return SqliteFile(path=path, device=found.st_dev, inode=found.st_ino, busy_seconds=busy_seconds)


def open_engine(file: SqliteFile, now: Callable[[], float] | None = None) -> Engine:
    """Connections to the file. Those with the option WRITES take the write lock at once, the others cannot write."""
    engine = create_engine(
        URL.create("sqlite", database=str(file.path)),
        connect_args={"timeout": file.busy_seconds},
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=file.busy_seconds,
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # We say when a transaction begins: Python's module would begin one that upgrades its lock, and fails at once.
        connection.isolation_level = None
        connection.create_function("chatops_clock", 0, now or time.time)
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        if mode != "wal":
            raise ConfigurationError(
                f"The file system of {file.path} cannot hold the store.", next_step="Put it on a local disk."
            )
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = bool(connection.get_execution_options().get(WRITES, False))
        connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def keep_rows(table: Table, *, key: str) -> None:
    """Have triggers made with the table that refuse to change, remove or replace a row."""
    refuse = f"SELECT RAISE(ABORT, '{table.name} only grows')"
    exists = f"EXISTS (SELECT 1 FROM {table.name} WHERE {key} = NEW.{key})"  # noqa: S608  # names of ours, no values
    for when, condition in (("UPDATE", ""), ("DELETE", ""), ("INSERT", f"WHEN {exists} ")):
        trigger = f"CREATE TRIGGER {table.name}_keep_{when.lower()} BEFORE {when} ON {table.name} {condition}"
        statement = DDL(f"{trigger}BEGIN {refuse}; END")  # type: ignore[no-untyped-call]  # SQLAlchemy has no types here
        event.listen(table, "after_create", statement.execute_if(dialect="sqlite"))
