"""Stages that the tests of a module share: a server takes a while to start and to stop."""

from collections.abc import AsyncIterator

import pytest

from tests.chatops.cloud.world import USER
from tests.tools.stage import Stage, open_stage


@pytest.fixture(scope="module")
async def shared_stage(anyio_backend: str) -> AsyncIterator[Stage]:
    async with open_stage() as opened:
        yield opened


@pytest.fixture(scope="module")
async def shared_printed_stage(anyio_backend: str) -> AsyncIterator[Stage]:
    async with open_stage(dialect="example") as opened:
        yield opened


@pytest.fixture(scope="module")
async def shared_token_stage(anyio_backend: str) -> AsyncIterator[Stage]:
    async with open_stage(credentials=USER) as opened:
        yield opened


@pytest.fixture
def stage(shared_stage: Stage) -> Stage:
    """A simulator that answers by the tables of the reference."""
    shared_stage.renew()
    return shared_stage


@pytest.fixture
def printed_stage(shared_printed_stage: Stage) -> Stage:
    """A simulator that answers by the printed examples of the reference."""
    shared_printed_stage.renew()
    return shared_printed_stage


@pytest.fixture
def token_stage(shared_token_stage: Stage) -> Stage:
    """A client that comes with a token of IAM instead of a signature."""
    shared_token_stage.renew()
    return shared_token_stage


@pytest.fixture(params=["table", "example"])
def either_stage(request: pytest.FixtureRequest) -> Stage:
    """Both, one after the other."""
    name = "stage" if request.param == "table" else "printed_stage"
    found = request.getfixturevalue(name)
    assert isinstance(found, Stage)
    return found
