from functools import partial
from typing import Any

import pytest
from mcp import Client, MCPError, types

from chatops.surfaces.mcp.asking import CONFIRM
from tests.chatops.conftest import OpenBench
from tests.chatops.surfaces.mcp.forms import ACCEPT, CANNOT, Behind, connected, structured

pytestmark = pytest.mark.anyio

REBOOT: dict[str, Any] = {"instance_ids": ["efjy72gs"]}


async def asked_by_hand(client: Client, **seed: Any) -> types.CallToolResult | types.InputRequiredResult:  # noqa: ANN401  # what the SDK takes
    result: types.CallToolResult | types.InputRequiredResult = await client.session.call_tool(
        "reboot_instances", REBOOT, allow_input_required=True, **seed
    )
    return result


async def test_call_that_comes_back_without_an_answer_is_asked_the_same_again(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        first = await asked_by_hand(client)
        assert isinstance(first, types.InputRequiredResult)
        second = await asked_by_hand(client, request_state=first.request_state)
        assert isinstance(second, types.InputRequiredResult)
        assert first.input_requests == second.input_requests
        (operation,) = await bench.service.ledger.listed()
        last = await asked_by_hand(client, request_state=second.request_state, input_responses={CONFIRM: ACCEPT})
        assert isinstance(last, types.CallToolResult)
        assert structured(last)["operation_id"] == operation.id
        assert bench.sent("reboot") == 1


async def test_answer_to_something_else_is_none(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        first = await asked_by_hand(client)
        assert isinstance(first, types.InputRequiredResult)
        roots = types.ListRootsResult(roots=[])
        last = await asked_by_hand(client, request_state=first.request_state, input_responses={CONFIRM: roots})
        assert isinstance(last, types.CallToolResult)
        assert structured(last)["status"] == "approval_required"


async def test_answer_without_a_state_answers_nothing(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        first = await asked_by_hand(client, input_responses={CONFIRM: ACCEPT})
        assert isinstance(first, types.InputRequiredResult)
        assert bench.sent("reboot") == 0


async def test_modern_client_that_fails_to_ask_fails_by_itself_and_nothing_is_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind(CANNOT)) as client:
        with pytest.raises(MCPError, match="No window is open"):
            await client.call_tool("reboot_instances", REBOOT)
        assert bench.sent("reboot") == 0


async def test_question_put_in_the_modern_era_expires_with_its_operation(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        first = await asked_by_hand(client)
        assert isinstance(first, types.InputRequiredResult)
        again = partial(asked_by_hand, client, request_state=first.request_state, input_responses={CONFIRM: ACCEPT})
        bench.clock.seconds += 601
        late = await again()
        await bench.service.recovery.sweep()
        later = await again()
        for each in (late, later):
            assert isinstance(each, types.CallToolResult)
            assert structured(each)["error"]["code"] == "consent_expired"
        (operation,) = await bench.service.ledger.listed()
        assert operation.state == "expired"
        assert bench.sent("reboot") == 0
