import os
from collections.abc import Iterator

import anyio
import pytest
from mcp import types

from chatops.surfaces.mcp.owing import Owing
from chatops.surfaces.mcp.wire import Wire

pytestmark = pytest.mark.anyio

FOR_EVER = 3600.0
"""Much longer than a test may take: whoever waits for it fails."""
CALL = types.JSONRPCRequest(jsonrpc="2.0", id=1, method="tools/call")
LISTEN = types.JSONRPCRequest(jsonrpc="2.0", id="a", method="subscriptions/listen")
CANCEL = types.JSONRPCNotification(jsonrpc="2.0", method="notifications/cancelled", params={"requestId": 1})
DONE = '{"jsonrpc":"2.0","id":1,"result":{"id":2,"error":5}}\n'
FAILED = '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}\n'
QUESTION = '{"jsonrpc":"2.0","id":9,"method":"elicitation/create","params":{}}\n'


@pytest.fixture
def wire() -> Iterator[Wire]:
    """One whose other end reads, and says nothing more."""
    hearing, writing = os.pipe()
    yield Wire(inbound=hearing, outbound=writing, gone=lambda: None)
    os.close(hearing)
    os.close(writing)


@pytest.mark.parametrize("line", [DONE, FAILED, QUESTION])
async def test_answered_call_is_waited_for_no_more_and_neither_is_one_that_asks_whoever_has_left(
    wire: Wire, line: str
) -> None:
    owing = Owing(patience=FOR_EVER)
    owing.heard(CALL)
    owing.said('{"jsonrpc":"2.0","method":"notifications/message","params":{"id":1}}\n')
    async with anyio.create_task_group() as group:
        group.start_soon(owing.wait_settled, wire)
        await anyio.wait_all_tasks_blocked()
        owing.said(line)


@pytest.mark.parametrize("messages", [[], [LISTEN], [CALL, CANCEL]])
async def test_nothing_is_waited_for_that_has_no_answer(wire: Wire, messages: list[types.JSONRPCMessage]) -> None:
    owing = Owing(patience=FOR_EVER)
    for message in messages:
        owing.heard(message)
    await owing.wait_settled(wire)


async def test_question_that_was_answered_leaves_its_call_to_be_waited_for(wire: Wire) -> None:
    owing = Owing(patience=0.01)
    owing.heard(CALL)
    owing.said(QUESTION)
    owing.heard(types.JSONRPCResponse(jsonrpc="2.0", id=9, result={}))
    await owing.wait_settled(wire)
    owing.patience = FOR_EVER
    with anyio.move_on_after(0.01) as waiting:
        await owing.wait_settled(wire)
    assert waiting.cancelled_caught


async def test_nobody_who_could_read_is_waited_for() -> None:
    hearing, writing = os.pipe()
    os.close(hearing)
    owing = Owing(patience=FOR_EVER)
    owing.heard(CALL)
    await owing.wait_settled(Wire(inbound=hearing, outbound=writing, gone=lambda: None))
    os.close(writing)
