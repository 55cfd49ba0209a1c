"""What happens in one run: a changing call, who says yes to it, what goes wrong, and when processes die."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue

from chatops.operations.points import POINTS, Point
from chatops.parsing import parse
from chatops.simulator import Fault, Simulator, SimulatorSettings
from tests.crash.knife import ASKED, TAKING_OVER, TOLD, Knife
from tools import OPEN, AnyAction, Endpoint, Risk, load_actions

PHONES = 300
"""Enough for more than a hundred in one region, so that its phones take two requests."""
FAULTS = ("drop_after", "drop_before", "slow", "error")
_NAMED_AT_MOST, _AT_LEAST = 100, 4
_SIZES = (1, 2, 3, 4, 5, 5, 6, 8, 10, 12, 16, PHONES)
_REPEATED = ("before_claim", "claimed", "answered", "request_settled", "watched", "seen")
_COMMANDS = ("ls -l /system", "pm clear com.example.app")
CHANGING = tuple(action for action in load_actions().values() if action.change is not None)


@dataclass(frozen=True, kw_only=True)
class Course:
    """One run. ``later`` are seconds between the death of a process and the start of the one that takes over.

    ``waiting`` is what becomes of a call that nobody has said yes to when its process dies.
    """

    number: int
    seed: int
    action: str
    arguments: dict[str, JsonValue]
    assistant: bool
    fault: Fault | None
    first: Knife
    second: Knife
    later: float
    waiting: str


def settings_of(seed: int) -> SimulatorSettings:
    """The fleet of a run; the same seed gives the same phones."""
    return SimulatorSettings(phones=PHONES, seed=seed, faults=True, speed=100)


def endpoint_of(name: str) -> Endpoint[Any, Any]:
    """How this call is made."""
    by = load_actions()[name].by
    assert isinstance(by, Endpoint)
    return by


def course_of(campaign: int, number: int) -> Course:
    """A random run; the same numbers give the same one."""
    dice = random.Random(f"{campaign}/{number}")  # noqa: S311  # has to be repeatable
    action = dice.choice(CHANGING)
    seed = dice.randrange(1_000_000)
    arguments, requests = arguments_of(action, seed, dice.choice(_SIZES), dice)
    assistant = dice.random() < 0.5
    path = endpoint_of(action.name).path
    fault = Fault(kind=dice.choice(FAULTS), path=path, times=1, seconds=0.15, status=500, code="0001")  # type: ignore[arg-type]  # one of them
    return Course(
        number=number,
        seed=seed,
        action=action.name,
        arguments=arguments,
        assistant=assistant,
        fault=fault if dice.random() < 0.3 else None,
        first=_knife(dice, requests, (ASKED, *_way(action, arguments, assistant=assistant), TOLD)),
        second=_knife(dice, requests, POINTS) if dice.random() < 0.4 else Knife(),
        later=dice.choice((0.0, 0.0, 5.0, 61.0, 700.0, 2000.0)),
        waiting=dice.choice(("approve", "approve", "deny", "expire")),
    )


def _way(action: AnyAction, arguments: Mapping[str, JsonValue], *, assistant: bool) -> tuple[Point, ...]:
    """The points that such a call comes to: by approval, by confirmation, or at once."""
    params = parse(action, arguments)
    risk, many = action.risk_of(params), len(getattr(params, "instance_ids", ())) not in range(1, 6)
    if risk is Risk.CHANGE:
        others: tuple[Point, ...] = ("confirmed", "approval_asked", "approved")
    elif (risk is Risk.DESTRUCTIVE and (assistant or many)) or (assistant and many):
        others = ("proposed", "confirmed")
    else:
        others = ("approval_asked", "approved")
    return tuple(each for each in POINTS if each not in (*TAKING_OVER, *others))


def _knife(dice: random.Random, requests: int, points: Sequence[str]) -> Knife:
    kind = dice.choices(("point", "transaction", "moment"), (7, 2, 2))[0]
    if kind == "transaction":
        return Knife(kind="transaction", count=dice.randint(1, 40))
    if kind == "moment":
        return Knife(kind="moment", count=dice.randint(60, 700))
    point = dice.choice(points)
    return Knife(kind="point", point=point, count=dice.randint(1, min(requests, 3)) if point in _REPEATED else 1)


def arguments_of(action: AnyAction, seed: int, size: int, dice: random.Random) -> tuple[dict[str, JsonValue], int]:
    """Arguments that concern about so many phones, and how many requests they become."""
    arguments: dict[str, JsonValue] = action.examples[0].params.model_dump(mode="json", exclude_none=True, context=OPEN)
    if action.name == "create_instances":
        return {**arguments, "count": min(size, 16)}, 1
    fleet = [
        each for each in Simulator(settings_of(seed)).fleet if not (each.frozen or each.journey or each.pay_per_use)
    ]
    if "command" in arguments:
        arguments["command"] = dice.choice(_COMMANDS)
    if "user_id" in arguments:
        arguments["user_id"] = dice.choice([each.owner for each in fleet if each.owner])
    user = str(arguments.get("user_id"))
    if action.name == "unassign_instances":
        del arguments["user_id"]
    if size > _NAMED_AT_MOST:
        del arguments["instance_ids"]
        return {**arguments, "where": "state=running,frozen=no"}, _AT_LEAST
    able = [each for each in fleet if _suits(action.name, each.owner, user)]
    chosen = dice.sample(able, min(size, len(able)))
    regions = {each.region.id for each in chosen}
    return {**arguments, "instance_ids": [each.id for each in chosen]}, len(regions)


def _suits(action: str, owner: str, user: str) -> bool:
    """Whether such a call does something for a phone with this owner."""
    if action == "assign_instances":
        return not owner
    if action == "prepare_instances":
        return owner == user
    return bool(owner) or action != "unassign_instances"
