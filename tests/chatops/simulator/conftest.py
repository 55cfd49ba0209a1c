"""Simulators for tests: as applications, without a socket between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from chatops.simulator import DEMO_ACCOUNT, OTHER_ACCOUNT, SimulatorSettings, build_app
from chatops.simulator.settings import Account, Dialect
from tests.chatops.simulator.harness import Cloud, MakeCloud, Time


@pytest.fixture
def make_cloud() -> MakeCloud:
    @asynccontextmanager
    async def make(
        *,
        phones: int = 60,
        dialect: Dialect = "table",
        speed: float = 1.0,
        faults: bool = False,
        accounts: tuple[Account, ...] | None = None,
        token_seconds: float = 86_400.0,
    ) -> AsyncIterator[Cloud]:
        time = Time()
        settings = SimulatorSettings(
            phones=phones,
            dialect=dialect,
            speed=speed,
            faults=faults,
            accounts=accounts or (DEMO_ACCOUNT, OTHER_ACCOUNT),
            token_seconds=token_seconds,
            now=time,
        )
        app = build_app(settings)
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://simulator.test") as client:
            yield Cloud(app.state.simulator, client, time)

    return make


@pytest.fixture
async def cloud(anyio_backend: str, make_cloud: MakeCloud) -> AsyncIterator[Cloud]:
    """Answers by the tables."""
    async with make_cloud() as made:
        yield made


@pytest.fixture
async def printed_cloud(anyio_backend: str, make_cloud: MakeCloud) -> AsyncIterator[Cloud]:
    """Answers by the printed examples."""
    async with make_cloud(dialect="example") as made:
        yield made
