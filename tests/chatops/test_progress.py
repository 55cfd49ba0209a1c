import anyio
import anyio.to_thread
import pytest
from pydantic import JsonValue

from chatops.progress import Progress, counted, hearing, report
from chatops.simulator import SimulatorSettings
from tests.chatops.conftest import OpenBench, Person, person

pytestmark = pytest.mark.anyio


async def test_tasks_and_threads_of_a_call_are_heard_and_nobody_elses() -> None:
    heard: list[str] = []
    others: list[str] = []

    async def other() -> None:
        with hearing(lambda progress: others.append(progress.what)):
            report(1, 1, "of another call")

    async def ours() -> None:
        report(1, 2, "in a task")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(other)
        with hearing(lambda progress: heard.append(progress.what)):
            await anyio.to_thread.run_sync(report, 2, 2, "in a thread")
            async with anyio.create_task_group() as inner:
                inner.start_soon(ours)
    report(3, 3, "when nobody hears any more")
    assert heard == ["2 of 2 in a thread", "1 of 2 in a task"]
    assert others == ["1 of 1 of another call"]


def test_counted_items_are_told_when_they_are_done_and_a_single_one_is_not() -> None:
    heard: list[Progress] = []
    with hearing(heard.append):
        assert list(counted("abc", "letters")) == ["a", "b", "c"]
        assert list(counted("a", "letters")) == ["a"]
    assert [(each.done, each.total, each.what) for each in heard] == [
        (1, 3, "1 of 3 letters"),
        (2, 3, "2 of 3 letters"),
        (3, 3, "3 of 3 letters"),
    ]
    assert [each.is_over for each in heard] == [False, False, True]
    assert not Progress(done=1, total=None, what="who knows").is_over


async def test_pages_of_the_listing_are_heard_by_whoever_asked_for_them(open_bench: OpenBench) -> None:
    heard: list[str] = []
    async with open_bench(simulator=SimulatorSettings(phones=650, faults=True)) as bench:
        with hearing(lambda progress: heard.append(progress.what)):
            await bench.executor.run(person(), "fleet_summary", {}, Person())
            assert heard == ["1 of 7 pages read", "5 of 7 pages read", "7 of 7 pages read"]
            heard.clear()
            await bench.executor.run(person(), "list_instances", {"limit": 150}, Person())
    assert heard == ["1 of 2 pages read", "2 of 2 pages read"]


async def test_phones_read_and_requests_of_a_read_are_heard(open_bench: OpenBench) -> None:
    heard: list[str] = []
    async with open_bench(simulator=SimulatorSettings(phones=250, faults=True)) as bench:
        ids: list[JsonValue] = [phone.id for phone in bench.simulator.fleet]
        with hearing(lambda progress: heard.append(progress.what)):
            await bench.executor.run(person(), "query_status", {"instance_ids": ids[:220]}, Person())
            assert heard == [f"{each} of 3 requests answered" for each in (1, 2, 3)]
            heard.clear()
            await bench.executor.run(person(), "reboot_instances", {"instance_ids": ids[:2]}, Person(), plan_only=True)
    assert heard == ["1 of 2 phones read", "2 of 2 phones read"]


async def test_requests_of_an_operation_are_heard_as_they_are_answered(open_bench: OpenBench) -> None:
    heard: list[str] = []
    async with open_bench(simulator=SimulatorSettings(phones=250, faults=True)) as bench:
        ids: list[JsonValue] = [phone.id for phone in bench.simulator.fleet]
        with hearing(lambda progress: heard.append(progress.what)):
            outcome = await bench.executor.run(person(), "reboot_instances", {"instance_ids": ids[:40]}, Person())
    assert outcome.operation_id
    total = len({phone.region for phone in bench.simulator.fleet if phone.id in ids[:40]})
    assert [each for each in heard if "requests" in each] == [
        f"{number} of {total} requests answered" for number in range(1, total + 1)
    ]
