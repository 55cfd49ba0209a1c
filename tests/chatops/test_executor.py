import time
from dataclasses import replace
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from pydantic import JsonValue

from chatops.audit import Unwritten
from chatops.consent import Verdict
from chatops.control import every_action
from chatops.errors import StoreUnavailable
from chatops.outcome import Outcome, Status
from chatops.roles import Role
from chatops.simulator import Fault, SimulatorSettings
from tests.chatops.conftest import OpenBench, Person, person, team
from tools import Risk
from tools.fleet_summary import FleetSummary

pytestmark = pytest.mark.anyio

PAIR: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs"]}
LINK = "https://storage.example.com/app.apk?Signature=S3cr3t-marker"
INSTALL: dict[str, JsonValue] = {
    "instance_ids": ["XvH39QVW", "Vpp8rC4Y"],
    "package": "com.example.app",
    "file_name": "app.apk",
    "version": "1",
    "size_mb": 1,
    "link": LINK,
}
SMALL_FLEET = {"limits": {"max_fleet_share": 1.0}}


def code(outcome: Outcome) -> str:
    assert outcome.error is not None, outcome
    return outcome.error.code


async def test_read_answers_and_leaves_one_event_with_its_request_id(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "query_status", PAIR, Person())
        (event,) = await bench.events()
        assert outcome.status is Status.DONE
        assert (event.kind, event.action, event.person, event.body["status"]) == (
            "answered",
            "query_status",
            "alice",
            "done",
        )
        assert event.body["request_ids"] == [bench.simulator.requests[-1].request_id]


async def test_read_by_a_filter_asks_for_the_phones_that_match(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "query_status", {"where": "name=printed-*"}, Person())
        assert outcome.status is Status.DONE
        assert outcome.payload()["data"]
        empty = await bench.executor.run(person(), "query_status", {"where": "name=nothing-*"}, Person())
        assert code(empty) == "targets_empty"


async def test_fleet_is_counted_from_one_listing_until_it_is_old_and_its_age_is_said(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        whole = await bench.executor.run(person(), "fleet_summary", {}, Person())
        bench.passing.ahead += 20
        again = await bench.executor.run(person(), "fleet_summary", {"region": "cn-north-7"}, Person())
        filtered = await bench.executor.run(person(), "query_status", {"where": "name=printed-*"}, Person())
        assert bench.sent("batch-query") == 1
        assert whole.warnings == ()
        assert again.warnings == filtered.warnings == ("The fleet as of 20 s ago.",)
        assert isinstance(again.result, FleetSummary)
        assert [each.region for each in again.result.regions] == ["cn-north-7"]
        bench.passing.ahead += 60
        assert (await bench.executor.run(person(), "fleet_summary", {}, Person())).warnings == ()
        ids = [event.body.get("request_ids") for event in await bench.events()]
        sent = bench.simulator.requests
        (one, other), (status,) = sent.of("batch-query"), sent.of("batch-query-status")
        assert ids == [[one.request_id], None, [status.request_id], [other.request_id]]


async def test_consented_change_is_sent_once_and_every_step_is_in_the_audit(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert outcome.status is Status.ACCEPTED
        assert bench.sent("batch-reset") == 1
        kinds = await bench.kinds()
        assert kinds[:6] == ["asked", "planned", "consent_asked", "consent_given", "sent", "settled"]
        assert {event.operation for event in await bench.events()} == {None, outcome.operation_id}


async def test_change_that_needs_no_consent_is_kept_as_an_operation_too(open_bench: OpenBench) -> None:
    asker = Person(verdict=Verdict.NO)
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "run_command", {**PAIR, "command": "ls -l /system"}, asker)
        assert (outcome.status, asker.asked) == (Status.PARTIAL, [])
        operation = await bench.operation(outcome.operation_id)
        assert operation.verification == "not_verifiable"
        assert operation.sealed is None


async def test_no_means_declined_and_nothing_is_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person(verdict=Verdict.NO))
        assert outcome.status is Status.DECLINED
        assert bench.sent("batch-reset") == 0
        assert "consent_refused" in await bench.kinds()


