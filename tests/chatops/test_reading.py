from dataclasses import replace

import pytest

from chatops.errors import StoreUnavailable
from tests.chatops.conftest import OpenBench, Person, person

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("why_not", "told"), [(None, "There is no store"), (StoreUnavailable("The disk is full."), "The disk is full.")]
)
async def test_without_a_store_nothing_of_our_own_is_looked_at_and_no_secret_is_fetched_for_an_assistant(
    open_bench: OpenBench, why_not: StoreUnavailable | None, told: str
) -> None:
    async with open_bench() as bench:
        reading = replace(bench.executor.reading, control=None, pickups=None, why_not=why_not)
        executor = replace(bench.executor, reading=reading)
        mine = await executor.run(person(), "whoami", {}, Person())
        left = await executor.run(person(assistant=True), "get_device_token", {"instance_id": "efjy72gs"}, Person())
        for outcome in (mine, left):
            assert outcome.error is not None
            assert outcome.error.code == "store_unavailable"
            assert outcome.message.startswith(told)
        assert bench.simulator.requests.total == 0


async def test_person_at_a_terminal_is_handed_the_secret_itself(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        reading = replace(bench.executor.reading, pickups=None)
        executor = replace(bench.executor, reading=reading)
        outcome = await executor.run(person(), "get_device_token", {"instance_id": "efjy72gs"}, Person())
        assert outcome.error is None
        assert "chatops pickup" not in outcome.message
