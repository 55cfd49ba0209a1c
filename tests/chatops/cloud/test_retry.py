from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.cloud.retry import Patience, change_may_repeat, read_may_repeat
from chatops.errors import UpstreamUnavailable
from tests.chatops.cloud.world import Clock
from tools import Resend

pytestmark = pytest.mark.anyio

BUSY = Problem(error=UpstreamUnavailable, message="Busy.", fate=Fate.UNCERTAIN, transient=True)


def failing(*problems: Problem) -> Callable[[], Awaitable[str]]:
    left = list(problems)

    async def attempt() -> str:
        if left:
            raise AttemptFailed(left.pop(0))
        return "done"

    return attempt


def patience(clock: Clock, *, attempts: int = 4, budget: float = 30.0, jitter: float = 1.0) -> Patience:
    return Patience(
        attempts=attempts, budget=budget, clock=clock, sleep=clock.sleep, jitter=lambda ceiling: ceiling * jitter
    )


async def test_waits_are_drawn_below_a_ceiling_that_doubles() -> None:
    clock = Clock()
    assert await patience(clock).repeat(failing(BUSY, BUSY, BUSY), may_repeat=read_may_repeat) == "done"
    assert clock.slept == [0.5, 1.0, 2.0]


async def test_ceiling_has_an_end() -> None:
    clock = Clock()
    await patience(clock, attempts=10, budget=100.0).repeat(failing(*[BUSY] * 7), may_repeat=read_may_repeat)
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


async def test_wait_is_never_shorter_than_was_asked_for() -> None:
    clock = Clock()
    asked = replace(BUSY, retry_after=7.0)
    await patience(clock).repeat(failing(asked, BUSY), may_repeat=read_may_repeat)
    assert clock.slept == [7.0, 1.0]


async def test_attempts_have_an_end() -> None:
    clock = Clock()
    with pytest.raises(AttemptFailed):
        await patience(clock, attempts=3).repeat(failing(BUSY, BUSY, BUSY), may_repeat=read_may_repeat)
    assert len(clock.slept) == 2


async def test_wait_that_exceeds_the_budget_is_given_up_at_once() -> None:
    clock = Clock()
    asked = replace(BUSY, retry_after=31.0)
    with pytest.raises(AttemptFailed) as caught:
        await patience(clock).repeat(failing(asked), may_repeat=read_may_repeat)
    assert clock.slept == []
    assert caught.value.problem.retry_after == 31.0


async def test_time_spent_in_attempts_counts_against_the_budget() -> None:
    clock = Clock()

    async def attempt() -> None:
        clock.seconds += 20.0
        raise AttemptFailed(BUSY)

    with pytest.raises(AttemptFailed):
        await patience(clock).repeat(attempt, may_repeat=read_may_repeat)
    assert len(clock.slept) == 1


async def test_anything_but_a_failed_attempt_passes_through() -> None:
    clock = Clock()

    async def attempt() -> None:
        raise KeyError("a mistake of ours")

    with pytest.raises(KeyError):
        await patience(clock).repeat(attempt, may_repeat=lambda _: True)
    assert clock.slept == []


@pytest.mark.parametrize("fate", Fate)
@pytest.mark.parametrize("resend", Resend)
@pytest.mark.parametrize("transient", [True, False])
def test_change_is_repeated_only_if_it_surely_was_not_processed(fate: Fate, resend: Resend, transient: bool) -> None:
    problem = replace(BUSY, fate=fate, transient=transient)
    allowed = transient and resend is Resend.IF_UNPROCESSED and fate in {Fate.UNSENT, Fate.UNPROCESSED}
    assert change_may_repeat(resend)(problem) is allowed
    assert read_may_repeat(problem) is transient
