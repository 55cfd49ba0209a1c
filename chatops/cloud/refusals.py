"""How often a credential was refused in a row, as every process of this account on this machine knows it."""

import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import anyio

MOST_REFUSALS = 3
"""Five bad signatures in a row lock a key; whoever is on another machine may be using it too."""

_PAUSE = 0.05
_RECORD = 32
"""Bytes of a row; always as many, so that one write replaces the other and no reader meets a part of it."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """So many refusals in a row, the last one at this time, in seconds since the epoch."""

    count: int = 0
    last: float = 0.0


_NONE = Row()
_UNREADABLE = Row(count=MOST_REFUSALS - 1)
"""As many as leave one more try: a damaged file neither locks a key nor shuts anybody out."""


class Refusals:
    """The row of one credential, in a file of a few bytes; without a folder, or where it cannot be used, in memory."""

    def __init__(self, folder: Path | None, credential: str) -> None:
        name = hashlib.sha256(credential.encode()).hexdigest()[:32]
        self._file = folder / f"refused-{name}" if folder is not None else None
        self._kept = _NONE

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """A block in which no other process is, until it ends or its process does."""
        with self._opened() as descriptor:
            while descriptor is not None and not _is_locked(descriptor):  # noqa: ASYNC110  # no event tells of a process
                await anyio.sleep(_PAUSE)
            yield

    @property
    def row(self) -> Row:
        """What is known now."""
        with self._opened() as descriptor:
            if descriptor is not None:
                with suppress(OSError):
                    self._kept = _parsed(os.pread(descriptor, _RECORD + 1, 0))
        return self._kept

    def keep(self, row: Row) -> None:
        """From now on this is known."""
        self._kept = row
        with self._opened() as descriptor:
            if descriptor is not None:
                with suppress(OSError):
                    os.pwrite(descriptor, f"{row.count} {row.last:.3f}".ljust(_RECORD)[:_RECORD].encode("ascii"), 0)
                    os.ftruncate(descriptor, _RECORD)

    @contextmanager
    def _opened(self) -> Iterator[int | None]:
        descriptor: int | None = None
        if self._file is not None:
            with suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            yield descriptor
        finally:
            if descriptor is not None:
                os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: the row is still counted
    return True


def _parsed(content: bytes) -> Row:
    if not content:
        return _NONE
    try:
        count, last = content.decode("ascii").split()
        row = Row(count=int(count), last=float(last))
    except ValueError:
        return _UNREADABLE
    return row if len(content) == _RECORD and 0 <= row.count <= MOST_REFUSALS else _UNREADABLE
