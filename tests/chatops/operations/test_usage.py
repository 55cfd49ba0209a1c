from pathlib import Path

import pytest

from chatops.operations.usage import DAY, HOUR, Usage, usage_of
from tests.chatops.conftest import person
from tests.chatops.operations.keeping import Kept, draft, keeping

pytestmark = pytest.mark.anyio


async def usage(kept: Kept, name: str = "alice") -> Usage:
    return await kept.ledger.database.read(usage_of, name)


async def test_calls_of_the_last_hour_and_day_count_and_orders_apart(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running(draft("op_1", digest="1"))
        kept.clock.seconds += HOUR
        await kept.running(draft("op_2", digest="2", action="create_instances"))
        found = await usage(kept)
        assert (found.calls_last_hour, found.calls_last_day, found.orders_last_day) == (1, 2, 1)
        kept.clock.seconds += DAY
        gone = await usage(kept)
        assert (gone.calls_last_hour, gone.calls_last_day, gone.orders_last_day) == (0, 0, 0)
        assert gone.time == kept.clock.seconds


async def test_calls_of_others_and_calls_that_were_only_asked_for_do_not_count(tmp_path: Path) -> None:
    async with keeping(tmp_path) as kept:
        await kept.running(draft("op_1", digest="1", principal=person(name="bob")))
        await kept.asked(draft("op_2", digest="2"))
        assert (await usage(kept)).calls_last_day == 0
        assert (await usage(kept, "bob")).calls_last_day == 1
