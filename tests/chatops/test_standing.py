from datetime import UTC, datetime, timedelta

import pytest

from chatops.control import load_control
from chatops.freezes import Scope
from chatops.standing import Standing
from chatops.team import Window
from tests.chatops.conftest import OpenBench, approver, team
from tools import load_actions

pytestmark = pytest.mark.anyio

ACTIONS = load_actions()
REBOOT, RESET, QUERY = (ACTIONS[name] for name in ("reboot_instances", "reset_instances", "query_status"))


def frozen(**scope: str) -> Standing:
    return Standing(team=team(), frozen=frozenset({Scope(**scope)}))


def test_freeze_of_everything_leaves_reads_only() -> None:
    assert frozen().forbids(REBOOT, "alice")
    assert not frozen().forbids(QUERY, "alice")


def test_freeze_does_not_keep_anybody_from_cancelling() -> None:
    assert not frozen().forbids(load_control()["cancel_operation"], "alice")


def test_freeze_of_an_action_or_a_person_leaves_the_others() -> None:
    assert frozen(action="reboot_instances").forbids(REBOOT, "alice")
    assert not frozen(action="reboot_instances").forbids(RESET, "alice")
    assert frozen(person="alice").forbids(REBOOT, "alice")
    assert not frozen(person="alice").forbids(REBOOT, "bob")
    assert not frozen(person="alice", action="reset_instances").forbids(REBOOT, "alice")


def test_freeze_of_a_region_leaves_phones_elsewhere() -> None:
    assert not frozen(region="cn-north-4").forbids(REBOOT, "alice")


async def test_freeze_is_seen_and_seen_to_end(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        before = await bench.executor.standing()
        await bench.service.freezes.begin(approver(), Scope(), reason="incident", seconds=60)
        during = await bench.executor.standing()
        assert during.differs(before)
        assert during.forbids(REBOOT, "alice")
        bench.clock.seconds += 61
        assert not (await bench.executor.standing()).differs(before)


async def test_window_of_the_team_file_is_a_freeze_of_everything(open_bench: OpenBench) -> None:
    now = datetime.now(UTC)
    window = Window.model_validate({"from": now, "until": now + timedelta(hours=1), "reason": "holidays"})
    async with open_bench(team(freeze=(window,))) as bench:
        assert (await bench.executor.standing()).forbids(REBOOT, "alice")


async def test_reload_always_counts(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        before = await bench.executor.standing()
        bench.reload(team(limits={"small": 4}))
        assert (await bench.executor.standing()).differs(before)
