import os
import signal

import anyio
import pytest

from chatops.surfaces.terminal.interrupts import Interrupts

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
async def test_signal_stops_the_innermost_only(number: signal.Signals, code: int) -> None:
    told: list[str] = []
    went_on = False
    interrupts = Interrupts(lambda: told.append("once"))
    async with anyio.create_task_group() as tasks:
        await tasks.start(interrupts.watch)
        with interrupts.stoppable() as outer:
            with interrupts.stoppable() as inner:
                os.kill(os.getpid(), number)
                await anyio.sleep_forever()
            went_on = not outer.cancel_called
        tasks.cancel_scope.cancel()
    assert inner.cancel_called
    assert went_on
    assert told == ["once"]
    assert interrupts.exit_code == code


async def test_closed_terminal_does_not_matter_to_whom_nohup_has_started(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    told = anyio.Event()
    interrupts = Interrupts(told.set)
    try:
        async with anyio.create_task_group() as tasks:
            await tasks.start(interrupts.watch)
            os.kill(os.getpid(), signal.SIGHUP)
            os.kill(os.getpid(), signal.SIGTERM)
            await told.wait()
            tasks.cancel_scope.cancel()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert interrupts.exit_code == 143


async def test_signal_with_nothing_to_stop_is_told_and_does_no_harm() -> None:
    told = anyio.Event()
    interrupts = Interrupts(told.set)
    async with anyio.create_task_group() as tasks:
        await tasks.start(interrupts.watch)
        os.kill(os.getpid(), signal.SIGINT)
        await told.wait()
        tasks.cancel_scope.cancel()
    assert interrupts.exit_code == 130


async def test_somebody_who_interrupts_is_told_what_holds_just_then() -> None:
    told: list[str] = []
    interrupts = Interrupts(lambda: told.append("before and after"))
    async with anyio.create_task_group() as tasks:
        await tasks.start(interrupts.watch)
        with interrupts.telling(lambda: told.append("meanwhile")), interrupts.stoppable():
            os.kill(os.getpid(), signal.SIGINT)
            await anyio.sleep_forever()
        with interrupts.stoppable():
            os.kill(os.getpid(), signal.SIGINT)
            await anyio.sleep_forever()
        tasks.cancel_scope.cancel()
    assert told == ["meanwhile", "before and after"]