async def test_nobody_to_ask_means_another_person_is_asked(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person(verdict=Verdict.CANNOT_ASK))
        assert (outcome.status, outcome.exit_code) == (Status.APPROVAL_REQUIRED, 4)
        assert "bob or carol may approve until" in outcome.message
        assert bench.sent("batch-reset") == 0


async def test_nobody_to_ask_and_no_approver_means_refused_with_a_next_step(open_bench: OpenBench) -> None:
    async with open_bench(team(terminal={"trust": "environment"})) as bench:
        door = await bench.executor.run(person(), "reset_instances", PAIR, Person(verdict=Verdict.CANNOT_ASK))
        assert (door.status, code(door)) == (Status.REFUSED, "consent_missing")
        assistant = await bench.executor.run(person(assistant=True), "reset_instances", PAIR, Person())
        assert (assistant.status, code(assistant)) == (Status.REFUSED, "no_approver_reachable")
        assert bench.sent("batch-reset") == 0


async def test_question_is_the_plan_in_full(open_bench: OpenBench) -> None:
    asker = Person(verdict=Verdict.NO)
    async with open_bench() as bench:
        await bench.executor.run(person(), "reset_instances", PAIR, asker)
        await bench.executor.run(person(), "reset_instances", {"instance_ids": ["a44uhlf7"]}, asker)
    both, one = asker.asked
    assert both.text.startswith("Erase everything on 2 phones?\n")
    assert "efjy72gs (printed-efjy72gs), cn-north-7, running, assigned to 1123422" in both.text
    assert "Undo: Nothing restores a reset phone" in both.text
    assert (both.typed, one.typed, both.must_type, both.risk) == ("2", "a44uhlf7", True, Risk.DESTRUCTIVE)


async def test_plan_only_shows_the_plan_and_has_no_consequence(open_bench: OpenBench) -> None:
    asker = Person()
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "delete_instances", PAIR, asker, plan_only=True)
        assert (outcome.status, outcome.exit_code, outcome.is_error) == (Status.PLANNED, 0, False)
        assert outcome.plan is not None
        assert outcome.plan["count"] == 2
        assert (asker.asked, bench.sent("delete"), await bench.service.ledger.listed()) == ([], 0, ())
        assert await bench.kinds() == ["asked", "planned"]
        planned = (await bench.events())[-1].body
        assert planned["plan_digest"] == outcome.plan["digest"]
        assert planned["targets"] == PAIR["instance_ids"]
        facts = planned["facts"]
        assert isinstance(facts, dict)
        assert (facts["count"], facts["risk"]) == (2, "DESTRUCTIVE")


async def test_plan_says_that_its_link_expires_before_an_approval_would_come(open_bench: OpenBench) -> None:
    soon = {**INSTALL, "link": f"{LINK}&Expires={time.time() + 45 * 60:.0f}"}
    async with open_bench(team(approvals={"expire_after": "1h"})) as bench:
        outcome = await bench.executor.run(person(assistant=True), "install_app", soon, Person())
        assert outcome.status is Status.APPROVAL_REQUIRED
        (warning,) = [each for each in outcome.warnings if "link" in each]
        assert "an approval may come up to 60 min from now" in warning
        assert "S3cr3t" not in warning
        operation = await bench.operation(outcome.operation_id)
        assert warning in str(operation.plan["text"])


async def test_viewer_may_not_reset_and_is_told_which_role_may(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person("viewer", name="vera"), "reset_instances", PAIR, Person())
        assert code(outcome) == "permission_missing"
        assert outcome.error is not None
        assert "operator" in outcome.error.next_step
        assert (await bench.events())[0].kind == "denied"


