"""A progress bar on standard error for work that takes longer than a second. At a terminal only."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import anyio

from chatops.progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_PATIENCE = 1.0
_STEP = 0.1
_BAR = 30
_SECONDS = len(" 9999 s ")


class Waiting:
    """A bar that fills where it is known how much there is to do, and pulses where it is not; with the seconds.

    It is silent while a question is being asked, and when the terminal is gone. ``what`` may change meanwhile.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._progress: Progress | None = None
        self._silent = False
        self._bar: Bar | None = None
        self._moves = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def hear(self, progress: Progress) -> None:
        """Take in how far the work is; what is over leaves nothing but the pulse."""
        self._progress = None if progress.is_over else progress

    @property
    def text(self) -> str:
        """What is being done, and how far it is."""
        return f"{self.what}: {self._progress.what}" if self._progress is not None else self.what

    async def show(self) -> None:
        """Draw until this is cancelled."""
        if not self._moves:
            return
        began = anyio.current_time()
        try:
            while True:
                await anyio.sleep(_STEP)
                passed = anyio.current_time() - began
                if passed >= _PATIENCE and not self._silent:
                    self._draw(passed)
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
        bar, self._bar = self._bar, None
        if bar is not None:
            with suppress(OSError):  # nobody is there any more who could see it
                bar.stop()

    def _draw(self, passed: float) -> None:
        known = self._progress
        try:
            self._bar = bar = self._bar or _new_bar()
            bar.update(
                bar.task_ids[0],
                description=self.text,
                seconds=f"{passed:.0f} s",
                total=known.total if known is not None else None,
                completed=known.done if known is not None else 0,
            )
            # The first time the start draws it.
            if bar.live.is_started:
                bar.refresh()
            else:
                bar.start()
        except OSError:
            self._bar, self._silent = None, True


def _new_bar() -> "Bar":
    # rich is loaded when there is something to draw
    from rich.console import Console  # noqa: PLC0415  # see above
    from rich.progress import BarColumn, TextColumn  # noqa: PLC0415  # see above
    from rich.progress import Progress as Bar  # noqa: PLC0415  # see above
    from rich.table import Column  # noqa: PLC0415  # see above

    console = Console(file=sys.stderr, highlight=False)
    width = min(_BAR, console.width // 4)
    text = Column(no_wrap=True, overflow="ellipsis", max_width=max(console.width - width - _SECONDS, 1))
    bar = Bar(
        TextColumn("{task.description}", markup=False, table_column=text),
        TextColumn("{task.fields[seconds]}", markup=False, table_column=Column(no_wrap=True)),
        BarColumn(bar_width=width),
        console=console,
        # The event loop refreshes it, so that nothing is drawn between a question and its answer.
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task("", total=None, seconds="")
    return bar
