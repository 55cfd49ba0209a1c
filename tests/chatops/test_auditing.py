import pytest

from chatops.audit import Filter
from chatops.auditing import events_table, visible_events
from chatops.errors import InvalidParams, PermissionMissing
from tests.chatops.conftest import OpenBench, Person, person

pytestmark = pytest.mark.anyio


async def test_people_see_their_own_events_and_approvers_all(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.executor.run(person(), "list_skus", {}, Person())
        await bench.executor.run(person("viewer", name="vera"), "reboot_instances", {}, Person())
        await bench.service.trail.flush()
        database = bench.service.database
        own = await visible_events(database, Filter(), person(), limit=9)
        assert {each.person for each in own} == {"alice"}
        every = await visible_events(database, Filter(), person("approver", name="bob"), limit=9)
        assert {each.person for each in every} == {"alice", "vera"}
        denied = await visible_events(database, Filter(denied=True), person("admin", name="ada"), limit=9)
        assert [row[1:4] for row in events_table(denied).rows] == [("denied", "vera", "reboot_instances")]
        by_word = await visible_events(database, Filter(action="skus"), person(), limit=9)
        assert events_table(by_word).message == "1 event."


async def test_events_of_others_and_of_no_action_are_refused(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        with pytest.raises(PermissionMissing, match="own events only"):
            await visible_events(bench.service.database, Filter(person="vera"), person(), limit=9)
        with pytest.raises(InvalidParams, match="There is no action 'rest'"):
            await visible_events(bench.service.database, Filter(action="rest"), person(), limit=9)