async def test_assistant_cannot_tell_forbidden_from_unknown(open_bench: OpenBench) -> None:
    vera = person("viewer", name="vera", assistant=True)
    async with open_bench() as bench:
        forbidden = await bench.executor.run(vera, "reset_instances", {"x": 1}, Person())
        unknown = await bench.executor.run(vera, "melt_instances", {"x": 1}, Person())
        assert forbidden.message.replace("reset", "melt") == unknown.message
        assert forbidden.error is not None
        assert unknown.error is not None
        assert (forbidden.error.code, forbidden.error.next_step) == (unknown.error.code, unknown.error.next_step)


async def test_permission_comes_before_the_arguments(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person("viewer", name="vera"), "reset_instances", {"wrong": 1}, Person())
        assert code(outcome) == "permission_missing"


async def test_wrong_arguments_are_invalid_audited_and_not_sent(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "query_status", {"instance_ids": []}, Person())
        assert (outcome.status, outcome.exit_code) == (Status.INVALID, 2)
        (event,) = await bench.events()
        assert (event.kind, event.body["error"]) == ("invalid", "invalid_params")
        assert bench.simulator.requests.total == 0


async def test_hostile_action_name_is_cleaned_before_it_is_shown_or_written(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "\x1b[31m\u202ereset" * 50, {}, Person())
        assert "\x1b" not in outcome.message
        assert "\u202e" not in outcome.message
        assert len((await bench.events())[0].action or "") <= 64


async def test_window_of_the_team_file_stops_changes_and_not_reads(open_bench: OpenBench) -> None:
    window = {"from": "2026-11-24T00:00:00Z", "until": "2026-11-24T06:00:00Z", "reason": "launch day"}
    async with open_bench(team(freeze=[window])) as bench:
        refused = await bench.executor.run(person(), "reboot_instances", PAIR, Person())
        assert (refused.status, code(refused)) == (Status.REFUSED, "policy_denied")
        assert "launch day" in refused.message
        assert bench.sent("reboot") == 0
        assert (await bench.executor.run(person(), "query_status", PAIR, Person())).status is Status.DONE


@pytest.mark.parametrize("limit", ["max_targets", "small"])
async def test_more_phones_than_the_team_allows_are_refused(open_bench: OpenBench, limit: str) -> None:
    limits = {"max_targets": 1} if limit == "max_targets" else {"small": 1, "max_fleet_share": 0.01}
    async with open_bench(team(limits=limits)) as bench:
        outcome = await bench.executor.run(person(), "reboot_instances", PAIR, Person())
        assert (outcome.status, code(outcome)) == (Status.REFUSED, "policy_denied")
        assert bench.sent("reboot") == 0


