"""Stores of tests: real files, a clock that a test sets, and a way to change rows behind the program's back."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from chatops.store import Database, open_database

KEY = SecretStr("k" * 32)
BEGINNING = 1_790_000_000.0


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(file.name for file in folder.iterdir())


@dataclass(kw_only=True)
class Clock:
    """The database's clock."""

    seconds: float = BEGINNING

    def __call__(self) -> float:
        return self.seconds


@dataclass(kw_only=True)
class Place:
    """Where a store lies. Every ``open`` is another Database on the same file; ``close`` closes them all."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    opened: list[Database] = field(default_factory=list)

    @property
    def file(self) -> Path:
        return self.folder / "chatops.db"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.file}"

    def open(self, *, key: SecretStr | None = KEY, busy_seconds: float = 5.0) -> Database:
        database = open_database(self.url, state_key=key, folder=self.folder, now=self.clock, busy_seconds=busy_seconds)
        self.opened.append(database)
        return database

    def close(self) -> None:
        while self.opened:
            self.opened.pop().close()

    def tamper(self, *statements: str) -> None:
        """What somebody does who can write the file: no triggers, any statement."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        """Rows, read past the program."""
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(statement).fetchall()
