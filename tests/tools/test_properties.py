"""Whatever the types accept, an independent witness accepts; whatever it would refuse never leaves the process."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import cast

import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatops.outcome import Outcome, Status
from chatops.simulator.settings import Dialect
from tests.chatops.cloud.world import ACTIONS
from tests.tools.stage import Stage, open_stage
from tests.tools.strategies import ACCEPTED, Arguments, anything

pytestmark = pytest.mark.timeout(20)

Run = Callable[[str, Arguments], tuple[Stage, Outcome]]

bounded = settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])

BLAMES_THE_REQUEST = {"0002", "0003", "0005", "1000", "1005", "3003", "3006", "3007", "3008", "62006", "62015"}
OF_THE_FLEET = ("no such task", "is assigned to another user", "is not assigned to this user", "is not restored")
"""6000 is also the answer to what only the fleet knows; the simulator says which of the two it is."""


@pytest.fixture(scope="module", params=["table", "example"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Carries a call out on a fleet as new, in a thread of its own: values are drawn in the middle of a test."""
    opened = open_stage(dialect=cast("Dialect", request.param))
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(opened) as stage:

        def call(name: str, arguments: Arguments) -> tuple[Stage, Outcome]:
            portal.call(stage.renew)
            return stage, portal.call(partial(stage.run, name, arguments))

        yield call


def is_blamed(stage: Stage, outcome: Outcome) -> bool:
    """Whether the simulator's validation found fault with a request that was sent."""
    quote = outcome.error.quote if outcome.error else ""
    of_the_fleet = any(reason in quote for reason in OF_THE_FLEET)
    for record in stage.records:
        number = record.verdict.rpartition(".")[2]
        if number in BLAMES_THE_REQUEST or (number == "6000" and not of_the_fleet):
            return True
        if record.verdict.startswith("APIGW") or record.operation == "unknown" or record.unknown:
            return True
    return False


@pytest.mark.parametrize("name", ACTIONS)
@given(data=st.data())
@bounded
def test_what_the_types_accept_is_sent_and_never_called_wrong(run: Run, name: str, data: st.DataObject) -> None:
    stage, outcome = run(name, data.draw(ACCEPTED[name]))
    assert outcome.status is not Status.INVALID, outcome.message
    assert stage.records
    assert not is_blamed(stage, outcome), outcome.message


@pytest.mark.parametrize("name", ACTIONS)
@given(data=st.data())
@bounded
def test_what_the_witness_would_refuse_never_leaves_the_process(run: Run, name: str, data: st.DataObject) -> None:
    stage, outcome = run(name, data.draw(anything(name)))
    if outcome.status is Status.INVALID:
        assert stage.records == []
        assert outcome.message.isprintable()
        assert outcome.error is not None
        assert outcome.error.next_step
    else:
        assert not is_blamed(stage, outcome), outcome.message