async def test_phones_that_are_not_there_are_named_and_nothing_is_planned(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(
            person(), "reset_instances", {"instance_ids": ["efjy72gs", "nosuch"]}, Person()
        )
        assert (outcome.status, code(outcome)) == (Status.REFUSED, "targets_unknown")
        assert "nosuch" in outcome.message
        assert await bench.service.ledger.listed() == ()


async def test_phones_of_several_regions_are_asked_for_region_by_region(open_bench: OpenBench) -> None:
    async with open_bench(team(**SMALL_FLEET)) as bench:
        outcome = await bench.executor.run(person(), "reboot_instances", {"where": "state=running,frozen=no"}, Person())
        assert outcome.status is Status.ACCEPTED
        operation = await bench.operation(outcome.operation_id)
        regions = [request.region for request in operation.requests]
        assert len(regions) == len(set(regions)) == bench.sent("reboot") > 1


async def test_failed_request_does_not_hide_the_others(open_bench: OpenBench) -> None:
    async with open_bench(team(**SMALL_FLEET)) as bench:
        bench.simulator.faults.add(Fault(kind="business", operation="reboot", code="KOOPHONE.API.62010", times=1))
        outcome = await bench.executor.run(person(), "reboot_instances", {"where": "state=running,frozen=no"}, Person())
        operation = await bench.operation(outcome.operation_id)
        states = {request.state.value for request in operation.requests}
        assert outcome.status in {Status.PARTIAL, Status.ACCEPTED}
        assert "failed" in states
        assert "accepted" in states or "never_sent" in states


async def test_connection_lost_after_sending_is_unknown_and_not_repeated(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.simulator.faults.add(Fault(kind="drop_after", operation="batch-reset", times=1))
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert (outcome.status, outcome.exit_code) == (Status.UNKNOWN, 5)
        assert "The status tells" in outcome.message
        assert bench.sent("batch-reset") == 1


async def test_lost_answer_is_reconciled_by_reading(open_bench: OpenBench) -> None:
    slowly = SimulatorSettings(phones=60, faults=True, speed=40)
    async with open_bench(simulator=slowly) as bench:
        bench.simulator.faults.add(Fault(kind="drop_after", operation="reboot", times=1))
        outcome = await bench.executor.run(person(), "reboot_instances", {"instance_ids": ["efjy72gs"]}, Person())
        assert outcome.status is Status.UNKNOWN
        ended = await bench.ended(outcome.operation_id)
        assert (ended.state, ended.verification) == ("done", "verified")
        assert "reconciled" in await bench.kinds()
        assert bench.sent("reboot") == 1


async def test_reset_is_verified_once_the_phone_was_seen_leaving_and_coming_back(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SimulatorSettings(phones=60, faults=True, speed=40)) as bench:
        outcome = await bench.executor.run(person(), "reset_instances", {"instance_ids": ["efjy72gs"]}, Person())
        ended = await bench.ended(outcome.operation_id)
        assert (ended.state, ended.verification) == ("done", "verified")
        assert (await bench.kinds())[-1] == "verified"


async def test_phone_that_was_never_seen_leaving_proves_nothing(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SimulatorSettings(phones=60, faults=True, speed=1e9)) as bench:
        outcome = await bench.executor.run(person(), "reboot_instances", {"instance_ids": ["efjy72gs"]}, Person())
        assert (await bench.ended(outcome.operation_id)).verification == "unknown"


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
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(bench.executor.run, person(), "reset_instances", PAIR, Person())
            while len(bench.simulator.faults):
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        (operation,) = await bench.service.ledger.listed()
        assert operation.state in {"watching", "done"}
        assert bench.sent("batch-reset") == 1


async def test_read_that_its_door_gave_up_is_in_the_audit(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.simulator.faults.add(Fault(kind="slow", operation="batch-query-status", times=1, seconds=3600))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(bench.executor.run, person(), "query_status", PAIR, Person())
            while len(bench.simulator.faults):
                await anyio.lowlevel.checkpoint()
            tasks.cancel_scope.cancel()
        assert tasks.cancel_scope.cancelled_caught
        assert await bench.kinds() == ["cancelled"]


async def test_secrets_reach_the_wire_and_never_the_store(open_bench: OpenBench, tmp_path: Path) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        outcome = await bench.executor.run(person(), "install_app", INSTALL, Person())
        assert outcome.status is Status.ACCEPTED
        assert "S3cr3t-marker" in str(bench.simulator.requests.of("install")[-1].body)
        assert "app.apk?[secret]" in str([event.body for event in await bench.events()])
    kept = b"".join(file.read_bytes() for file in (tmp_path / "store").iterdir())
    assert b"S3cr3t-marker" not in kept


async def test_device_token_is_shown_only_when_it_is_revealed(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "get_device_token", {"instance_id": "Q39YyZvI"}, Person())
        hidden, revealed = outcome.payload(), outcome.payload(reveal=True)
        assert isinstance(hidden["data"], dict)
        assert isinstance(revealed["data"], dict)
        assert hidden["data"]["device_token"] == "[secret]"
        token = str(revealed["data"]["device_token"])
        assert token not in str([event.body for event in await bench.events()]) + repr(outcome) + str(hidden)


@pytest.mark.parametrize("role", ["viewer", "operator"])
async def test_offered_are_exactly_the_actions_of_the_roles(open_bench: OpenBench, role: Role) -> None:
    principal = person(role)
    async with open_bench() as bench:
        offered = bench.executor.offered(principal)
    assert {each.name for each in offered} == {
        name for name, each in every_action().items() if each.permission in principal.permissions
    }
    assert [each.name for each in offered] == sorted(each.name for each in offered)


async def test_same_call_twice_is_one_request_for_approval(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        first = await bench.executor.run(person(assistant=True), "reset_instances", PAIR, Person())
        again = await bench.executor.run(person(assistant=True), "reset_instances", PAIR, Person())
        assert first.operation_id == again.operation_id
        assert first.status is again.status is Status.APPROVAL_REQUIRED


async def test_store_that_is_gone_stops_changes_and_not_reads(open_bench: OpenBench, tmp_path: Path) -> None:
    async with open_bench(folder=tmp_path / "store") as bench:
        for file in (tmp_path / "store").iterdir():
            file.rename(tmp_path / file.name)
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert code(outcome) == "store_unavailable"
        assert bench.sent("batch-reset") == 0
        assert (await bench.executor.run(person(), "query_status", PAIR, Person())).status is Status.DONE
        for name in ("chatops.db", "chatops.db-wal", "chatops.db-shm"):
            if (tmp_path / name).exists():
                (tmp_path / name).rename(tmp_path / "store" / name)


async def test_record_of_a_call_is_found_by_its_operation(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        found = await bench.executor.find(outcome.operation_id or "")
        assert found is not None
        assert found.id == outcome.operation_id
        assert await bench.executor.find("op_aaaaaaaaaaaaaaaa") is None


async def test_without_a_store_reads_go_on_and_changes_do_not(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        gone = StoreUnavailable("The disk is full.")
        unwritten = replace(bench.executor, asking=None, trail=Unwritten(), why_not=gone)
        changed = await unwritten.run(person(), "reboot_instances", PAIR, Person())
        assert (changed.status, code(changed), changed.message) == (
            Status.REFUSED,
            "store_unavailable",
            "The disk is full.",
        )
        silent = await replace(unwritten, why_not=None).run(person(), "reboot_instances", PAIR, Person())
        assert silent.message == "There is no store, so nothing is changed."
        read = await unwritten.run(person(), "query_status", PAIR, Person())
        assert read.status is Status.DONE
        assert read.warnings
        assert bench.sent("reboot") == 0
        assert await unwritten.find("op_aaaaaaaaaaaaaaaa") is None


async def test_more_phones_than_one_reading_takes_are_read_in_parts(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SimulatorSettings(phones=240, faults=True)) as bench:
        outcome = await bench.executor.run(person(), "query_status", {"where": "state=running"}, Person())
        data = outcome.payload()["data"]
        assert isinstance(data, dict)
        assert bench.sent("batch-query-status") == 2
        assert isinstance(data["phones"], list)
        assert len(data["phones"]) > 100


async def test_read_that_fails_is_in_the_audit_with_its_error(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.executor.run(person(), "query_status", {"instance_ids": ["nosuchphone"]}, Person())
        (event,) = await bench.events()
        assert (event.kind, event.body["error"], event.body["status"]) == ("answered", "upstream_rejected", "failed")


async def test_phones_that_cannot_be_read_stop_a_change_and_are_in_the_audit(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        bench.simulator.faults.add(Fault(kind="error", operation="batch-query", status=400, code="KOOPHONE.API.62010"))
        outcome = await bench.executor.run(person(), "reset_instances", PAIR, Person())
        assert (outcome.status, code(outcome)) == (Status.FAILED, "upstream_rejected")
        asked, event = await bench.events()
        assert (asked.kind, event.kind, event.body["error"]) == ("asked", "answered", "upstream_rejected")
        assert bench.sent("batch-reset") == 0
