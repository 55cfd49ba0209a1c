import pytest

from chatops.errors import ConfigurationError, InvalidParams, PermissionMissing
from chatops.freezes import Scope
from chatops.freezing import Freezing, regions_in
from tests.chatops.conftest import Bench, OpenBench, Person, person

pytestmark = pytest.mark.anyio


def freezing(bench: Bench) -> Freezing:
    return Freezing(freezes=bench.service.freezes, people=bench.service.people)


async def test_an_action_is_frozen_by_its_word_and_a_region_that_the_fleet_names(open_bench: OpenBench) -> None:
    async with open_bench() as bench:

        async def regions() -> frozenset[str]:
            return regions_in(await bench.executor.run(person(), "fleet_summary", {}, Person()))

        scope = Scope(region="cn-north-7", action="reset", person="vera")
        begun = await freezing(bench).begin(person(), scope, reason="bad image", seconds=60, regions=regions)
        assert begun.freeze.scope.text == "region cn-north-7, action reset_instances, person vera"
        assert begun.notes == ()
        assert begun.until == "2026-11-24T03:01:00+00:00"
        with pytest.raises(ConfigurationError, match="No phone is known") as raised:
            await freezing(bench).begin(person(), Scope(region="cn-nort-7"), reason="x", seconds=60, regions=regions)
        assert "Did you mean cn-north-7?" in raised.value.next_step
        lifted = await freezing(bench).lift(person("approver"))
        assert lifted.shown.message == f"Lifted: {begun.freeze.scope.text}."


async def test_what_would_stop_nothing_is_refused(open_bench: OpenBench) -> None:
    async def unknown() -> frozenset[str]:
        return frozenset()

    async with open_bench() as bench:
        begin = freezing(bench).begin
        for scope, error in (
            (Scope(action="rest"), InvalidParams),
            (Scope(action="list"), InvalidParams),
            (Scope(person="mallory"), ConfigurationError),
        ):
            with pytest.raises(error):
                await begin(person(), scope, reason="x", seconds=60, regions=unknown)
        with pytest.raises(PermissionMissing):
            await begin(person("viewer"), Scope(), reason="x", seconds=60, regions=unknown)
        with pytest.raises(PermissionMissing):
            await freezing(bench).lift(person())
        begun = await begin(person(), Scope(region="cn-nort-7"), reason="x", seconds=60, regions=unknown)
        assert "was not checked" in begun.notes[0]
