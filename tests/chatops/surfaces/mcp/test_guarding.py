import logging
from collections.abc import Awaitable, Callable
from typing import NoReturn

import pytest
from mcp import Client, MCPError, types

from chatops.errors import StoreUnavailable
from chatops.principal import Assistant
from chatops.surfaces.mcp.server import build_server
from tests.chatops.conftest import OpenBench
from tests.chatops.surfaces.mcp.connecting import BOTH_ERAS, Era

pytestmark = pytest.mark.anyio

Ask = Callable[[Client], Awaitable[object]]
PROMPT = types.PromptReference(name="fleet_health")
ASKS: dict[str, Ask] = {
    "tools/list": lambda client: client.list_tools(),
    "tools/call": lambda client: client.call_tool("fleet_summary", {}),
    "prompts/list": lambda client: client.list_prompts(),
    "prompts/get": lambda client: client.get_prompt("fleet_health", {}),
    "resources/list": lambda client: client.list_resources(),
    "resources/templates/list": lambda client: client.list_resource_templates(),
    "resources/read": lambda client: client.read_resource("chatops://policy"),
    "completion/complete": lambda client: client.complete(PROMPT, {"name": "region", "value": ""}),
}


def broken(_: Assistant) -> NoReturn:
    raise RuntimeError("the password is hunter2")


def without_store(_: Assistant) -> NoReturn:
    raise StoreUnavailable("The disk is full.", next_step="Make room.")


@BOTH_ERAS
@pytest.mark.parametrize("method", ASKS)
async def test_own_failure_is_logged_under_an_id_and_only_the_id_is_told(
    open_bench: OpenBench, caplog: pytest.LogCaptureFixture, era: Era, method: str
) -> None:
    async with open_bench() as bench, Client(build_server(bench.executor, broken), mode=era) as client:
        with caplog.at_level(logging.ERROR), pytest.raises(MCPError) as raised:
            await ASKS[method](client)
    assert str(raised.value) == "An error inside chatops, call-2 in its log."  # the first id is the service's
    assert raised.value.code == types.INTERNAL_ERROR
    assert f"{method} call-2 ended with an error" in caplog.text
    assert "hunter2" in caplog.text


@BOTH_ERAS
@pytest.mark.parametrize("method", ASKS)
async def test_error_of_ours_is_told_with_what_to_do(open_bench: OpenBench, era: Era, method: str) -> None:
    async with open_bench() as bench, Client(build_server(bench.executor, without_store), mode=era) as client:
        with pytest.raises(MCPError, match=r"The disk is full\. Make room\."):
            await ASKS[method](client)
