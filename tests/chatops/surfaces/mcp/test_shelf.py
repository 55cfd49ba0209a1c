from dataclasses import replace

import pytest

from chatops.errors import StoreUnavailable
from chatops.runbooks import load_runbooks
from chatops.surfaces.mcp.shelf import Shelf, asking_of
from tests.chatops.conftest import OpenBench, person

pytestmark = pytest.mark.anyio


async def test_runbooks_are_those_whose_every_read_is_permitted(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        shelf = Shelf(bench.executor)
        assert list(shelf.offered(person("viewer"))) == list(load_runbooks())
        permissions = person("viewer").permissions - {"orders:read"}
        without_orders = replace(person("viewer"), permissions=permissions)
        assert set(load_runbooks()) - set(shelf.offered(without_orders)) == {"capacity_order"}
        assert shelf.offered(replace(person("viewer"), roles=frozenset())) == {}


async def test_runbooks_are_loaded_once_and_not_before_somebody_asks(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        shelf = Shelf(bench.executor)
        assert "runbooks" not in vars(shelf)
        assert shelf.runbooks is shelf.runbooks


async def test_without_a_store_there_are_no_operations_and_it_is_said_why(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        assert asking_of(bench.executor) is bench.executor.asking
        lost = replace(bench.executor, asking=None, why_not=StoreUnavailable("The disk is full."))
        with pytest.raises(StoreUnavailable, match="The disk is full"):
            asking_of(lost)
        with pytest.raises(StoreUnavailable, match="There is no store"):
            asking_of(replace(lost, why_not=None))
