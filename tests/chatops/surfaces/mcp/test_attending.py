from functools import partial
from typing import Any

import anyio
import pytest
from mcp import Client

from chatops.operations.sending import LEFT
from chatops.simulator import Fault, SimulatorSettings
from tests.chatops.conftest import Bench, OpenBench, team
from tests.chatops.surfaces.mcp.forms import Era, connected, structured

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(30)]  # hundreds of phones

ERAS: tuple[Era, ...] = ("auto", "legacy")
BOTH_ERAS = pytest.mark.parametrize("era", ERAS)
EVERYTHING = team(limits={"max_fleet_share": 1.0, "max_targets": 5000})
LARGE = SimulatorSettings(phones=900, faults=True, speed=1000)
COMMAND: dict[str, Any] = {"where": "state=running,frozen=no", "command": "getprop"}
"""More phones than one request takes, in several regions; the harmless command is a CHANGE and needs no consent."""
WHILE_THEY_ARE_ON_THEIR_WAY = Fault(kind="slow", operation="async-command", times=4, seconds=0.5)
"""The first four requests, which are sent at once, leave time to cancel."""
Heard = list[tuple[float, float | None, str | None]]


async def hear(heard: Heard, done: float, total: float | None, message: str | None) -> None:
    heard.append((done, total, message))


@BOTH_ERAS
async def test_call_over_many_phones_tells_how_many_requests_are_answered(open_bench: OpenBench, era: Era) -> None:
    heard: Heard = []
    async with open_bench(EVERYTHING, simulator=LARGE) as bench, connected(bench, era) as client:
        result = structured(await client.call_tool("start_command", COMMAND, progress_callback=partial(hear, heard)))
        requests = bench.sent("async-command")
        assert requests > 4
        assert result["status"] in {"accepted", "done"}
    words = [message for _, _, message in heard]
    assert [f"{each} of {requests} requests answered" in words for each in range(1, requests + 1)] == [True] * requests
    assert "pages read" in str(words[0])
    # The protocol wants it to grow, whatever part of the work it is about.
    done = [each for each, _, _ in heard]
    assert done == sorted(set(done))
    assert all(total is not None and each <= total for each, total, _ in heard)
    assert heard[-1][0] == heard[-1][1]


@BOTH_ERAS
async def test_read_about_more_phones_than_a_request_takes_tells_as_well(open_bench: OpenBench, era: Era) -> None:
    heard: Heard = []
    async with open_bench(EVERYTHING, simulator=LARGE) as bench, connected(bench, era) as client:
        ids = [phone.id for phone in bench.simulator.fleet][:150]
        await client.call_tool("query_status", {"instance_ids": ids}, progress_callback=partial(hear, heard))
    assert "2 of 2 requests answered" in [message for _, _, message in heard]


async def started(client: Client, bench: Bench, group: Any) -> None:  # noqa: ANN401  # a task group
    """A call over many phones is on its way, and requests of it have arrived."""
    bench.simulator.faults.add(WHILE_THEY_ARE_ON_THEIR_WAY)
    group.start_soon(client.call_tool, "start_command", COMMAND)
    while len(bench.simulator.faults):
        await anyio.lowlevel.checkpoint()


@BOTH_ERAS
async def test_cancelled_change_sends_no_more_settles_what_it_sent_and_can_be_found(
    open_bench: OpenBench, era: Era
) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench, connected(bench, era) as client:
        async with anyio.create_task_group() as group:
            await started(client, bench, group)
            group.cancel_scope.cancel()
        (operation,) = await bench.service.ledger.listed()
        while (operation := await bench.operation(operation.id)).state == "running":  # noqa: ASYNC110  # the store tells nobody
            await anyio.sleep(0.005)
        states = [each.state.value for each in operation.requests]
        assert set(states) == {"accepted", "never_sent"}
        assert bench.sent("async-command") == states.count("accepted") == 4
        assert operation.reason == LEFT
        # The connection goes on.
        assert structured(await client.call_tool("query_status", {"instance_ids": ["efjy72gs"]}))["status"] == "done"


async def test_client_that_closes_its_connection_leaves_an_operation_that_ends(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING, simulator=LARGE) as bench:
        async with connected(bench, "legacy") as client, anyio.create_task_group() as group:
            await started(client, bench, group)
            group.cancel_scope.cancel()
        (operation,) = await bench.service.ledger.listed()
        ended = await bench.ended(operation.id)
        assert "settled" in await bench.story(operation.id)
        assert LEFT in (ended.reason or "")


@BOTH_ERAS
async def test_waiting_for_another_person_tells_how_long_it_has_waited(open_bench: OpenBench, era: Era) -> None:
    heard: Heard = []
    async with open_bench() as bench, connected(bench, era) as client:
        waits = structured(await client.call_tool("reset_instances", {"instance_ids": ["efjy72gs"]}))
        assert waits["status"] == "approval_required"
        arguments = {"operation_id": waits["operation_id"], "wait_seconds": 20}
        await client.call_tool("get_operation", arguments, progress_callback=partial(hear, heard))
    assert heard
    assert heard == [(done, 20, "awaiting approval") for done in sorted({each for each, _, _ in heard})]
