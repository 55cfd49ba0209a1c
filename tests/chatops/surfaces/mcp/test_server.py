from dataclasses import replace
from typing import Any

import anyio
import pytest
from mcp import MCPError, types

from chatops.control import every_action, load_control
from chatops.roles import Role
from chatops.simulator import Fault
from chatops.surfaces.mcp.schemas import input_schema
from chatops.surfaces.mcp.server import INSTRUCTIONS, build_server
from tests.chatops.conftest import OpenBench, person
from tests.chatops.surfaces.mcp.connecting import (
    ACTIONS,
    BOTH_ERAS,
    Era,
    arguments_of,
    as_role,
    audited,
    changes,
    connected,
    may_run,
    structured,
    text_of,
)
from tools import AnyAction

pytestmark = pytest.mark.anyio

ROLES = pytest.mark.parametrize("role", ["viewer", "operator", "approver", "admin"])


@BOTH_ERAS
async def test_both_eras_are_served(open_bench: OpenBench, era: Era) -> None:
    async with open_bench() as bench, connected(bench, era) as client:
        assert client.protocol_version == {"auto": "2026-07-28", "legacy": "2025-11-25"}[era]
        assert client.server_info is not None
        assert client.server_info.name == "clouddevice-chatops"
        assert client.instructions == INSTRUCTIONS


def test_instructions_are_short() -> None:
    assert len(INSTRUCTIONS) / 4 < 200


@ROLES
@BOTH_ERAS
async def test_exactly_the_actions_of_the_persons_roles_are_listed_sorted(
    open_bench: OpenBench, role: Role, era: Era
) -> None:
    async with open_bench() as bench, connected(bench, era, as_role(role)) as client:
        listed = await client.list_tools()
        allowed = [name for name, action in every_action().items() if action.permission in person(role).permissions]
        assert [each.name for each in listed.tools] == sorted(allowed)


async def test_list_may_be_kept_for_a_minute_by_the_same_person_only(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench) as client:
        listed = await client.list_tools()
        assert (listed.ttl_ms, listed.cache_scope) == (60_000, "private")


async def test_cursor_that_was_never_given_is_refused(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench) as client:
        with pytest.raises(MCPError, match="no such cursor"):
            await client.list_tools(cursor="2")


@BOTH_ERAS
@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
async def test_harmless_calls_run_and_all_others_are_refused_before_anything_is_sent(
    open_bench: OpenBench, action: AnyAction, era: Era
) -> None:
    """The SDK's client raises if structured content does not match the declared schema."""
    async with open_bench() as bench, connected(bench, era) as client:
        await client.list_tools()
        result = await client.call_tool(action.name, arguments_of(action))
        answer = structured(result)
        assert text_of(result).startswith(answer["message"])
        if may_run(action):
            assert answer["status"] not in {"refused", "invalid"}
            assert bench.simulator.requests.total > 0
        else:
            assert answer["status"] == "approval_required"
            assert not result.is_error
            assert "bob or carol may approve until" in text_of(result)
            assert f"chatops approvals approve {answer['operation_id']}" in text_of(result)
            assert changes(bench) == 0


@BOTH_ERAS
async def test_own_actions_answer_as_they_declare_and_need_no_cloud(open_bench: OpenBench, era: Era) -> None:
    """The SDK's client raises if structured content does not match the declared schema."""
    async with open_bench() as bench, connected(bench, era) as client:
        await client.list_tools()
        waits = await client.call_tool("reset_instances", {"instance_ids": ["efjy72gs"]})
        operation = structured(waits)["operation_id"]
        assert f"Wait with get_operation, operation_id={operation}, wait_seconds=60" in text_of(waits)
        before = bench.simulator.requests.total
        calls: dict[str, dict[str, Any]] = {
            "get_operation": {"operation_id": operation},
            "list_operations": {},
            "list_approvals": {},
            "explain_decision": {"action": "list_instances"},
            "whoami": {},
            "cancel_operation": {"operation_id": operation},
        }
        assert set(calls) == set(load_control())
        for name, arguments in calls.items():
            result = await client.call_tool(name, arguments)
            assert structured(result)["status"] == "done", name
            assert text_of(result).startswith(structured(result)["message"])
        assert bench.simulator.requests.total == before


@BOTH_ERAS
async def test_operation_that_is_not_there_is_an_answer_and_no_unknown_tool(open_bench: OpenBench, era: Era) -> None:
    async with open_bench() as bench, connected(bench, era) as client:
        result = await client.call_tool("get_operation", {"operation_id": "op_0000000000000000"})
        assert structured(result)["error"]["code"] == "operation_unknown"


