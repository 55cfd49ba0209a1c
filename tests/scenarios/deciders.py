"""Twenty-five people who decide on the same approvals at once: the program of one process.

It is given the address of a simulator and the folder of a store, says that it is ready, waits for a line, and writes
down as JSON what each decider was told.
"""

import json
import random
import sys
from pathlib import Path

import anyio

from chatops.control import every_action
from chatops.errors import ConsentGone
from chatops.policy import load_policy
from chatops.service import Service
from tests.chatops.conftest import StoreClock, approver, team
from tests.crash.opening import service_at

DECIDERS = 25


async def _decide(service: Service, number: int, operations: list[str], told: list[tuple[str, str]]) -> None:
    name = ("bob", "carol")[number % 2]
    # Each in an order of their own, so that they meet everywhere.
    for operation in random.Random(number).sample(operations, len(operations)):  # noqa: S311  # repeatable
        try:
            outcome = await service.approvals.approve(operation, approver(name))
            told.append((operation, f"carried out: {outcome.status}"))
        except ConsentGone as error:
            told.append((operation, error.message))


async def main(url: str, folder: str) -> None:
    """Decide."""
    told: list[tuple[str, str]] = []
    policy = load_policy(None, team(), actions=every_action())
    # Watches wait as long as they say: with the store's clock in haste, a consent is over before it is used.
    async with service_at(url, Path(folder), policy=policy, clock=StoreClock(), sleep=anyio.sleep) as service:
        operations = [each.id for each in await service.approvals.waiting()]
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await anyio.to_thread.run_sync(sys.stdin.readline)
        async with anyio.create_task_group() as group:
            for number in range(DECIDERS):
                group.start_soon(_decide, service, number, operations, told)
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    _, _url, _folder = sys.argv
    anyio.run(main, _url, _folder)
