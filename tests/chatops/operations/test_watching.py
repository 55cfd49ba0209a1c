from dataclasses import replace

import pytest
from pydantic import JsonValue
from sqlalchemy import Connection, update

from chatops.operations.answers import jobs_of, ordered_by, phones_of, tasks_of
from chatops.outcome import Status
from chatops.simulator import Fault, SimulatorSettings
from chatops.store.schema import operations
from tests.chatops.conftest import Bench, OpenBench, Person, approver, person, team

pytestmark = pytest.mark.anyio

ONE: dict[str, JsonValue] = {"instance_ids": ["efjy72gs"]}
SLOWLY = SimulatorSettings(phones=60, faults=True, speed=40)
EVERYTHING = team(limits={"max_fleet_share": 1.0})


async def taken_over(bench: Bench) -> None:
    """By another process."""

    def take(connection: Connection) -> None:
        connection.execute(update(operations).values(owner="elsewhere:1:theirs"))

    await bench.service.database.write(take)


async def test_what_is_not_to_be_watched_is_not_looked_at(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        outcome = await bench.executor.run(person(), "run_command", {**ONE, "command": "ls -l /system"}, Person())
        operation = await bench.operation(outcome.operation_id)
        before = bench.simulator.requests.total
        assert outcome.action is not None
        assert outcome.params is not None
        watcher = bench.service.recovery.watcher
        assert await watcher.watch(operation, outcome.action, outcome.params) == operation
        assert await watcher.watch(operation, bench.service.actions["list_instances"], outcome.params) == operation
        assert bench.simulator.requests.total == before


async def test_watch_that_was_taken_over_ends_here_and_changes_nothing(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        outcome = await bench.executor.run(person(), "reboot_instances", ONE, Person())
        await taken_over(bench)
        operation = await bench.operation(outcome.operation_id)
        assert outcome.action is not None
        assert outcome.params is not None
        stood = await bench.service.recovery.watcher.watch(operation, outcome.action, outcome.params)
        assert (stood.owner, stood.verification) == ("elsewhere:1:theirs", None)


async def test_reading_that_fails_now_is_done_the_next_time(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        # Rejected, and so not repeated at once.
        bench.simulator.faults.add(
            Fault(kind="error", operation="batch-query-status", status=400, code="KOOPHONE.API.62010", times=2)
        )
        outcome = await bench.executor.run(person(), "reset_instances", ONE, Person())
        assert (await bench.ended(outcome.operation_id)).verification in {"verified", "unknown"}
        assert len(bench.simulator.faults) == 0


async def test_reading_that_never_works_proves_nothing(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        bench.simulator.faults.add(
            Fault(kind="error", operation="batch-query-status", status=400, code="KOOPHONE.API.62010")
        )
        outcome = await bench.executor.run(person(), "reset_instances", ONE, Person())
        bench.clock.seconds += 9 * 60
        ended = await bench.ended(outcome.operation_id)
        assert (ended.state, ended.verification) == ("done", "unknown")


async def test_tasks_of_the_answered_requests_do_not_prove_the_lost_one(open_bench: OpenBench) -> None:
    async with open_bench(EVERYTHING, simulator=SLOWLY) as bench:
        two_regions = [
            next(each.id for each in bench.simulator.fleet if each.region.id == region and each.running == 2)
            for region in ("cn-north-4", "cn-north-208")
        ]
        arguments: dict[str, JsonValue] = {"instance_ids": [*two_regions], "command": "ls -l /system"}
        bench.simulator.faults.add(Fault(kind="drop_after", operation="async-command", times=1))
        outcome = await bench.executor.run(person(), "start_command", arguments, Person())
        assert outcome.status is Status.UNKNOWN
        ended = await bench.ended(outcome.operation_id)
        assert (ended.state, ended.verification) == ("unknown", "unknown")
        assert len(tasks_of(ended)) == len(jobs_of(ended)) == 1
        assert set(phones_of(ended)) == set(two_regions)


async def test_order_is_verified_by_finding_every_phone_it_names(open_bench: OpenBench) -> None:
    async with open_bench(simulator=SLOWLY) as bench:
        order: dict[str, JsonValue] = (
            bench.service.actions["create_instances"].examples[0].params.model_dump(mode="json", exclude_defaults=True)
        )
        asked = await bench.executor.run(person(), "create_instances", order, Person())
        outcome = await bench.service.approvals.approve(asked.operation_id or "", approver())
        ended = await bench.ended(outcome.operation_id)
        assert ended.verification == "verified"
        assert len(ordered_by(ended)) == ended.count


async def test_operation_without_answers_names_no_tasks_jobs_or_phones(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        asked = await bench.executor.run(person(assistant=True), "reset_instances", ONE, Person())
        operation = await bench.operation(asked.operation_id)
        assert (tasks_of(operation), jobs_of(operation), ordered_by(operation), phones_of(operation)) == (
            (),
            {},
            (),
            (),
        )
        odd = replace(operation, requests=(replace(operation.requests[0], result={"data": {"jobs": ["no job"]}}),))
        assert jobs_of(odd) == {}