@BOTH_ERAS
async def test_tool_is_found_under_a_name_it_had_before_and_not_listed_under_it(
    open_bench: OpenBench, era: Era
) -> None:
    async with open_bench() as bench:
        actions = bench.executor.actions
        renamed = replace(actions["reset_instances"], aliases=("wipe_phones",))
        executor = replace(bench.executor, actions={**actions, "reset_instances": renamed})
        renamed_bench = replace(bench, service=replace(bench.service, executor=executor))
        async with connected(renamed_bench, era) as client:
            assert "wipe_phones" not in {each.name for each in (await client.list_tools()).tools}
            phones = {"instance_ids": ["efjy72gs"], "plan_only": True}
            assert structured(await client.call_tool("wipe_phones", phones))["status"] == "planned"
            with pytest.raises(MCPError, match="Unknown tool: erase_phones"):
                await client.call_tool("erase_phones", phones)
        assert [line["action"] for line in await audited(bench)] == [
            "reset_instances",
            "reset_instances",
            "erase_phones",
        ]


@pytest.mark.parametrize("name", ["run_command", "start_command"])
async def test_command_that_is_not_on_the_harmless_list_is_refused_and_not_sent(
    open_bench: OpenBench, name: str
) -> None:
    async with open_bench() as bench, connected(bench) as client:
        result = await client.call_tool(name, {"instance_ids": ["efjy72gs"], "command": "rm -r /sdcard"})
        assert structured(result)["status"] == "approval_required"
        assert changes(bench) == 0


@BOTH_ERAS
async def test_plan_only_shows_what_would_happen(open_bench: OpenBench, era: Era) -> None:
    async with open_bench() as bench, connected(bench, era) as client:
        result = await client.call_tool("reset_instances", {"instance_ids": ["efjy72gs"], "plan_only": True})
        answer = structured(result)
        assert (answer["status"], answer["plan"]["count"]) == ("planned", 1)
        assert "efjy72gs | printed-efjy72gs | cn-north-7" in text_of(result)
        assert changes(bench) == 0
        wrong = await client.call_tool("reset_instances", {"instance_ids": ["efjy72gs"], "plan_only": "yes"})
        assert structured(wrong)["status"] == "invalid"


@BOTH_ERAS
@pytest.mark.parametrize("extra", ["confirm", "approved", "yes", "force"])
async def test_no_argument_consents(open_bench: OpenBench, era: Era, extra: str) -> None:
    async with open_bench() as bench, connected(bench, era) as client:
        result = await client.call_tool("reset_instances", {"instance_ids": ["efjy72gs"], extra: True})
        assert structured(result)["status"] == "invalid"
        assert bench.simulator.requests.total == 0


@BOTH_ERAS
@pytest.mark.parametrize("name", ["reset_instances", "no_such_action", "x\x1b[31m\n" * 90, ""])
async def test_unknown_and_forbidden_are_answered_alike_and_are_in_the_audit(
    open_bench: OpenBench, name: str, era: Era
) -> None:
    async with open_bench() as bench, connected(bench, era, as_role("viewer")) as client:
        with pytest.raises(MCPError) as caught:
            await client.call_tool(name, {"instance_ids": ["efjy72gs"]})
        message = caught.value.error.message
        assert caught.value.error.code == types.INVALID_PARAMS
        assert message.startswith("Unknown tool: " + name[:1])
        assert message.isprintable()
        assert len(message) <= 80
        (line,) = await audited(bench)
        assert (line["kind"], line["error"], line["door"]) == ("denied", "unknown_action", "mcp")
        assert bench.simulator.requests.total == 0


@BOTH_ERAS
async def test_cancelled_read_stops(open_bench: OpenBench, era: Era) -> None:
    """The second answer comes later than the first would have come: by then it would have been written down."""
    phones = {"instance_ids": ["efjy72gs"]}
    async with open_bench() as bench, connected(bench, era) as client:
        bench.simulator.faults.add(Fault(kind="slow", seconds=0.2, operation="batch-query-status", times=1))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(client.call_tool, "query_status", phones)
            while len(bench.simulator.faults):  # it goes away when the request has arrived
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        bench.simulator.faults.add(Fault(kind="slow", seconds=0.4, operation="batch-query-status", times=1))
        assert structured(await client.call_tool("query_status", phones))["status"] == "done"
        assert [line["kind"] for line in await audited(bench)] == ["cancelled", "answered"]


async def test_schema_hook_gives_the_schema_of_known_tools_only(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        hook = build_server(bench.executor, as_role()).get_tool_input_schema
        assert hook is not None
        assert hook("no_such_action") is None
        assert hook("query_status") == input_schema(ACTIONS["query_status"])
