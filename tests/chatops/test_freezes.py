import pytest

from chatops.errors import ConfigurationError
from chatops.freezes import Scope, active_freeze
from chatops.store import Database
from tests.chatops.conftest import OpenBench, person

pytestmark = pytest.mark.anyio
ADA = person("admin", name="ada")


async def stops(
    database: Database, *, action: str = "reset_instances", regions: tuple[str | None, ...] = ()
) -> str | None:
    found = await database.read(
        lambda connection: active_freeze(connection, action=action, regions=regions, person="alice")
    )
    return found.reason if found else None


async def test_freeze_is_kept_and_audited_with_its_reason_scope_and_length(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        freeze = await bench.service.freezes.begin(
            ADA, Scope(region="cn-north-7", action="reset_instances"), reason="  bad image ", seconds=600
        )
        assert (freeze.reason, freeze.ends_at - freeze.begins_at, freeze.by) == ("bad image", 600, "ada")
        assert await bench.service.freezes.held() == (freeze,)
        (event,) = await bench.events()
        assert (event.kind, event.person) == ("freeze", "ada")
        assert event.body["details"] == {
            "id": freeze.id,
            "reason": "bad image",
            "scope": "region cn-north-7, action reset_instances",
            "seconds": 600,
        }


async def test_lifting_ends_every_freeze_that_holds_and_names_them(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        begin = bench.service.freezes.begin
        past = await begin(ADA, Scope(), reason="past", seconds=10)
        bench.clock.seconds += 20
        first = await begin(ADA, Scope(region="cn-north-4"), reason="first", seconds=600)
        second = await begin(ADA, Scope(person="alice"), reason="second", seconds=600)
        assert await bench.service.freezes.lift(ADA) == (first, second)
        assert await bench.service.freezes.held() == ()
        assert await bench.service.freezes.lift(ADA) == ()
        assert await bench.kinds() == ["freeze", "freeze", "freeze", "unfreeze", "unfreeze"]
        assert past not in (first, second)


@pytest.mark.parametrize(("reason", "seconds"), [(" ", 60), ("x", 0), ("x", -1), ("x", 31 * 24 * 3600)])
async def test_freeze_without_a_reason_or_with_no_sensible_end_is_refused(
    open_bench: OpenBench, reason: str, seconds: float
) -> None:
    async with open_bench() as bench:
        with pytest.raises(ConfigurationError):
            await bench.service.freezes.begin(ADA, Scope(), reason=reason, seconds=seconds)
        assert (await bench.service.freezes.held(), await bench.kinds()) == ((), [])


async def test_call_that_touches_a_frozen_region_among_others_is_stopped_whole(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.service.freezes.begin(ADA, Scope(region="cn-north-7"), reason="bad image", seconds=600)
        database = bench.service.database
        assert await stops(database, regions=("cn-north-4", "cn-north-7")) == "bad image"
        assert await stops(database, regions=("cn-north-4",)) is None


async def test_phones_whose_region_nobody_knows_lie_in_every_frozen_one(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.service.freezes.begin(ADA, Scope(region="cn-north-7"), reason="bad image", seconds=600)
        assert await stops(bench.service.database) == "bad image"


async def test_of_two_freezes_the_one_that_lasts_longer_is_told(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        await bench.service.freezes.begin(ADA, Scope(), reason="an hour", seconds=3600)
        await bench.service.freezes.begin(ADA, Scope(), reason="a minute", seconds=60)
        assert await stops(bench.service.database) == "an hour"


def test_scope_in_words() -> None:
    assert Scope().text == "everything"
    assert Scope(region="cn-north-7", person="alice").text == "region cn-north-7, person alice"


async def test_call_that_touches_an_unknown_region_among_others_is_stopped_by_a_freeze_of_any(
    open_bench: OpenBench,
) -> None:
    async with open_bench() as bench:
        await bench.service.freezes.begin(ADA, Scope(region="cn-north-4"), reason="bad image", seconds=600)
        database = bench.service.database
        assert await stops(database, regions=("cn-north-7", None)) == "bad image"
        assert await stops(database, regions=("cn-north-7",)) is None
