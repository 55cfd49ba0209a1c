import io
import re

import anyio
import anyio.lowlevel
import pytest

from chatops.progress import Progress
from chatops.surfaces.terminal.waiting import Waiting

pytestmark = pytest.mark.anyio

CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
PAGES = Progress(done=3, total=12, what="3 of 12 pages read")


class Screen(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Gone(Screen):
    """A terminal whose window was closed."""

    tried = 0

    def write(self, text: str) -> int:  # noqa: ARG002  # the signature of every stream
        self.tried += 1
        raise OSError(5, "Input/output error")


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time that passes as fast as it is slept away."""
    passed = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal passed
        passed += seconds
        await anyio.lowlevel.checkpoint()

    monkeypatch.setattr("chatops.surfaces.terminal.waiting.anyio.sleep", sleep)
    monkeypatch.setattr("chatops.surfaces.terminal.waiting.anyio.current_time", lambda: passed)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


async def shown(
    screen: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    *,
    rounds: int = 40,
    silent: bool = False,
    heard: tuple[Progress, ...] = (),
) -> str:
    monkeypatch.setattr("sys.stderr", screen)
    waiting = Waiting("List phones")
    for each in heard:
        waiting.hear(each)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiting.show)
        if silent:
            with waiting.silent():
                await rest(rounds)
        else:
            await rest(rounds)
        tasks.cancel_scope.cancel()
    return screen.getvalue()


async def rest(rounds: int) -> None:
    for _ in range(rounds):
        await anyio.lowlevel.checkpoint()


def last_line(text: str) -> str:
    """The last line that was drawn, before it was wiped."""
    return [line for line in re.split(r"[\r\n]+", CODES.sub("", text)) if line.strip()][-1]


async def test_work_longer_than_a_second_is_shown_with_its_seconds_and_wiped(
    passing: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = await shown(Screen(), monkeypatch)
    assert re.search(r"List phones +1 s ━", CODES.sub("", text))
    # The cursor is shown again, and the line is empty.
    assert "\x1b[?25h" in text
    assert text.endswith("\x1b[2K")


@pytest.mark.parametrize(("done", "cells"), [(3, "━━━━━"), (6, "━━━━━━━━━━"), (11, "━━━━━━━━━━━━━━━━━━")])
async def test_bar_is_filled_as_far_as_the_work_is(
    passing: None, monkeypatch: pytest.MonkeyPatch, done: int, cells: str
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    line = last_line(await shown(Screen(), monkeypatch, heard=(Progress(done=done, total=12, what="so far"),)))
    assert line.startswith("List phones: so far ")
    assert line.count("━") == len(cells)


async def test_what_is_over_leaves_the_pulse(passing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    over = Progress(done=12, total=12, what="12 of 12 pages read")
    text = await shown(Screen(), monkeypatch, heard=(PAGES, over))
    assert "pages" not in text
    assert "List phones" in text


@pytest.mark.parametrize("columns", [20, 30, 40, 80])
async def test_bar_stays_on_one_line_however_narrow_the_terminal_is(
    passing: None, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = CODES.sub("", await shown(Screen(), monkeypatch, heard=(PAGES,)))
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    assert lines
    assert all(len(line) <= columns and line.startswith("List") for line in lines)
    assert all(re.search(r"\d s", line) for line in lines)


async def test_short_work_shows_nothing(passing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await shown(Screen(), monkeypatch, rounds=5) == ""


async def test_nothing_moves_while_a_question_is_asked(passing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await shown(Screen(), monkeypatch, silent=True) == ""


async def test_pipes_and_dumb_terminals_see_nothing(passing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await shown(io.StringIO(), monkeypatch) == ""
    monkeypatch.setenv("TERM", "dumb")
    assert await shown(Screen(), monkeypatch) == ""


async def test_terminal_that_is_gone_is_left_alone(passing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Gone()
    assert await shown(screen, monkeypatch) == ""
    assert screen.tried == 1
