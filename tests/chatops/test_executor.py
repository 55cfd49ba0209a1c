import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from pydantic import JsonValue

from chatops.consent import Verdict
from chatops.outcome import Status
from chatops.roles import Role
from chatops.simulator import Fault
from chatops.team import Team
from tests.chatops.conftest import Bench, OpenBench, Person, person
from tools import Risk, load_actions

pytestmark = pytest.mark.anyio

RESET: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs"]}


def lines(bench: Bench) -> list[dict[str, Any]]:
    return [json.loads(line) for line in bench.audit.read_text().splitlines()] if bench.audit.exists() else []


def sent(bench: Bench, path: str) -> int:
    return sum(each.path == path for each in bench.simulator.requests)


async def test_read_answers_and_leaves_one_line_with_its_request_id(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "query_status", RESET, Person())
        (line,) = lines(bench)
        assert outcome.status is Status.DONE
        assert (line["step"], line["action"], line["status"], line["person"]) == (
            "answered",
            "query_status",
            "done",
            "alice",
        )
        assert line["request_ids"] == [bench.simulator.requests[-1].request_id]


async def test_changing_call_is_written_down_before_it_is_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", RESET, Person())
        assert outcome.status is Status.ACCEPTED
        assert [line["step"] for line in lines(bench)] == ["sent", "settled"]
        assert {line["call"] for line in lines(bench)} == {"call-1"}
        assert sent(bench, "/v1/instances/batch-reset") == 1


async def test_nothing_is_sent_when_it_cannot_be_written_down(open_bench: OpenBench, tmp_path: Path) -> None:
    (tmp_path / "blocker").write_text("")
    async with open_bench(audit=tmp_path / "blocker" / "audit.jsonl") as bench:
        outcome = await bench.executor.run(person(), "reset_instances", RESET, Person())
        assert (outcome.status, outcome.error and outcome.error.code) == (Status.REFUSED, "audit_unavailable")
        assert bench.simulator.requests.total == 0


async def test_read_goes_on_without_an_audit_and_says_so(open_bench: OpenBench, tmp_path: Path) -> None:
    (tmp_path / "blocker").write_text("")
    async with open_bench(audit=tmp_path / "blocker" / "audit.jsonl") as bench:
        outcome = await bench.executor.run(person(), "query_status", RESET, Person())
        assert outcome.status is Status.DONE
        assert any("audit" in warning for warning in outcome.warnings)


async def test_no_means_declined_and_nothing_is_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", RESET, Person(verdict=Verdict.NO))
        assert outcome.status is Status.DECLINED
        assert bench.simulator.requests.total == 0
        assert lines(bench)[0]["step"] == "declined"


