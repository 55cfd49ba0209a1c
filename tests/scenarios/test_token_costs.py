"""What an answer costs a model: text and structured content together, as characters of compact JSON divided by four."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from mcp import types

from chatops.control import every_action
from chatops.simulator import SimulatorSettings
from tests.chatops.conftest import Bench, OpenBench, Person, open_bench, person
from tests.chatops.surfaces.mcp.connecting import connected, structured, text_of

__all__ = ["open_bench"]

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]

FLEET = SimulatorSettings(phones=400, faults=True, speed=1000)
LIST_LIMIT, LIMIT = 2_000, 10_000
WAITING = 30
DEFAULTS: dict[str, dict[str, Any]] = {
    "list_instances": {},
    "list_skus": {},
    "fleet_summary": {},
    "list_operations": {},
    "list_approvals": {},
    "whoami": {},
}
MOST: dict[str, dict[str, Any]] = {
    "list_instances": {"limit": 500, "detail": True},
    "list_operations": {"limit": 50},
    "list_approvals": {"limit": 50},
}


def cost(result: types.CallToolResult) -> float:
    told = [text_of(result), structured(result)]
    return len(json.dumps(told, ensure_ascii=False, separators=(",", ":"))) / 4


async def ids_of(bench: Bench) -> Sequence[str]:
    return [phone.id for phone in bench.simulator.fleet]


async def fill(bench: Bench) -> None:
    """As many calls that wait as an on-call team would never have."""
    for phone in list(await ids_of(bench))[:WAITING]:
        await bench.executor.run(person(assistant=True), "reset_instances", {"instance_ids": [phone]}, Person())


def test_every_action_that_lists_is_looked_at() -> None:
    reads = {name: action.params for name, action in every_action().items() if action.change is None}
    optional = {name for name, params in reads.items() if not params.model_json_schema().get("required")}
    assert optional == {*DEFAULTS, "query_status"}  # which wants phones, by a validator


async def test_lists_cost_less_than_2000_tokens_unless_somebody_asks_for_more(open_bench: OpenBench) -> None:
    async with open_bench(simulator=FLEET) as bench, connected(bench) as client:
        await client.list_tools()
        await fill(bench)
        costs = {name: cost(await client.call_tool(name, arguments)) for name, arguments in DEFAULTS.items()}
        assert {name: spent for name, spent in costs.items() if spent >= LIST_LIMIT} == {}
        assert costs["list_instances"] > 1000
        assert costs["list_operations"] > 1000


@pytest.mark.parametrize("name", MOST)
async def test_nothing_costs_more_than_10000_tokens_and_what_is_left_out_can_be_had(
    open_bench: OpenBench, name: str
) -> None:
    async with open_bench(simulator=FLEET) as bench, connected(bench) as client:
        await client.list_tools()
        await fill(bench)
        result = await client.call_tool(name, MOST[name])
        assert cost(result) <= LIMIT
        data = structured(result)["data"]
        if name == "list_instances":
            assert f"offset={data['next_offset']}" in text_of(result)


async def test_status_of_hundreds_of_phones_is_bounded(open_bench: OpenBench) -> None:
    async with open_bench(simulator=FLEET) as bench, connected(bench) as client:
        await client.list_tools()
        result = await client.call_tool("query_status", {"instance_ids": list(await ids_of(bench))})
        assert 2_000 < cost(result) <= LIMIT


@pytest.mark.parametrize(("name", "key"), [("list_instances", "offset"), ("list_operations", "cursor")])
async def test_how_to_go_on_is_said_in_the_text(open_bench: OpenBench, name: str, key: str) -> None:
    async with open_bench(simulator=FLEET) as bench, connected(bench) as client:
        await fill(bench)
        first = await client.call_tool(name, {})
        where = structured(first)["data"][f"next_{key}"]
        assert f"For the next ones: {key}={where}." in text_of(first)
        second = await client.call_tool(name, {key: where})
        assert structured(second)["data"] != structured(first)["data"]
