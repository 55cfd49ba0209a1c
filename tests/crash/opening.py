"""A service as one process has it, on a store that other processes use as well."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from pydantic import SecretStr

from chatops.audit import open_trail
from chatops.building import Parts, open_service
from chatops.cloud import AccessKey, ClientSettings, open_client
from chatops.deciding import Policy
from chatops.service import Service
from chatops.simulator import ACCESS_KEY, SECRET_KEY
from chatops.store import open_database
from tests.chatops.conftest import KEY, StoreClock

PAUSE = 0.02
_HASTE = 5
"""How many times longer a pause between two looks is for the store than it is said to be."""


def _nothing(_: str) -> None:
    """Nobody is told."""


@asynccontextmanager
async def service_at(
    url: str,
    folder: Path,
    *,
    policy: Policy,
    clock: StoreClock,
    reached: Callable[[str], None] = _nothing,
    reading: Callable[[Callable[[], float]], Callable[[], float]] = lambda clock: clock,
    sleep: Callable[[float], Awaitable[None]] | None = None,
) -> AsyncIterator[Service]:
    """The service at this simulator and on the store in this folder. ``reading`` goes around the store's clock.

    ``sleep`` waits between two looks at phones; without it the store's clock goes on instead.
    """
    settings = ClientSettings(
        credentials=AccessKey(access_key=ACCESS_KEY, secret_key=SecretStr(SECRET_KEY)),
        endpoint=url,
        iam_endpoint=url,
        requests_per_second=1000,
    )
    store = f"sqlite:///{folder / 'chatops.db'}"
    database = open_database(store, state_key=KEY, folder=folder, now=reading(clock))
    try:
        async with open_client(settings, jitter=lambda _: 0.0) as client, open_trail(database) as trail:

            async def hasten(seconds: float) -> None:
                clock.seconds += seconds * _HASTE
                await anyio.sleep(PAUSE)

            parts = Parts(
                client=client,
                database=database,
                trail=trail,
                policy=policy,
                account="crash",
                new_id=lambda: os.urandom(8).hex(),
                sleep=sleep or hasten,
                reached=reached,
            )
            async with open_service(parts) as service:
                yield service
    finally:
        database.close()
