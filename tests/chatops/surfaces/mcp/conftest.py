"""One service for all tests of a module that only ask it: simulator, identity provider and process."""

from collections.abc import Iterator

import pytest

from chatops.simulator import RunningSimulator, SimulatorSettings
from tests.chatops.conftest import simulated
from tests.chatops.surfaces.mcp.issuer import Issuer, open_issuer
from tests.chatops.surfaces.mcp.served import AUDIENCE, Served, environment_of, start


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningSimulator]:
    with simulated(SimulatorSettings(phones=60, faults=True)) as running:
        yield running


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with open_issuer() as running:
        yield running


@pytest.fixture(scope="module")
def served(cloud: RunningSimulator, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    more = {"OIDC_ISSUER": issuer.url, "OIDC_AUDIENCE": AUDIENCE}
    with start(environment_of(tmp_path_factory.mktemp("served"), cloud.url, **more)) as running:
        yield running
