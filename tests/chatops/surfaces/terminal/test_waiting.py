import io

import anyio
import pytest

from chatops.surfaces.terminal.waiting import Waiting

pytestmark = pytest.mark.anyio


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


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


async def shown(screen: io.StringIO, monkeypatch: pytest.MonkeyPatch, *, rounds: int, silent: bool = False) -> str:
    monkeypatch.setattr("sys.stderr", screen)
    waiting = Waiting("List phones")
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


async def test_work_longer_than_a_second_is_shown_and_wiped(passing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    text = await shown(Screen(), monkeypatch, rounds=40)
    assert "List phones 1 s" in text
    assert text.endswith("\r\x1b[K")


async def test_short_work_shows_nothing(passing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await shown(Screen(), monkeypatch, rounds=5) == ""


async def test_nothing_moves_while_a_question_is_asked(passing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await shown(Screen(), monkeypatch, rounds=40, silent=True) == ""


async def test_pipes_and_dumb_terminals_see_nothing(passing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await shown(io.StringIO(), monkeypatch, rounds=40) == ""
    monkeypatch.setenv("TERM", "dumb")
    assert await shown(Screen(), monkeypatch, rounds=40) == ""
