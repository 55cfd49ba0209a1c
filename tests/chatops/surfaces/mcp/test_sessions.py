from collections.abc import Iterator
from pathlib import Path

import pytest

from chatops.simulator import RunningSimulator
from chatops.surfaces.mcp.sessions import MOST_OF_ONE
from tests.chatops.surfaces.mcp.served import LEGACY, TOKENS, Served, environment_of, start

pytestmark = pytest.mark.process

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": {"name": "greedy", "version": "1"}},
}


@pytest.fixture
def running(cloud: RunningSimulator, tmp_path: Path) -> Iterator[Served]:
    with start(environment_of(tmp_path, cloud.url)) as process:
        yield process


def test_nobody_takes_the_sessions_that_are_there_for_everybody(running: Served) -> None:
    first = running.open_session(TOKENS["vera"])
    for _ in range(MOST_OF_ONE - 1):
        assert running.post(TOKENS["vera"], HELLO).status_code == 200
    refused = running.post(TOKENS["vera"], HELLO)
    assert refused.status_code == 503
    assert "Too many open sessions" in refused.text
    running.open_session(TOKENS["alice"])
    headers = {"Authorization": f"Bearer {TOKENS['vera']}", "Mcp-Session-Id": first}
    assert running.client.delete(running.mcp, headers=headers).status_code == 200
    running.open_session(TOKENS["vera"])
