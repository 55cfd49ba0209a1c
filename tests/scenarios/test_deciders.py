"""Two processes on one store, and everybody says yes to everything at once."""

import json
import sys
from collections import Counter
from pathlib import Path

import anyio
import pytest
from anyio.abc import Process
from anyio.streams.text import TextReceiveStream

from chatops.audit import Filter, Kind, every, verify
from chatops.consent import Verdict
from chatops.control import every_action
from chatops.operations.states import State
from chatops.policy import load_policy
from chatops.service import Service
from chatops.simulator import Simulator, SimulatorSettings, serve
from tests.chatops.conftest import Person, StoreClock, person, team
from tests.crash.opening import service_at
from tests.scenarios.deciders import DECIDERS

pytestmark = [pytest.mark.anyio, pytest.mark.process]

ROOT = Path(__file__).resolve().parents[2]
APPROVALS, PROCESSES = 10, 2


async def asked(service: Service, simulator: Simulator) -> list[str]:
    """Approvals that wait, each for a phone of its own."""
    phones = [each.id for each in simulator.fleet if not each.frozen and each.journey is None][:APPROVALS]
    asker, nobody = person(assistant=True), Person(verdict=Verdict.CANNOT_ASK)
    outcomes = [
        await service.executor.run(asker, "reset_instances", {"instance_ids": [each]}, nobody) for each in phones
    ]
    return [outcome.operation_id or "" for outcome in outcomes]


async def decided(url: str, folder: Path) -> list[tuple[str, str]]:
    """What all deciders of all processes were told."""
    program = [sys.executable, "-m", "tests.scenarios.deciders", url, str(folder)]
    processes = [await anyio.open_process(program, cwd=ROOT, stderr=None) for _ in range(PROCESSES)]
    said: list[str] = []

    async def listen(process: Process, everybody: list[anyio.Event], mine: anyio.Event) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        text = TextReceiveStream(process.stdout)
        assert await text.receive() == "ready\n"
        mine.set()
        for each in everybody:
            await each.wait()
        await process.stdin.send(b"go\n")
        said.append("".join([part async for part in text]))
        await process.wait()

    ready = [anyio.Event() for _ in processes]
    async with anyio.create_task_group() as group:
        for process, mine in zip(processes, ready, strict=True):
            group.start_soon(listen, process, ready, mine)
    for process in processes:
        await process.aclose()
    assert [process.returncode for process in processes] == [0] * PROCESSES
    return [(str(operation), str(message)) for each in said for operation, message in json.loads(each)]


async def test_fifty_deciders_in_two_processes_carry_ten_approvals_out_ten_times(tmp_path: Path) -> None:
    policy = load_policy(None, team(), actions=every_action())
    async with serve(SimulatorSettings(phones=60)) as running:
        async with service_at(running.url, tmp_path, policy=policy, clock=StoreClock()) as service:
            operations = await asked(service, running.simulator)
        told = await decided(running.url, tmp_path)
        assert len(told) == PROCESSES * DECIDERS * APPROVALS
        carried_out = Counter(operation for operation, message in told if message == "carried out: accepted")
        assert carried_out == dict.fromkeys(operations, 1)
        assert len(running.simulator.requests.of("batch-reset")) == APPROVALS
        async with service_at(running.url, tmp_path, policy=policy, clock=StoreClock()) as service:
            by = {each.id: each.decided_by for each in await service.ledger.listed()}
            others = [(operation, message) for operation, message in told if not message.startswith("carried out")]
            assert [each for each in others if not each[1].endswith(f" by {by[each[0]]}.")] == []
            assert not await service.ledger.listed(states=[State.AWAITING_APPROVAL, State.APPROVED])
            kinds = Counter([event.kind async for event in every(service.database, Filter())])
            assert (kinds[Kind.CONSENT_GIVEN], kinds[Kind.SENT]) == (APPROVALS, APPROVALS)
            assert (await verify(service.database)).problems == ()
