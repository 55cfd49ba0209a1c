"""Opening the store: made when there is none, refused when it is not safe to use."""

import secrets
from collections.abc import Callable
from hmac import compare_digest
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from chatops.errors import ConfigurationError
from chatops.store.clock import WRITES
from chatops.store.database import Database
from chatops.store.files import check_private, placed
from chatops.store.keys import Keyring, load_keyring
from chatops.store.meta import Fact, read_fact, write_fact
from chatops.store.migrations import MIGRATIONS, migrate
from chatops.store.sqlite import BUSY_SECONDS, file_at, open_engine


def open_database(
    url: str,
    *,
    state_key: SecretStr | None,
    folder: Path,
    now: Callable[[], float] | None = None,
    busy_seconds: float = BUSY_SECONDS,
) -> Database:
    """The store at the URL. It blocks: migrations run here.

    ``folder`` holds the key file where ``state_key`` is None. ``now`` is the database's clock in tests, in seconds
    since the epoch. ``busy_seconds`` is how long to wait for other writers.

    Raises:
        ConfigurationError: others may read the file, its schema is newer than this program, or its key is missing or
            different.
        StoreUnavailable: it is locked or damaged.

    """
    path = _path_of(url)
    is_new = not path.exists()
    keyring = load_keyring(state_key, folder, is_new=is_new)
    if is_new:
        _make(path, keyring)
    check_private(path)
    file = file_at(path, busy_seconds=busy_seconds)
    engine = open_engine(file, now)
    try:
        with file.explained():
            store_id = _admit(engine, keyring, path)
    except BaseException:
        engine.dispose()
        raise
    return Database(engine=engine, backend=file, keyring=keyring, id=store_id)


def _path_of(url: str) -> Path:
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    # Never shown: the URL of another database may hold a password.
    if parsed is None or parsed.drivername != "sqlite" or not parsed.database or parsed.query:
        raise ConfigurationError(
            "CHATOPS_DATABASE_URL is not one of SQLite.", next_step="Write sqlite:////absolute/path/chatops.db."
        )
    path = Path(parsed.database)
    if not path.is_absolute():
        raise ConfigurationError(
            "CHATOPS_DATABASE_URL has a relative path: it would name another store in each folder.",
            next_step="Write sqlite:////absolute/path/chatops.db, with four slashes.",
        )
    return path.resolve()


def _make(path: Path, keyring: Keyring) -> None:
    """A whole store appears at once, so that no process ever meets half of one."""
    with placed(path) as draft:
        file = file_at(draft)
        engine = open_engine(file)
        try:
            with file.explained(), engine.execution_options(**{WRITES: True}).begin() as connection:
                migrate(connection, is_new=True)
                store_id = secrets.token_hex(8)
                write_fact(connection, Fact.STORE_ID, store_id)
                write_fact(connection, Fact.KEY_CHECK, keyring.check.mac(store_id))
        finally:
            engine.dispose()


def _admit(engine: Engine, keyring: Keyring, path: Path) -> str:
    """The store's id, once it is known to be ours and its tables are those of this program."""
    with engine.begin() as connection:
        version = _version(connection, path)
        store_id = _checked_id(connection, keyring, path)
    if version < len(MIGRATIONS):
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            _version(connection, path)  # another process may have been first, and newer
            migrate(connection)
    return store_id


def _version(connection: Connection, path: Path) -> int:
    version = int(read_fact(connection, Fact.SCHEMA_VERSION) or 0)
    if version > len(MIGRATIONS):
        raise ConfigurationError(
            f"{path} was written by a newer version of this program (schema {version}, known up to {len(MIGRATIONS)}).",
            next_step="Install that version again, or bring back a backup from before.",
        )
    return version


def _checked_id(connection: Connection, keyring: Keyring, path: Path) -> str:
    store_id = read_fact(connection, Fact.STORE_ID) or ""
    if not compare_digest(read_fact(connection, Fact.KEY_CHECK) or "", keyring.check.mac(store_id)):
        raise ConfigurationError(
            f"The key does not belong to {path}.",
            next_step="Set CHATOPS_STATE_KEY, or bring back the key file, with which the store was made.",
        )
    return store_id
