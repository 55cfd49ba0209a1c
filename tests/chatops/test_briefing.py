from dataclasses import replace

import pytest

from chatops.briefing import first_reads, offered
from chatops.outcome import Status
from chatops.runbooks import load_runbooks
from chatops.simulator import Fault
from tests.chatops.conftest import OpenBench, person

pytestmark = pytest.mark.anyio


async def test_reads_are_run_as_the_person_in_their_order(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        runbook = load_runbooks()["incident_triage"]
        found = await first_reads(bench.executor, person("viewer", name="vera"), runbook, {})
        assert [each.call.action for each in found] == [each.action for each in runbook.reads]
        assert all(each.outcome is not None and each.outcome.status is Status.DONE for each in found)
        assert {event.person for event in await bench.events()} == {"vera"}


async def test_what_cannot_be_read_says_why(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        runbook = load_runbooks()["stuck_tasks"]
        lacking = await first_reads(bench.executor, person(), runbook, {})
        assert "get_task needs task_id." in [each.problem for each in lacking]
        bench.simulator.faults.add(Fault(kind="slow", seconds=3600, operation="task", times=99))
        slow = await first_reads(bench.executor, person(), runbook, {"task_id": "t1"}, seconds=0.05)
        assert "get_task task_id=t1 took longer than 0.05 seconds." in [each.problem for each in slow]


async def test_nobody_without_a_role_is_offered_any(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        runbooks = load_runbooks()
        assert list(offered(runbooks, bench.executor, person("viewer"))) == list(runbooks)
        assert offered(runbooks, bench.executor, replace(person(), roles=frozenset())) == {}
