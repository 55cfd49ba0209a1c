"""Files that only their owner reads, put in place whole or not at all."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatops.errors import ConfigurationError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def check_private(file: Path) -> None:
    """Nothing, when only this account can read the file and put another in its place.

    Looks without opening: closing a file of SQLite's would drop the locks this process holds on it.

    Raises:
        ConfigurationError: it is not so.

    """
    found = file.stat()
    if not stat.S_ISREG(found.st_mode):
        raise ConfigurationError(f"{file} is not a file.", next_step="Name a file, or one that is not there yet.")
    if found.st_uid != os.geteuid():
        raise ConfigurationError(
            f"{file} belongs to another account.", next_step="Run this as the account that owns the store."
        )
    if found.st_mode & _OTHERS:
        raise ConfigurationError(
            f"Other accounts may read or write {file}.", next_step=f"Take that away: chmod 600 {file}"
        )
    folder = file.parent.stat()
    if folder.st_mode & _OTHERS_WRITE and not folder.st_mode & stat.S_ISVTX:
        raise ConfigurationError(
            f"Other accounts may replace files in {file.parent}.", next_step=f"Take that away: chmod go-w {file.parent}"
        )


@contextmanager
def placed(file: Path) -> Iterator[Path]:
    """A draft beside the file, which becomes the file when the block ends well, unless there already is one.

    Raises:
        ConfigurationError: the folder cannot be made or written, or its file system knows no hard links.

    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)  # mode 0600
        os.close(descriptor)
    except OSError as error:
        raise _not_written(file, error) from error
    draft = Path(name)
    try:
        yield draft
        _put(draft, file)
    finally:
        draft.unlink(missing_ok=True)


def _put(draft: Path, file: Path) -> None:
    try:
        # A link never replaces: of two processes that start at once, one makes the file and both use it.
        os.link(draft, file)
    except FileExistsError:
        return
    except OSError as error:
        raise _not_written(file, error) from error
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _not_written(file: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{file} cannot be made: {error.strerror}.",
        next_step="Make its folder writable, on a local disk, or set CHATOPS_DATABASE_URL and CHATOPS_STATE_DIR.",
    )
