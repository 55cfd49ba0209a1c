"""A sign of life on standard error for work that takes longer than a second. At a terminal only."""

import itertools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import anyio

_PATIENCE = 1.0
_STEP = 0.1
_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_PLAIN_FRAMES = "|/-\\"
_ERASE = "\x1b[K"
_CLEAR = f"\r{_ERASE}"


class Waiting:
    """A spinner with the seconds that have passed; it is silent while a question is being asked.

    What it says may change while it turns.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._silent = False
        self._drawn = False
        self._moves = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    async def show(self) -> None:
        """Turn until this is cancelled."""
        if not self._moves:
            return
        began = anyio.current_time()
        unicode = (sys.stderr.encoding or "").lower().startswith("utf")
        try:
            for frame in itertools.cycle(_FRAMES if unicode else _PLAIN_FRAMES):
                await anyio.sleep(_STEP)
                passed = anyio.current_time() - began
                if passed >= _PATIENCE and not self._silent:
                    self._draw(f"\r{_ERASE}{frame} {self.what} {passed:.0f} s")
        finally:
            self.clear()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """No sign of life in the meantime."""
        self.clear()
        self._silent = True
        try:
            yield
        finally:
            self._silent = False

    def clear(self) -> None:
        """Wipe the line, if anything stands on it."""
        if self._drawn:
            self._drawn = False
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()

    def _draw(self, text: str) -> None:
        self._drawn = True
        sys.stderr.write(text)
        sys.stderr.flush()
