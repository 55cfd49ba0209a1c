"""Every example, through executor and client, against the simulator: both dialects, both ways to authenticate."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import cast

import pytest
from pydantic import JsonValue

from chatops.outcome import Status
from chatops.rendering import render
from chatops.simulator.settings import Dialect
from tests.chatops.cloud.world import ACTIONS, KEY, USER
from tests.reference.calls import CALLS, Call
from tests.reference.carrying import carrying
from tests.tools.stage import Stage, arguments_of, data_of, example_arguments, open_stage

pytestmark = pytest.mark.anyio

WELL = {Status.DONE, Status.ACCEPTED, Status.PARTIAL}
ANSWERED = [call.name for call in CALLS if ACTIONS[call.name].examples[0].answers is not None]
NOT_KEPT = {"specDesc", "bandSize", "error_msg", "error_code"}
"""Printed twice in two languages; parsed to numbers; the verdict, which is not part of the result."""


@pytest.fixture(
    scope="module",
    params=[(dialect, way) for dialect in ("table", "example") for way in ("key", "token")],
    ids="-".join,
)
async def shared_contract_stage(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Stage]:
    dialect, way = request.param
    credentials = KEY if way == "key" else USER
    async with open_stage(dialect=cast("Dialect", dialect), credentials=credentials) as opened:
        yield opened


@pytest.fixture
def contract_stage(shared_contract_stage: Stage) -> Stage:
    shared_contract_stage.renew()
    return shared_contract_stage


@pytest.mark.parametrize("call", carrying(CALLS))
async def test_example_is_sent_as_the_reference_has_it_and_is_answered(contract_stage: Stage, call: Call) -> None:
    action = ACTIONS[call.name]
    example = action.examples[0]
    outcome = await contract_stage.run(call.name)
    record = contract_stage.last
    assert (outcome.status in WELL, outcome.error) == (True, None)
    assert (record.verdict, record.unknown, record.processed) == ("0", (), True)
    assert record.method == call.method
    assert record.path == call.path.format_map(arguments_of(example.params))
    assert record.body == example.sends
    assert example.source == call.section
    assert isinstance(outcome.result, action.result)


async def test_composed_action_is_answered_by_the_listing_it_needs(contract_stage: Stage) -> None:
    outcome = await contract_stage.run("fleet_summary")
    assert outcome.status is Status.DONE
    assert {record.operation for record in contract_stage.records} - {"iam-token"} == {"batch-query"}
    assert data_of(outcome)["phones"] == len(contract_stage.simulator.fleet)


async def test_listing_asks_for_what_the_reference_wants(contract_stage: Stage) -> None:
    await contract_stage.run("list_instances")
    query = dict(contract_stage.last.query)
    assert query.pop("x-request-id") == contract_stage.last.request_id
    assert query == {"page_no": "1", "page_size": "100", "pool_scene_tag": "CLOUD_PHONE"}


async def test_skus_are_asked_for_with_their_type(contract_stage: Stage) -> None:
    await contract_stage.run("list_skus", {"region": "cn-north-7"})
    assert contract_stage.last.query == (("type", "0"),)


def leaves(value: JsonValue, key: str = "") -> Iterator[tuple[str, str]]:
    """Texts of an answer with the keys they stand under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    elif isinstance(value, str) and value not in {"", "null"}:
        yield key, value


@pytest.mark.parametrize("name", ANSWERED)
async def test_printed_answer_is_read_and_nothing_of_it_is_lost(stage: Stage, name: str) -> None:
    printed = ACTIONS[name].examples[0].answers
    wanted = {"detail": True, "limit": 500} if name == "list_instances" else {}
    outcome = await stage.answered(name, printed, arguments=example_arguments(name, **wanted))
    assert outcome.error is None
    assert outcome.status in WELL | {Status.FAILED}  # what a printed prepare answers is that nobody asked about
    shown = json.dumps(outcome.payload(reveal=True), ensure_ascii=False)
    lost = {key: text for key, text in leaves(printed) if key not in NOT_KEPT and text not in shown}
    assert set(lost) <= ({"id"} if name == "list_skus" else set())  # of the bandwidth type: documented nowhere


@pytest.mark.parametrize("name", ACTIONS)
async def test_outcome_of_an_example_can_be_shown_and_written(either_stage: Stage, name: str) -> None:
    outcome = await either_stage.run(name)
    shown = render(outcome)
    assert shown.message == outcome.message
    assert all(len(row) == len(shown.columns) for row in shown.rows)
    assert json.loads(json.dumps(outcome.payload(), allow_nan=False))["status"] == outcome.status


@pytest.mark.parametrize("name", ACTIONS)
def test_example_is_what_a_person_can_write(name: str) -> None:
    action = ACTIONS[name]
    example = action.examples[0]
    assert action.params.model_validate_json(json.dumps(arguments_of(example.params))) == example.params