async def test_nobody_to_ask_means_refused_with_a_next_step(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", RESET, Person(verdict=Verdict.CANNOT_ASK))
        assert (outcome.status, outcome.exit_code) == (Status.REFUSED, 3)
        assert outcome.error is not None
        assert (outcome.error.code, outcome.error.next_step) == ("consent_missing", "Go to a terminal.")
        assert bench.simulator.requests.total == 0


async def test_question_says_how_many_phones_and_what_cannot_be_undone(open_bench: OpenBench) -> None:
    asker = Person()
    async with open_bench() as bench:
        await bench.executor.run(person(), "reset_instances", RESET, asker)
        await bench.executor.run(person(), "reset_instances", {"instance_ids": ["a44uhlf7"]}, asker)
    both, one = asker.asked
    assert both.text == "Erase everything on 2 phones?"
    assert (both.typed, one.typed) == ("2", "a44uhlf7")
    assert "Nothing restores" in both.undo
    assert both.risk is Risk.DESTRUCTIVE


async def test_harmless_command_asks_nobody_and_another_one_does(open_bench: OpenBench) -> None:
    asker = Person(verdict=Verdict.NO)
    async with open_bench() as bench:
        harmless = await bench.executor.run(person(), "run_command", {**RESET, "command": "ls -l /system"}, asker)
        assert (harmless.status, asker.asked) == (Status.PARTIAL, [])
        other = await bench.executor.run(person(), "run_command", {**RESET, "command": "rm -rf /sdcard"}, asker)
        assert other.status is Status.DECLINED


async def test_viewer_may_not_reset_and_is_told_which_role_may(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person("viewer"), "reset_instances", RESET, Person())
        assert outcome.error is not None
        assert outcome.error.code == "permission_missing"
        assert "operator" in outcome.error.next_step
        assert lines(bench)[0]["status"] == "refused"


async def test_assistant_cannot_tell_forbidden_from_unknown(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        forbidden = await bench.executor.run(person("viewer", assistant=True), "reset_instances", {"x": 1}, Person())
        unknown = await bench.executor.run(person("viewer", assistant=True), "melt_instances", {"x": 1}, Person())
        assert forbidden.message.replace("reset", "melt") == unknown.message
        assert forbidden.error is not None
        assert unknown.error is not None
        assert (forbidden.error.code, forbidden.error.next_step) == (unknown.error.code, unknown.error.next_step)


async def test_permission_comes_before_the_arguments(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person("viewer"), "reset_instances", {"wrong": 1}, Person())
        assert outcome.error is not None
        assert outcome.error.code == "permission_missing"


async def test_wrong_arguments_are_invalid_audited_and_not_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "query_status", {"instance_ids": []}, Person())
        assert (outcome.status, outcome.exit_code) == (Status.INVALID, 2)
        assert lines(bench)[0]["error"] == "invalid_params"
        assert bench.simulator.requests.total == 0


async def test_hostile_action_name_is_cleaned_before_it_is_shown_or_written(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "\x1b[31m\u202ereset" * 50, {}, Person())
        assert "\x1b" not in outcome.message
        assert "\u202e" not in outcome.message
        assert len(lines(bench)[0]["action"]) <= 64


async def test_freeze_of_the_team_file_stops_changes_and_not_reads(open_bench: OpenBench) -> None:
    window = {"from": "2026-11-24T00:00:00Z", "until": "2026-11-24T06:00:00Z", "reason": "launch day"}
    async with open_bench(Team.model_validate({"freeze": [window]})) as bench:
        refused = await bench.executor.run(person(), "reboot_instances", RESET, Person())
        assert refused.status is Status.REFUSED
        assert "launch day" in refused.message
        assert bench.simulator.requests.total == 0
        assert (await bench.executor.run(person(), "query_status", RESET, Person())).status is Status.DONE


@pytest.mark.parametrize(
    ("action", "arguments", "limit"),
    [
        ("reboot_instances", RESET, "max_targets"),
        (
            "create_instances",
            {
                "os": "AOSP9",
                "instance_sku_id": "kp.professional.xlarge.32g.2",
                "band_sku_id": "kp.bandwidth",
                "region": "cn-north-7",
                "bandwidth_mbps": 4,
                "name_prefix": "x",
                "count": 2,
                "period_unit": "month",
                "period": 1,
                "payment": "manual",
                "renewal": "manual",
            },
            "instances_per_order",
        ),
    ],
)
async def test_more_phones_than_the_team_allows_are_refused(
    open_bench: OpenBench, action: str, arguments: dict[str, JsonValue], limit: str
) -> None:
    async with open_bench(Team.model_validate({"limits": {limit: 1}})) as bench:
        outcome = await bench.executor.run(person(), action, arguments, Person())
        assert outcome.status is Status.REFUSED
        assert limit in outcome.message
        assert bench.simulator.requests.total == 0


async def test_connection_lost_after_sending_is_unknown_and_not_repeated(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.simulator.faults.add(Fault(kind="drop_after", operation="batch-reset", times=1))
        outcome = await bench.executor.run(person(), "reset_instances", RESET, Person())
        assert (outcome.status, outcome.exit_code) == (Status.UNKNOWN, 5)
        assert sent(bench, "/v1/instances/batch-reset") == 1
        assert lines(bench)[-1]["status"] == "unknown"


async def test_rejection_of_the_api_is_told_with_its_code(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "query_status", {"instance_ids": ["nosuchphone"]}, Person())
        assert outcome.status is Status.FAILED
        error = outcome.payload()["error"]
        assert isinstance(error, dict)
        assert str(error["upstream_code"]).startswith("KOOPHONE.API.")
        assert error["request_id"] == bench.simulator.requests[-1].request_id


async def test_door_that_goes_away_does_not_tear_a_change_apart(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.simulator.faults.add(Fault(kind="slow", operation="batch-reset", times=1, seconds=0.3))
        with anyio.move_on_after(0.1):
            await bench.executor.run(person(), "reset_instances", RESET, Person())
        assert [line["step"] for line in lines(bench)] == ["sent", "settled"]


async def test_read_that_its_door_gave_up_is_in_the_audit(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.simulator.faults.add(Fault(kind="slow", operation="batch-query-status", times=1, seconds=2.0))
        with anyio.move_on_after(0.1):
            await bench.executor.run(person(), "query_status", RESET, Person())
        assert [line["step"] for line in lines(bench)] == ["cancelled"]


async def test_secrets_reach_the_wire_and_never_the_audit(open_bench: OpenBench) -> None:
    arguments: dict[str, JsonValue] = {
        "instance_ids": ["XvH39QVW", "Vpp8rC4Y"],
        "package": "com.example.app",
        "file_name": "app.apk",
        "version": "1",
        "size_mb": 1,
        "link": "https://storage.example.com/app.apk?Signature=S3cr3t-marker",
    }
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "install_app", arguments, Person())
        assert outcome.status is Status.ACCEPTED
        assert "S3cr3t-marker" in str(bench.simulator.requests[-1].body)
        assert "S3cr3t-marker" not in bench.audit.read_text()
        assert "app.apk?[secret]" in bench.audit.read_text()


async def test_device_token_is_shown_only_when_it_is_revealed(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "get_device_token", {"instance_id": "Q39YyZvI"}, Person())
        hidden, revealed = outcome.payload(), outcome.payload(reveal=True)
        assert isinstance(hidden["data"], dict)
        assert isinstance(revealed["data"], dict)
        assert hidden["data"]["device_token"] == "[secret]"
        token = str(revealed["data"]["device_token"])
        assert token not in bench.audit.read_text() + repr(outcome) + str(hidden)


@pytest.mark.parametrize("role", ["viewer", "operator"])
async def test_offered_are_exactly_the_actions_of_the_roles(open_bench: OpenBench, role: Role) -> None:
    principal = person(role)
    async with open_bench() as bench:
        offered = bench.executor.offered(principal)
    assert {each.name for each in offered} == {
        name for name, each in load_actions().items() if each.permission in principal.permissions
    }
    assert [each.name for each in offered] == sorted(each.name for each in offered)
