from collections.abc import Sequence

import anyio
import pytest

from chatops.cloud.paging import CUT, DRIFTED, MOST_PAGES, PAGES_AT_ONCE, STRANGE, PageRead, Rows, read_rows
from chatops.errors import UpstreamUnavailable
from tools import Accepted, Result

pytestmark = pytest.mark.anyio


def row(number: int) -> Result:
    return Accepted(task_id=str(number))


def key_of(result: Result) -> str | None:
    assert isinstance(result, Accepted)
    return result.task_id


def page(
    asked: int, numbers: Sequence[int], *, total: int | None, size: int | None = 10, number: int | None = None
) -> PageRead:
    return PageRead(asked=asked, rows=[row(each) for each in numbers], number=number, size=size, total=total)


class Listing:
    """A listing of this many rows, whose answers a test may replace."""

    def __init__(self, total: int, *, size: int = 10, told: int | None = -1, **replaced: PageRead) -> None:
        self.total = total
        self.size = size
        self.told = total if told == -1 else told
        self.replaced = {int(name.removeprefix("page_")): each for name, each in replaced.items()}
        self.asked: list[int] = []
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self, number: int) -> PageRead:
        self.asked.append(number)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await anyio.lowlevel.checkpoint()
        self.at_once -= 1
        if number in self.replaced:
            return self.replaced[number]
        first = (number - 1) * self.size
        return page(number, range(first, min(first + self.size, self.total)), total=self.told, size=self.size)


async def read(listing: Listing, *, needed: int | None = None, page_size: int = 10) -> Rows:
    return await read_rows(Rows(key=key_of, page_size=page_size, needed=needed), listing)


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 95, 100])
async def test_all_rows_are_read_in_order(total: int) -> None:
    listing = Listing(total)
    rows = await read(listing)
    assert list(rows.by_key) == [str(number) for number in range(total)]
    assert rows.is_complete
    assert rows.warnings == ()
    assert len(listing.asked) == max(-(-total // 10), 1)


async def test_several_pages_are_read_at_once_and_not_too_many() -> None:
    listing = Listing(200)
    await read(listing)
    assert listing.most_at_once == PAGES_AT_ONCE


@pytest.mark.parametrize("total", [0, 5, 10, 25])
async def test_without_a_total_pages_are_read_until_one_is_short(total: int) -> None:
    listing = Listing(total, told=None)
    rows = await read(listing)
    assert len(rows.by_key) == total
    assert rows.is_complete
    assert listing.most_at_once == 1


async def test_smaller_pages_than_asked_for_are_believed() -> None:
    listing = Listing(25, size=5)
    rows = await read(listing, page_size=100)
    assert len(rows.by_key) == 25
    assert rows.is_complete


@pytest.mark.parametrize("size", [0, -1, 500, None])
async def test_absurd_page_size_is_not_believed(size: int | None) -> None:
    rows = await read(Listing(25, page_1=page(1, range(10), total=25, size=size)))
    assert len(rows.by_key) == 25
    assert rows.is_complete


@pytest.mark.parametrize(("needed", "pages"), [(0, 1), (5, 1), (10, 1), (11, 2), (30, 3)])
async def test_no_more_pages_are_read_than_are_needed(needed: int, pages: int) -> None:
    listing = Listing(100)
    rows = await read(listing, needed=needed)
    assert len(listing.asked) == pages
    assert rows.is_complete


async def test_more_rows_than_there_are_may_be_needed() -> None:
    rows = await read(Listing(15), needed=40)
    assert len(rows.by_key) == 15
    assert rows.is_complete


async def test_row_that_moved_to_the_next_page_is_taken_once_and_said() -> None:
    shifted = page(2, [9, *range(10, 19)], total=30)
    rows = await read(Listing(30, page_2=shifted))
    assert len(rows.by_key) == 29
    assert rows.warnings == (DRIFTED,)


async def test_page_that_repeats_ends_the_reading() -> None:
    listing = Listing(10_000, page_2=page(2, range(10), total=10_000))
    rows = await read(listing)
    assert rows.warnings == (DRIFTED,)
    assert len(listing.asked) <= 1 + PAGES_AT_ONCE


@pytest.mark.parametrize("numbers", [[], [10, 11]])
async def test_page_that_is_empty_or_short_too_early_ends_the_reading(numbers: list[int]) -> None:
    listing = Listing(1_000, page_2=page(2, numbers, total=1_000))
    rows = await read(listing)
    assert rows.warnings == (CUT,)
    assert len(listing.asked) <= 1 + PAGES_AT_ONCE


async def test_page_with_another_number_or_too_many_rows_is_not_used() -> None:
    for strange in (page(2, range(10, 20), total=30, number=7), page(2, range(10, 25), total=30)):
        rows = await read(Listing(30, page_2=strange))
        assert len(rows.by_key) == 10
        assert rows.warnings == (STRANGE,)


async def test_total_that_changes_is_said() -> None:
    rows = await read(Listing(30, page_2=page(2, range(10, 20), total=31)))
    assert rows.warnings == (DRIFTED,)


@pytest.mark.parametrize("total", [-5, 3, 10**12])
async def test_absurd_total_is_not_believed_and_ends(total: int) -> None:
    listing = Listing(25, told=total)
    rows = await read(listing)
    assert len(rows.by_key) == 25
    assert not rows.is_complete
    assert len(listing.asked) == 3


async def test_listing_without_an_end_is_cut() -> None:
    listing = Listing(10**9, told=None, size=1)
    rows = await read(listing, page_size=1)
    assert len(listing.asked) == MOST_PAGES
    assert rows.warnings == (CUT,)


async def test_page_that_fails_is_raised_as_itself_and_stops_the_others() -> None:
    class Failing(Listing):
        async def __call__(self, number: int) -> PageRead:
            if number == 3:
                raise UpstreamUnavailable("no")
            if number == 4:
                await anyio.sleep_forever()
            return await super().__call__(number)

    with pytest.raises(UpstreamUnavailable):
        await read(Failing(100))
