"""Count phones by region and state, with the oddities.

Reads the whole listing and answers counts, never rows: what is running, assigned, in use, frozen, backed up, and
what looks wrong.
"""

from collections import Counter
from collections.abc import Callable, Sequence

from pydantic import Field

from tools import list_instances
from tools._action import Action, Example, compose
from tools._instance import Instance
from tools._model import Params, Result
from tools._risk import Permission, Risk
from tools._states import AssignState, CopyState, FrozenState, LoginState, RunState
from tools._text import ReportedId, ReportedLine
from tools._types import RegionId
from tools._view import Cell, Table
from tools.list_instances import InstanceList

_NAMED_AT_MOST = 5


class FleetSummaryParams(Params):
    """Which part of the fleet."""

    region: RegionId | None = Field(default=None, description="One region only")


class RegionCount(Result):
    """The phones of one region. Numbers are phones."""

    region: ReportedLine
    phones: int
    running: int
    assigned: int
    in_use: int
    frozen: int


class Oddity(Result):
    """Something an on-call person looks for, how many phones show it, and the first of them."""

    what: str
    phones: int
    instance_ids: tuple[ReportedId, ...]


class FleetSummary(Result):
    """The fleet in numbers."""

    phones: int
    regions: tuple[RegionCount, ...]
    running_status: dict[str, int]
    assigned: int
    in_use: int = Field(description="Somebody is logged in, or that is not known")
    frozen: int
    backup_status: dict[str, int]
    restore_status: dict[str, int]
    oddities: tuple[Oddity, ...]
    complete: bool = Field(description="False if pages of the listing could not be read: there are more phones")


def _is_stopped(phone: Instance) -> bool:
    return phone.running_status in (RunState.STOPPED, RunState.SHUT_DOWN)


_ODDITIES: tuple[tuple[str, Callable[[Instance], bool]], ...] = (
    (
        "frozen but assigned",
        lambda phone: phone.frozen_status is FrozenState.FROZEN and phone.assign_status is AssignState.ASSIGNED,
    ),
    ("backup failed", lambda phone: phone.backup_status is CopyState.FAILED),
    ("restore failed", lambda phone: phone.restore_status is CopyState.FAILED),
    ("stopped but logged in", lambda phone: _is_stopped(phone) and phone.login_status is LoginState.LOGGED_IN),
    (
        "running but assigned to nobody",
        lambda phone: phone.running_status is RunState.RUNNING and phone.assign_status is AssignState.UNASSIGNED,
    ),
    (
        "logged in but assigned to nobody",
        lambda phone: phone.login_status is LoginState.LOGGED_IN and phone.assign_status is AssignState.UNASSIGNED,
    ),
    ("state unknown", lambda phone: phone.running_status in (None, RunState.UNKNOWN)),
    ("no region named", lambda phone: phone.region is None),
)


def _oddities(phones: Sequence[Instance]) -> tuple[Oddity, ...]:
    found = ((what, [phone for phone in phones if shows(phone)]) for what, shows in _ODDITIES)
    return tuple(
        Oddity(what=what, phones=len(odd), instance_ids=tuple(phone.instance_id for phone in odd[:_NAMED_AT_MOST]))
        for what, odd in found
        if odd
    )


def _region(name: str, phones: Sequence[Instance]) -> RegionCount:
    return RegionCount(
        region=name,
        phones=len(phones),
        running=sum(phone.running_status is RunState.RUNNING for phone in phones),
        assigned=sum(phone.assign_status is AssignState.ASSIGNED for phone in phones),
        in_use=sum(phone.in_use for phone in phones),
        frozen=sum(phone.frozen_status is FrozenState.FROZEN for phone in phones),
    )


def _words(states: Sequence[RunState | CopyState | None]) -> dict[str, int]:
    return dict(sorted(Counter("not said" if state is None else state.value for state in states).items()))


def summarize(_: FleetSummaryParams, listed: InstanceList) -> FleetSummary:
    """The listing in numbers."""
    phones = listed.instances
    by_region: dict[str, list[Instance]] = {}
    for phone in phones:
        by_region.setdefault(phone.region or "not said", []).append(phone)
    regions = tuple(_region(name, by_region[name]) for name in sorted(by_region))
    return FleetSummary(
        phones=len(phones),
        regions=regions,
        running_status=_words([phone.running_status for phone in phones]),
        assigned=sum(region.assigned for region in regions),
        in_use=sum(region.in_use for region in regions),
        frozen=sum(region.frozen for region in regions),
        backup_status=_words([phone.backup_status for phone in phones]),
        restore_status=_words([phone.restore_status for phone in phones]),
        oddities=_oddities(phones),
        complete=listed.complete,
    )


def _say(_: FleetSummaryParams, result: FleetSummary) -> str:
    running = result.running_status.get(RunState.RUNNING.value, 0)
    return (
        f"{result.phones} phones in {len(result.regions)} regions: {running} running, {result.assigned} assigned, "
        f"{result.in_use} in use, {result.frozen} frozen, {len(result.oddities)} kinds of oddities."
    )


def _cells(result: FleetSummary) -> list[tuple[Cell, ...]]:
    return [
        *(
            (each.region, each.phones, each.running, each.assigned, each.in_use, each.frozen, None)
            for each in result.regions
        ),
        *(
            (f"! {each.what}", each.phones, None, None, None, None, ", ".join(each.instance_ids))
            for each in result.oddities
        ),
    ]


def _warn(_: FleetSummaryParams, result: FleetSummary) -> list[str]:
    return [] if result.complete else ["Not every page of the listing could be read: there are more phones."]


ACTION = Action(
    name="fleet_summary",
    word="phones",
    doc=__doc__,
    title="Fleet summary",
    by=compose(
        list_instances.ACTION,
        ask=lambda params: list_instances.EveryInstance(region=params.region),
        answer=summarize,
    ),
    params=FleetSummaryParams,
    result=FleetSummary,
    risk=Risk.READ,
    permission=Permission("instances:read"),
    change=None,
    view=Table(
        say=_say,
        columns=("region", "phones", "running", "assigned", "in use", "frozen", "first of them"),
        cells=_cells,
    ),
    warn=_warn,
    examples=(
        Example(
            params=FleetSummaryParams(), sends=None, answers=list_instances.ACTION.examples[0].answers, source="4.1.10"
        ),
    ),
)
