"""How many events the audit lacks, kept in a small file, so that a process that ends does not take it along."""

import fcntl
import logging
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

FILE = "audit-missed"
_DIGITS = 12
_CONTENT = re.compile(rb"(\d{12}) (\d{12})\n")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Untold:
    """What a gap has to tell: events that only this process knows of, and those of the file, up to which number."""

    own: int = 0
    filed: int = 0
    up_to: int = 0

    @property
    def count(self) -> int:
        """How many events are missing."""
        return self.own + self.filed


class Missed:
    """Counts what could not be written. Without a folder, or where its file cannot be used, only for this process.

    The file holds how many events were ever missed and how many of them were told. Both only grow: two processes that
    tell of the same gap at once tell it twice, and what a third has missed meanwhile is told afterwards. It has one
    length from the beginning, so that it can be written in place on a disk that is full.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = None if folder is None else folder / FILE
        self._own = 0
        self._owed = folder is not None
        self._taken = 0
        self.lately = False
        """Whether this process has missed events, and not told of them yet."""

    @property
    def is_owed(self) -> bool:
        """Whether there is a gap to tell of."""
        if not self._owed:
            return False
        ever, told = self._numbers()
        self._owed = self._own > 0 or ever > max(told, self._taken)
        return self._owed

    @property
    def is_own(self) -> bool:
        """Whether only this process can tell of some of it."""
        return self._own > 0

    def prepare(self) -> None:
        """Make the file while there is room for it."""
        if self._file is None:
            return
        with suppress(OSError):  # making the file will say why it cannot be made
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._add(0)

    def add(self, count: int) -> None:
        """So many events could not be written."""
        self.lately = self._owed = True
        if not self._add(count):
            self._own += count

    def take(self) -> Untold:
        """What to tell of, which nobody else of this process tells; afterwards it is settled or given back."""
        if not self.is_owed:
            return Untold()
        self._owed = False
        own, self._own = self._own, 0
        ever, told = self._numbers()
        told, self._taken = max(told, self._taken), ever
        return Untold(own=own, filed=ever - told, up_to=ever)

    def give_back(self, untold: Untold) -> None:
        """It could not be told."""
        self._own += untold.own
        if untold.filed:
            self._taken = 0
        self._owed = self._owed or untold.count > 0

    def settle(self, untold: Untold) -> None:
        """It was told."""
        self.lately = self.lately and self._owed
        if not untold.filed:
            return
        try:
            with self._opened() as file:
                ever, told = _read(file)
                _write(file, ever, max(told, untold.up_to))
        except OSError as error:
            self._complain(error)

    def _add(self, count: int) -> bool:
        if self._file is None:
            return False
        try:
            with self._opened() as file:
                ever, told = _read(file)
                _write(file, ever + count, told)
        except OSError as error:
            self._complain(error)
            return False
        return True

    def _numbers(self) -> tuple[int, int]:
        if self._file is None or not self._file.exists():
            return 0, 0
        try:
            with self._opened() as file:
                return _read(file)
        except OSError as error:
            self._complain(error)
            return 0, 0

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The file, which nobody else reads or writes meanwhile."""
        assert self._file is not None  # noqa: S101  # asked before
        file = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
        try:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
                raise PermissionError(f"{self._file} is not a file of this account")
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)

    def _complain(self, error: OSError) -> None:
        _log.error("what the audit lacks cannot be kept in %s: %s", self._file, error.strerror or error)


def _read(file: int) -> tuple[int, int]:
    """How many were ever missed, and told; one that was made and never written holds neither."""
    found = _CONTENT.fullmatch(os.pread(file, 2 * _DIGITS + 3, 0))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _write(file: int, ever: int, told: int) -> None:
    os.pwrite(file, f"{ever:0{_DIGITS}} {told:0{_DIGITS}}\n".encode(), 0)
    os.fsync(file)
