"""Every limit of the reference: just inside, the simulator's own validation accepts; just outside, nothing is sent."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import JsonValue

from chatops.outcome import Outcome, Status
from chatops.simulator import Fault
from chatops.simulator.packages import Package
from tests.chatops.cloud.world import ACTIONS, OK
from tests.tools.stage import Stage, data_of, example_arguments
from tools import Endpoint, Targets

pytestmark = pytest.mark.anyio

Arguments = dict[str, JsonValue]
WRONG = {"0002", "0003", "0005", "1000", "1005", "3003", "3006", "3007", "3008", "62006", "62015"}
"""Codes that blame the request, whatever the fleet looks like."""
MEGABYTE = 1024 * 1024
TARGETED = sorted(name for name, action in ACTIONS.items() if issubclass(action.params, Targets))
SPEC: Arguments = {"kbps": 100, "fps": 30}


def ids(count: int) -> list[JsonValue]:
    return [f"phone{number:03d}" for number in range(count)]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Changes to the printed example that are just inside, and such that are just outside."""

    requirement: str
    action: str
    inside: tuple[Arguments, ...]
    outside: tuple[Arguments, ...] = field(default=())


def _text(requirement: str, action: str, name: str, most: int) -> Limit:
    required = ACTIONS[action].params.model_fields[name].is_required()
    return Limit(
        requirement=requirement,
        action=action,
        inside=({name: "a" * most}, {name: "a"}),
        outside=({name: "a" * (most + 1)}, {name: ""}, {name: 7}, {name: None if required else 8}),
    )


def _number(
    requirement: str, action: str, name: str, inside: tuple[JsonValue, ...], outside: tuple[JsonValue, ...]
) -> Limit:
    return Limit(
        requirement=requirement,
        action=action,
        inside=tuple({name: value} for value in inside),
        outside=(*({name: value} for value in outside), {name: None}, {name: "x"}, {name: True}),
    )


def _rate(*values: float) -> tuple[Arguments, ...]:
    return tuple({"p720": {"kbps": value, "fps": 30}} for value in values)


def _period(unit: str, *values: float) -> tuple[Arguments, ...]:
    return tuple({"period_unit": unit, "period": value} for value in values)


def _link(length: int) -> str:
    start = "https://storage.example.com/?Signature="
    return start + "a" * (length - len(start))


