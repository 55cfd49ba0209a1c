"""Every limit of the reference: just inside, the simulator's own validation accepts; just outside, nothing is sent."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import JsonValue

from chatops.outcome import Outcome, Status
from chatops.simulator import Fault
from chatops.simulator.packages import Package
from tests.chatops.cloud.world import ACTIONS, OK
from tests.scenarios.edges import LIMITS, SPEC, Limit
from tests.tools.stage import Stage, data_of, example_arguments
from tools import Endpoint

pytestmark = pytest.mark.anyio

WRONG = {"0002", "0003", "0005", "1000", "1005", "3003", "3006", "3007", "3008", "62006", "62015"}
"""Codes that blame the request, whatever the fleet looks like."""

MEGABYTE = 1024 * 1024

CASES = [
    pytest.param(limit, id=f"{limit.requirement}-{limit.action}", marks=pytest.mark.requirement(limit.requirement))
    for limit in LIMITS
]


def code(stage: Stage) -> str:
    return stage.last.verdict.rpartition(".")[2]


@pytest.mark.parametrize("limit", CASES)
async def test_just_inside_a_limit_is_sent_and_not_called_wrong(stage: Stage, limit: Limit) -> None:
    for changes in limit.inside:
        stage.simulator.requests.clear()
        outcome = await stage.run(limit.action, example_arguments(limit.action, **changes))
        assert stage.records, f"{changes}: {outcome.message}"
        assert code(stage) not in WRONG


@pytest.mark.parametrize("limit", CASES)
async def test_just_outside_a_limit_is_refused_and_never_sent(stage: Stage, limit: Limit) -> None:
    for changes in limit.outside:
        outcome = await stage.run(limit.action, example_arguments(limit.action, **changes))
        assert (outcome.status, outcome.exit_code) == (Status.INVALID, 2), changes
        assert outcome.error is not None
        assert outcome.error.next_step.startswith(f"Valid arguments of {limit.action}: ")
        assert outcome.message.isprintable()
    assert stage.records == []


@pytest.mark.requirement("limit:biz-type-length", "limit:content-type-length")
async def test_kind_and_transfer_mode_of_a_package_are_ours_and_short(stage: Stage) -> None:
    await stage.run("install_app")
    body: Any = stage.last.body
    assert 1 <= len(body["biz_type"]) <= 64
    assert 1 <= len(body["content_type"]) <= 64
    outcome = await stage.run("install_app", example_arguments("install_app", biz_type="apk"))
    assert "unknown argument 'biz_type'" in outcome.message


@pytest.mark.requirement("limit:video-combinations")
async def test_all_six_combinations_are_sent_once_each_whatever_is_overridden(stage: Stage) -> None:
    overrides: list[JsonValue] = [{"network": "WIFI", "p540": SPEC}, {"encoding": "H265", "p540": SPEC}]
    outcome = await stage.run("set_video", example_arguments("set_video", overrides=overrides))
    body: Any = stage.last.body
    pairs = [(each["network_type"], each["encoding_type"]) for each in body["instance_settings"]]
    assert len(pairs) == len(set(pairs)) == 6
    assert outcome.status is Status.ACCEPTED
    low = {
        (each["network_type"], each["encoding_type"])
        for each in body["instance_settings"]
        if each["video_spec_groups"][0]["definition_540P"]["code_rate"] == 100
    }
    assert low == {pair for pair in pairs if pair[0] == "WIFI" or pair[1] == "H265"}


async def test_seven_overrides_are_too_many(stage: Stage) -> None:
    overrides: list[JsonValue] = [{"p540": SPEC}] * 7
    assert (await stage.run("set_video", example_arguments("set_video", overrides=overrides))).status == "invalid"
    assert stage.records == []


@pytest.mark.requirement("limit:execute-msg-bytes")
@pytest.mark.parametrize(("bytes_written", "is_marked"), [(1023, False), (1024, True)])
async def test_output_at_its_limit_is_marked_as_possibly_cut(stage: Stage, bytes_written: int, is_marked: bool) -> None:
    output = "中" * (bytes_written // 3) + "a" * (bytes_written % 3)
    run: JsonValue = {"cmd_results": [{"instance_id": "a44uhlf7", "status": 2, "execute_msg": output}]}
    task: JsonValue = {"jobs": [{"job_id": "j", "status": 2, "execute_msg": output}]}
    for name, data in (("run_command", run), ("get_task", task)):
        outcome = await stage.answered(name, {"data": data, **OK})
        assert any("possibly truncated" in warning for warning in outcome.warnings) is is_marked
        assert output in str(data_of(outcome))


@pytest.mark.requirement("limit:page-size")
async def test_pages_of_a_hundred_are_asked_for_until_all_phones_came(either_stage: Stage) -> None:
    await either_stage.run("fleet_summary", {})
    assert {dict(record.query)["page_size"] for record in either_stage.records} == {"100"}
    assert [dict(record.query)["page_no"] for record in either_stage.records] == ["1"]


@pytest.mark.requirement("limit:object-size")
async def test_package_above_two_gigabytes_has_its_own_sentence(stage: Stage) -> None:
    stage.simulator.faults.add(Fault(kind="error", status=200, code="KOOPHONE.API.62015"))
    assert "larger than 2 GB" in (await stage.run("install_app")).message


@pytest.mark.requirement("limit:tenant-packages")
async def test_package_that_does_not_fit_into_the_terabyte_of_the_tenant_says_so(stage: Stage) -> None:
    stage.simulator.tenant.packages.install([], Package("com.example", "all.apk", "1", MEGABYTE - 119))
    outcome = await stage.run("install_app")
    assert "exceed 1 TB" in outcome.message
    assert outcome.error is not None
    assert outcome.error.upstream_code == "KOOPHONE.API.62016"


async def sent_with_a_body_of(stage: Stage, size: int) -> Outcome:
    """The outcome of a reboot whose JSON body has exactly so many bytes."""
    action = ACTIONS["reboot_instances"]
    assert isinstance(action.by, Endpoint)
    body = {"instance_ids": "a" * (size - len('{"instance_ids":""}'))}
    large = replace(action, by=replace(action.by, body=lambda _: body))
    return await Stage(stage.world, {**ACTIONS, action.name: large}).run(action.name)


@pytest.mark.requirement("limit:signed-body", "conflict:76")
async def test_signed_body_above_twelve_megabytes_is_refused_before_it_is_signed(stage: Stage) -> None:
    refused = await sent_with_a_body_of(stage, 12 * MEGABYTE + 1)
    assert refused.error is not None
    assert refused.error.code == "request_too_large"
    assert stage.records == []
    await sent_with_a_body_of(stage, 12 * MEGABYTE)
    assert len(stage.records) == 1


@pytest.mark.requirement("limit:token-hours")
async def test_token_serves_until_shortly_before_its_day_is_over(token_stage: Stage) -> None:
    def fetched() -> int:
        return len(token_stage.simulator.requests.of("iam-token"))

    await token_stage.run("query_status")
    before = fetched()
    token_stage.clock.seconds += 86_400
    await token_stage.run("query_status")
    assert fetched() == before + 1
    token_stage.clock.seconds += 85_000
    await token_stage.run("query_status")
    assert fetched() == before + 1
    token_stage.clock.seconds += 900  # ten minutes before its end, a new one is fetched
    await token_stage.run("query_status")
    assert fetched() == before + 2
    assert token_stage.last.verdict == "0"


async def test_time_of_a_query_is_written_in_utc_as_the_reference_has_it(either_stage: Stage) -> None:
    await either_stage.run(
        "list_instances", {"since": "2023-08-15T22:30:45+08:00", "until": datetime(2024, 1, 1, tzinfo=UTC).isoformat()}
    )
    query = dict(either_stage.last.query)
    assert (query["query_start_time"], query["query_end_time"]) == ("2023-08-15 14:30:45", "2024-01-01 00:00:00")
