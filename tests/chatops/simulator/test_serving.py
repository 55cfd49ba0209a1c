import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import anyio
import anyio.lowlevel
import httpx2
import pytest

from chatops.simulator import Fault, SimulatorSettings, serve
from chatops.simulator.serving import _listen
from tests.chatops.simulator.harness import REQUEST_ID, credentials

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]
PROGRAM = "from chatops.simulator import SimulatorSettings, run; run(SimulatorSettings(phones=60, dialect='example'))"


async def _signed_in(client: httpx2.AsyncClient) -> None:
    answer = await client.post("/v3/auth/tokens", json=credentials())
    client.headers |= {"X-Auth-Token": answer.headers["X-Subject-Token"], "x-request-id": REQUEST_ID}


async def test_cloud_and_iam_are_served_over_real_http_under_one_url() -> None:
    async with serve(SimulatorSettings(phones=60)) as running, httpx2.AsyncClient(base_url=running.url) as client:
        await _signed_in(client)
        answer = await client.post("/v1/instances/reboot", json={"instance_ids": ["efjy72gs"]})
        assert answer.json()["error_code"] == "0"
        assert [record.operation for record in running.simulator.requests] == ["iam-token", "reboot"]


async def test_several_simulators_run_side_by_side() -> None:
    async with serve(SimulatorSettings(phones=0)) as one, serve(SimulatorSettings(phones=0)) as other:
        assert one.url != other.url


async def test_a_taken_port_is_an_error() -> None:
    async with serve(SimulatorSettings(phones=0)) as running:
        port = int(running.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            async with serve(SimulatorSettings(phones=0), port=port):
                pass


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_a_dropped_connection_ends_without_any_answer_and_the_next_one_works(kind: str) -> None:
    async with serve(SimulatorSettings(phones=60)) as running, httpx2.AsyncClient(base_url=running.url) as client:
        await _signed_in(client)
        running.simulator.faults.add(Fault(kind=kind, times=1))  # type: ignore[arg-type]  # each is a kind
        with pytest.raises((httpx2.RemoteProtocolError, httpx2.ReadError)):
            await client.post("/v1/instances/delete", json={"instanceIdList": ["XvH39QVW"]})
        assert ("XvH39QVW" in running.simulator.fleet) is (kind == "drop_before")
        assert (await client.get("/v1/instances/sku?type=0")).status_code == 200


async def test_a_client_that_hangs_on_a_slow_answer_does_not_hold_up_the_end() -> None:
    async with anyio.create_task_group() as tasks, serve(SimulatorSettings(phones=60)) as running:
        running.simulator.faults.add(Fault(kind="slow", seconds=60.0, times=1))

        async def ask(url: str) -> None:
            async with httpx2.AsyncClient(base_url=url) as client:
                answer = await client.post("/v3/auth/tokens", json=credentials())
                assert answer.status_code == 201

        tasks.start_soon(ask, running.url)
        while len(running.simulator.faults):  # until it has struck
            await anyio.lowlevel.checkpoint()
        # The slow answer would take a minute; the limit of a test is 5 seconds.


async def test_answers_do_not_wait_for_acknowledgements() -> None:
    """Nagle's algorithm costs 40 ms an answer, and asyncio turns it off only where the protocol is named."""
    with _listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP


async def test_an_error_around_a_simulator_comes_out_as_it_is_and_leaves_no_socket() -> None:
    url = ""
    with pytest.raises(KeyError, match="mine"):  # noqa: PT012  # the error must come from within the context
        async with serve(SimulatorSettings(phones=8)) as running:
            url = running.url
            raise KeyError("mine")
    async with httpx2.AsyncClient(base_url=url) as client:
        with pytest.raises(httpx2.ConnectError):
            await client.get("/")


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_program_says_where_it_listens_and_ends_cleanly(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        match = re.fullmatch(
            r"CloudDevice simulator on (http://127\.0\.0\.1:\d+) \(60 phones, dialect example, seed 1\)\n", line
        )
        assert match is not None
        assert httpx2.get(f"{match[1]}/v1/instances/sku").status_code == 401
        process.send_signal(number)
        output, errors = process.communicate(timeout=10)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, output, errors) == (0, "", "")
