"""One run for each named point, in which a process is killed exactly there."""

import random
from collections.abc import Iterator
from dataclasses import replace

from tests.crash.course import PHONES, Course, arguments_of, course_of
from tests.crash.knife import EVERY, TAKING_OVER, Knife
from tools import load_actions

_CONFIRMED = ("reboot_instances", 8)
_APPROVED = ("reset_instances", 8)
_FIVE_REQUESTS = ("reboot_instances", PHONES)
"""One more than are sent at once: the first phones have been thrown out when the last ones are planned again."""
_BEFORE = {"adopted": "approved", "resumed": "consumed", "stopped": "request_settled"}
"""Where the first process is killed, so that the one that takes over comes to its point."""
_BY_APPROVAL = ("approval_asked", "approved", "adopted", "resumed")


def courses_of_every_point() -> Iterator[Course]:
    """The runs, in the order of the points."""
    for number, point in enumerate(EVERY):
        yield _course(number, point)


def _course(number: int, point: str) -> Course:
    name, size = _FIVE_REQUESTS if point == "stopped" else _APPROVED if point in _BY_APPROVAL else _CONFIRMED
    dice = random.Random(number)  # noqa: S311  # has to be repeatable
    arguments, _ = arguments_of(load_actions()[name], number, size, dice)
    killed = Knife(kind="point", point=point)
    taking_over = point in TAKING_OVER
    return replace(
        course_of(1, number),
        seed=number,
        action=name,
        arguments=arguments,
        assistant=False,
        fault=None,
        first=Knife(kind="point", point=_BEFORE[point]) if taking_over else killed,
        second=killed if taking_over else Knife(),
        later=0.0,
        waiting="approve",
    )
