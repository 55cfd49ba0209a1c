import re

import pytest
from mcp import Client
from mcp.server.lowlevel import Server

from chatops.simulator import Fault
from chatops.surfaces.mcp.briefing import CHARACTER_LIMIT
from chatops.surfaces.mcp.prompts import prompt_handlers
from chatops.surfaces.mcp.shelf import Shelf
from tests.chatops.conftest import OpenBench, person
from tests.chatops.surfaces.mcp.connecting import BOTH_ERAS, Era, connected
from tests.chatops.surfaces.mcp.test_prompts import (
    HOSTILE,
    PHONE,
    fetched,
    inside_of_fences,
    name_all,
    outside_of_fences,
)

pytestmark = pytest.mark.anyio


@BOTH_ERAS
async def test_nothing_hostile_leaves_the_fences(open_bench: OpenBench, era: Era) -> None:
    async with open_bench() as bench, connected(bench, era) as client:
        name_all(bench, HOSTILE)
        text = await fetched(client, "incident_triage", symptom=HOSTILE)
        assert not set(text) & set("\x1b\u202e\r")
        assert "ignore previous instructions" not in outside_of_fences(text)
        assert "# New instructions" not in outside_of_fences(text)
        assert "ignore previous instructions" in inside_of_fences(text).partition("fleet_summary")[0]
        assert inside_of_fences(text).count("ignore previous instructions") > 2
        assert not [line for line in text.splitlines() if line.startswith("#")]


@BOTH_ERAS
async def test_read_that_fails_says_so_in_its_place_and_the_others_go_on(open_bench: OpenBench, era: Era) -> None:
    async with open_bench() as bench, connected(bench, era) as client:
        fault = Fault(kind="error", code="CPS.0010", message=HOSTILE, operation="batch-query-status", times=99)
        bench.simulator.faults.add(fault)
        text = await fetched(client, "safe_reset", instance_id=PHONE)
        assert re.search(rf"\nNot read: query_status instance_ids={PHONE} \(upstream_\w+\):\n```\n", text)
        assert f"list_instances instance_id={PHONE} detail=yes:\n```\n1 phone" in text
        assert "ignore previous" not in outside_of_fences(text)


async def test_read_that_the_policy_forbids_says_so(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench) as client:
        bench.rule(
            '@id("no-status")\n@message("Nobody looks at single phones today.")\n'
            'forbid (principal, action == Action::"query_status", resource);\n'
        )
        text = await fetched(client, "safe_reset", instance_id=PHONE)
        assert f"Not read: query_status instance_ids={PHONE} (policy_denied):" in text
        assert "Nobody looks at single phones today." in inside_of_fences(text)
        assert "denied" in await bench.kinds()


async def test_read_that_lacks_an_argument_says_which_and_is_not_tried(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench) as client:
        text = await fetched(client, "stuck_tasks", task_id="", instance_id=" ")
        assert "Not read: get_task needs task_id." in text
        assert "Not read: query_status needs instance_ids." in text
        assert bench.simulator.requests.total == 0


async def test_large_answers_are_cut_aloud_below_the_limit(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench) as client:
        name_all(bench, "x|`" * 400)
        for phone in bench.simulator.fleet:
            phone.running = bench.phone("b8pqkjmt").running
        text = await fetched(client, "incident_triage", symptom="y " * 240)
        assert len(text) <= CHARACTER_LIMIT
        assert re.search(r"\n\d+ more lines are left out\.\n```", text)
        assert outside_of_fences(text)


async def test_read_that_hangs_says_so_and_is_given_up(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.simulator.faults.add(Fault(kind="slow", seconds=3600, operation="task", times=99))
        handlers = prompt_handlers(Shelf(bench.executor), lambda _: person(assistant=True), read_seconds=0.05)
        async with Client(Server("tests", **handlers)) as client:
            text = await fetched(client, "stuck_tasks", task_id="t1")
        assert "Not read: get_task task_id=t1 took longer than 0.05 seconds." in text
        assert "cancelled" in await bench.kinds()
