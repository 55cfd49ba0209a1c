from pathlib import Path

import anyio
import pytest

from chatops.cloud.guard import CLOSED_SECONDS, Guard
from chatops.cloud.problems import AttemptFailed, Fate
from chatops.cloud.refusals import MOST_REFUSALS, Refusals
from chatops.errors import AuthenticationFailed
from tests.chatops.cloud.world import Clock

pytestmark = pytest.mark.anyio


def a_guard(clock: Clock | None = None, folder: Path | None = None) -> Guard:
    return Guard(clock=clock or Clock(), what="The key", refusals=Refusals(folder, "key"))


async def refuse(guard: Guard, times: int) -> None:
    for _ in range(times):
        async with guard.turn():
            guard.refused()


async def is_closed(guard: Guard) -> bool:
    try:
        async with guard.turn():
            return False
    except AttemptFailed:
        return True


def put(folder: Path, content: bytes) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(content)


async def most_at_once(guard: Guard) -> int:
    inside: list[int] = []
    most: list[int] = []

    async def one(number: int) -> None:
        async with guard.turn():
            inside.append(number)
            most.append(len(inside))
            await anyio.lowlevel.checkpoint()
            inside.remove(number)

    async with anyio.create_task_group() as group:
        for number in range(10):
            group.start_soon(one, number)
    return max(most)


async def test_unproven_credential_is_used_by_one_at_a_time() -> None:
    guard = a_guard()
    assert await most_at_once(guard) == 1
    guard.accepted()
    assert await most_at_once(guard) == 10
    guard.refused()
    assert await most_at_once(guard) == 1


async def test_those_who_waited_go_together_once_one_was_accepted() -> None:
    guard = a_guard()
    inside: list[int] = []
    all_in = anyio.Event()

    async def one(number: int) -> None:
        async with guard.turn():
            if not inside:
                await anyio.lowlevel.checkpoint()
                guard.accepted()
            inside.append(number)
            if len(inside) == 5:
                all_in.set()
            if number:
                await all_in.wait()

    async with anyio.create_task_group() as group:
        for number in range(5):
            group.start_soon(one, number)
    assert len(inside) == 5


async def test_credential_that_was_refused_three_times_rests_for_five_minutes() -> None:
    clock = Clock()
    guard = a_guard(clock)
    await refuse(guard, MOST_REFUSALS)
    with pytest.raises(AttemptFailed) as caught:
        async with guard.turn():
            pytest.fail("it was used")
    problem = caught.value.problem
    assert (problem.error, problem.fate, problem.retry_after) == (AuthenticationFailed, Fate.UNSENT, CLOSED_SECONDS)
    assert "try again in 5 minutes" in problem.next_step
    clock.seconds += CLOSED_SECONDS
    async with guard.turn():
        guard.accepted()


async def test_refusals_that_are_not_in_a_row_do_not_count() -> None:
    guard = a_guard()
    for _ in range(10):
        async with guard.turn():
            guard.refused()
        async with guard.turn():
            guard.accepted()


async def test_processes_that_share_a_folder_count_together(tmp_path: Path) -> None:
    clock = Clock()
    for _ in range(MOST_REFUSALS):
        assert not await is_closed(a_guard(clock, tmp_path))
        await refuse(a_guard(clock, tmp_path), 1)
    assert await is_closed(a_guard(clock, tmp_path))
    clock.seconds += CLOSED_SECONDS
    await refuse(a_guard(clock, tmp_path), 1)
    assert not await is_closed(a_guard(clock, tmp_path))


async def test_acceptance_in_one_process_ends_the_row_of_all(tmp_path: Path) -> None:
    for _ in range(3):
        await refuse(a_guard(folder=tmp_path), MOST_REFUSALS - 1)
        guard = a_guard(folder=tmp_path)
        async with guard.turn():
            guard.accepted()
    assert not await is_closed(a_guard(folder=tmp_path))


@pytest.mark.timeout(30)
async def test_unproven_credential_is_used_by_one_process_at_a_time(tmp_path: Path) -> None:
    one, other, entered = a_guard(folder=tmp_path), a_guard(folder=tmp_path), anyio.Event()

    async def enter() -> None:
        async with other.turn():
            entered.set()

    async with anyio.create_task_group() as group:
        async with one.turn():
            group.start_soon(enter)
            await anyio.wait_all_tasks_blocked()
            assert not entered.is_set()
        await entered.wait()


async def test_clock_that_was_set_back_shuts_nobody_out(tmp_path: Path) -> None:
    clock = Clock()
    await refuse(a_guard(clock, tmp_path), MOST_REFUSALS)
    clock.seconds -= 86_400
    assert not await is_closed(a_guard(clock, tmp_path))


@pytest.mark.parametrize("content", [b"\xff", b"3", b"-1 0.000", b"7 0.000".ljust(32), b"2 1.0", b"x" * 5_000])
async def test_damaged_count_leaves_one_try(tmp_path: Path, content: bytes) -> None:
    await refuse(a_guard(folder=tmp_path), 1)
    put(tmp_path, content)
    guard = a_guard(folder=tmp_path)
    await refuse(guard, 1)
    assert await is_closed(guard)
    assert await is_closed(a_guard(folder=tmp_path))


async def test_folder_that_cannot_be_used_leaves_the_count_to_each_process(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    guard = a_guard(folder=tmp_path / "file" / "below")
    await refuse(guard, MOST_REFUSALS)
    assert await is_closed(guard)


@pytest.mark.parametrize("times", range(MOST_REFUSALS, 2 * MOST_REFUSALS + 1))
async def test_requests_that_were_on_their_way_when_it_closed_do_not_open_it(tmp_path: Path, times: int) -> None:
    guard = a_guard(folder=tmp_path)
    for _ in range(times):
        guard.refused()
    assert await is_closed(guard)
    assert await is_closed(a_guard(folder=tmp_path))
