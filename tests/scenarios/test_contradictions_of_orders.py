"""Where the reference leaves open what an order is, costs and sends (each number is one of its eighty)."""

from typing import Any

import pytest
from pydantic import JsonValue

from chatops.errors import OutcomeUnknown, UpstreamThrottled
from chatops.outcome import Status
from chatops.simulator import Fault
from chatops.team import Limits
from tests.chatops.cloud.world import ACTIONS
from tests.tools.stage import Stage, body_of, data_of, example_arguments

pytestmark = pytest.mark.anyio

ORDER = "create_instances"


@pytest.mark.requirement("conflict:48")
async def test_order_leaves_out_what_only_the_printed_one_has(either_stage: Stage) -> None:
    outcome = await either_stage.run("create_instances")
    assert outcome.status is Status.ACCEPTED
    assert not {"instanceType", "sceneType"} & set(body_of(either_stage))
    for name in ("instanceType", "instance_type", "sceneType"):
        refused = await either_stage.run("create_instances", example_arguments("create_instances", **{name: "x"}))
        assert f"unknown argument '{name}'" in refused.message


@pytest.mark.requirement("conflict:49")
@pytest.mark.parametrize("os", ["AOSP9", "AOSP11", "AOSP14"])
async def test_image_of_either_version_of_the_reference_can_be_asked_for(stage: Stage, os: str) -> None:
    await stage.run("create_instances", example_arguments("create_instances", os=os))
    assert body_of(stage)["os"] == os
    assert "list_skus" in str(ACTIONS["create_instances"].params.model_fields["os"].description)


@pytest.mark.requirement("conflict:50")
async def test_order_names_its_bandwidth_type_or_is_refused(stage: Stage) -> None:
    await stage.run("create_instances")
    assert body_of(stage)["bandSkuId"] == "kp.bandwidth"
    arguments: dict[str, JsonValue] = example_arguments("create_instances")
    del arguments["band_sku_id"]
    assert "band_sku_id is missing" in (await stage.run("create_instances", arguments)).message


@pytest.mark.requirement("conflict:55")
@pytest.mark.parametrize(("prefix", "is_taken"), [("aZ09_-", True), ("a b", False), ("a.b", False), ("机", False)])
async def test_name_prefix_has_safe_characters(stage: Stage, prefix: str, is_taken: bool) -> None:
    outcome = await stage.run("create_instances", example_arguments("create_instances", name_prefix=prefix))
    assert (outcome.status is Status.ACCEPTED) is is_taken
    assert len(stage.records) == int(is_taken)


@pytest.mark.requirement("conflict:51")
async def test_order_is_for_as_many_as_the_reference_allows(stage: Stage) -> None:
    assert (await stage.run(ORDER, example_arguments(ORDER, count=1500))).status is Status.ACCEPTED
    assert (await stage.run(ORDER, example_arguments(ORDER, count=1501))).status is Status.INVALID
    assert Limits().instances_per_order < 1500  # the team's own limit is lower, and a rule of the policy


@pytest.mark.requirement("conflict:52")
@pytest.mark.parametrize(("unit", "most"), [("month", 9), ("year", 3)])
async def test_period_is_as_long_as_table_and_errors_agree(stage: Stage, unit: str, most: int) -> None:
    for period, status in ((most, Status.ACCEPTED), (most + 1, Status.INVALID)):
        outcome = await stage.run(ORDER, example_arguments(ORDER, period_unit=unit, period=period))
        assert outcome.status is status
    assert [record.verdict for record in stage.records] == ["0"]


@pytest.mark.requirement("conflict:53")
async def test_order_that_nobody_pays_says_so_and_is_accepted(either_stage: Stage) -> None:
    unpaid = await either_stage.run(ORDER, example_arguments(ORDER, payment="manual"))
    order = data_of(unpaid)["order_id"]
    assert unpaid.status is Status.ACCEPTED
    assert unpaid.message == f"Order {order} for 1 phone awaits payment in the console."
    (phone,) = data_of(unpaid)["phones"]
    listed = await either_stage.run("list_instances", {"instance_id": phone["instance_id"]})
    assert data_of(listed)["instances"] == []
    paid = await either_stage.run(ORDER, example_arguments(ORDER, payment="automatic"))
    assert "paid automatically" in paid.message


@pytest.mark.requirement("conflict:54")
async def test_order_without_an_answer_is_unknown_and_sent_once(either_stage: Stage) -> None:
    either_stage.simulator.faults.add(Fault(kind="drop_after"))
    outcome = await either_stage.run(ORDER)
    assert isinstance(outcome.error, OutcomeUnknown)
    assert (outcome.status, outcome.exit_code) == (Status.UNKNOWN, 5)
    assert len(either_stage.simulator.tenant.orders.by_id) == 1
    assert [record.operation for record in either_stage.records] == ["create"]


@pytest.mark.requirement("conflict:54")
async def test_order_that_was_turned_away_is_not_sent_again_either(stage: Stage) -> None:
    stage.simulator.faults.add(Fault(kind="throttled", times=1))
    assert isinstance((await stage.run(ORDER)).error, UpstreamThrottled)
    assert len(stage.records) == 1
    assert stage.simulator.tenant.orders.by_id == {}


@pytest.mark.requirement("conflict:46")
@pytest.mark.parametrize(("asked", "sent"), [(4, 4), (4.0, 4), (4.5, 4.5)])
async def test_bandwidth_of_an_order_is_a_number(stage: Stage, asked: float, sent: float) -> None:
    await stage.run("create_instances", example_arguments("create_instances", bandwidth_mbps=asked))
    body: Any = stage.last.body
    assert (body["bandSize"], type(body["bandSize"])) == (sent, type(sent))