COMMANDS = ("run_command", "start_command")
USERS = ("assign_instances", "unassign_instances", "prepare_instances", "get_prepare_progress")
LIMITS = (
    *(
        Limit(
            requirement="limit:command-bytes",
            action=action,
            inside=({"command": "a" * 1024}, {"command": "a"}),
            outside=({"command": "a" * 1025}, {"command": ""}, {"command": "  "}, {"command": "é" * 513}),
        )
        for action in COMMANDS
    ),
    *(
        Limit(
            requirement="limit:command-characters",
            action=action,
            inside=({"command": "ABCxyz019_./:-"}, {"command": "pm list packages -3"}),
            outside=tuple(
                {"command": f"ls{character}"} for character in "'\"`;|&$><*?!#~(){}[]\\%^=+,@\n\t\r\0é中\u00a0"
            ),
        )
        for action in COMMANDS
    ),
    *(
        Limit(
            requirement="limit:instance-ids-length",
            action=action,
            inside=({"instance_ids": ids(100)}, {"instance_ids": ids(1)}),
            outside=(
                {"instance_ids": ids(101)},
                {"instance_ids": []},
                {"instance_ids": None},
                {"instance_ids": "a"},
                {"instance_ids": {"a": 1}},
            ),
        )
        for action in TARGETED
    ),
    *(
        Limit(
            requirement="limit:instance-id-length",
            action=action,
            inside=({"instance_ids": ["a" * 32]}, {"instance_ids": ["a"]}),
            outside=tuple({"instance_ids": [each]} for each in ("a" * 33, "", "a/b", "a b", "a\n", " a", 7, None)),
        )
        for action in TARGETED
    ),
    *(_text("limit:instance-id-length", action, "instance_id", 32) for action in ("get_device_token",)),
    _text("limit:instance-id-length", "get_prepare_progress", "instance_id", 32),
    *(_text("limit:user-id-length", action, "user_id", 32) for action in USERS),
    *(
        Limit(
            requirement="limit:user-instances-length",
            action=action,
            inside=({"instance_ids": ids(100)},),
            outside=({"instance_ids": ids(101)},),
        )
        for action in ("assign_instances", "unassign_instances")
    ),
    Limit(
        requirement="limit:code-rate-range",
        action="set_video",
        inside=_rate(100, 10_000),
        outside=_rate(0, -100, 10_100, 1e300),
    ),
    Limit(
        requirement="limit:code-rate-step",
        action="set_video",
        inside=_rate(100, 200),
        outside=_rate(101, 150, 199, 100.5),
    ),
    Limit(
        requirement="limit:video-definitions",
        action="set_video",
        inside=({"p540": SPEC, "p720": SPEC, "p1080": SPEC},),
        outside=({"p540": None}, {"p720": {}}, {"p1080": {"kbps": 100}}, {"overrides": [{}]}),
    ),
    Limit(
        requirement="limit:query-time-format",
        action="list_instances",
        inside=(
            {"since": "2023-08-15T14:30:45Z"},
            {"since": "2023-08-15T14:30:45.999+08:00", "until": "2024-01-01T00:00:00Z"},
            {"until": "1970-01-02T00:00:00Z"},
            {"until": "9998-12-31T23:59:59-14:00"},
        ),
        outside=(
            {"since": "2023-08-15 14:30:45"},
            {"since": "2023-08-15T14:30:45"},
            {"since": "yesterday"},
            {"since": "0001-01-01T00:00:00+14:00"},
            {"until": "9999-12-31T23:59:59-14:00"},
            {"since": "2024-01-01T00:00:00Z", "until": "2023-01-01T00:00:00Z"},
        ),
    ),
    _text("limit:instance-sku-id-length", "create_instances", "instance_sku_id", 64),
    _text("limit:band-sku-id-length", "create_instances", "band_sku_id", 64),
    _text("limit:region-id-length", "create_instances", "region", 64),
    _text("limit:name-prefix-length", "create_instances", "name_prefix", 14),
    _number("limit:order-count", "create_instances", "count", (1, 1500), (0, -1, 1501, 1.5)),
    _number("limit:band-size", "create_instances", "bandwidth_mbps", (4, 0.5), (0, -1)),
    Limit(
        requirement="limit:period-months",
        action="create_instances",
        inside=_period("month", 1, 9),
        outside=_period("month", 0, -1, 10, 1.5),
    ),
    Limit(
        requirement="limit:period-years",
        action="create_instances",
        inside=_period("year", 1, 3),
        outside=_period("year", 0, 4, 9),
    ),
    _text("limit:object-name-length", "install_app", "package", 100),
    _text("limit:file-name-length", "install_app", "file_name", 100),
    _text("limit:object-version-length", "install_app", "version", 100),
    _number("limit:object-size", "install_app", "size_mb", (1, 2048), (0, -1, 2049, 1.5)),
    Limit(
        requirement="limit:content-md5-length",
        action="install_app",
        inside=({"md5": ""}, {"md5": "0123456789abcdefABCDEF0123456789"}),
        outside=({"md5": "fghfg"}, {"md5": "0" * 31}, {"md5": "0" * 33}, {"md5": "g" * 32}, {"md5": None}),
    ),
    Limit(
        requirement="limit:install-link-length",
        action="install_app",
        inside=({"link": _link(2000)}, {"link": "http://a"}),
        outside=(
            {"link": _link(2001)},
            {"link": ""},
            {"link": "ftp://a/b"},
            {"link": "https://user:word@a/b"},
            {"link": "https://a/ b"},
            {"link": "https://a/\n"},
            {"link": "https://a/é"},
            {"link": "https://"},
            {"link": "https://["},
        ),
    ),
)
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
