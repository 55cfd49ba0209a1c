"""All rows of a listing, read page by page, and whether they are really all."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field

import anyio

from chatops.errors import UpstreamError
from chatops.progress import report
from tools import Result

PAGES_AT_ONCE = 4
MOST_PAGES = 2000
"""Twice what the largest fleet needs; a total that asks for more is not believed."""

DRIFTED = "The list changed while it was read: rows may be missing or outdated."
CUT = "The API stopped answering pages before all rows had come."
STRANGE = "A page of the list could not be right and was not used."


@dataclass(frozen=True, kw_only=True)
class PageRead:
    """One page as it was answered. ``number``, ``size`` and ``total`` are None where the API did not name them."""

    asked: int
    rows: Sequence[Result]
    number: int | None
    size: int | None
    total: int | None


@dataclass(kw_only=True)
class Rows:
    """What has been collected: rows without repeats, in the order of the pages."""

    key: Callable[[Result], Hashable]
    page_size: int
    needed: int | None
    by_key: dict[Hashable, Result] = field(default_factory=dict)
    total: int | None = None
    drifted: bool = False
    problem: str | None = None
    ended: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every row that was wanted was read, as far as the answers tell."""
        if self.problem is not None or self.drifted:
            return False
        if self.needed is not None and len(self.by_key) >= self.needed:
            return True
        return len(self.by_key) == self.total if self.total is not None else self.ended

    @property
    def warnings(self) -> tuple[str, ...]:
        """Why the rows are not all, for a person."""
        if self.is_complete:
            return ()
        return (self.problem or (DRIFTED if self.drifted else CUT),)

    @property
    def is_enough(self) -> bool:
        """Whether no further page is wanted."""
        counted = len(self.by_key)
        return self.ended or (self.needed is not None and counted >= self.needed) or counted == self.total

    def pages_left(self, read: int) -> int:
        """How many pages are still to come, judged by the total; one at a time where there is none."""
        if self.total is None:
            return 1
        return max(-(-self.total // self.page_size) - read, 1)

    def add(self, page: PageRead) -> None:
        """Takes a page in, or stops at one that is empty, short, repeated or absurd (conflict 9)."""
        if self.ended:
            return
        self._believe(page)
        keys = [self.key(row) for row in page.rows]
        if page.number not in {None, page.asked} or len(page.rows) > self.page_size:
            self._stop(STRANGE)
        elif keys and all(each in self.by_key for each in keys):
            self._stop(DRIFTED)
        else:
            fresh = {each: row for each, row in zip(keys, page.rows, strict=True) if each not in self.by_key}
            self.drifted = self.drifted or len(fresh) < len(keys)
            self.by_key |= fresh
            self.ended = len(keys) < self.page_size
            if self.ended and self.total is not None and len(self.by_key) < self.total and not self.drifted:
                self._stop(CUT)

    def _believe(self, page: PageRead) -> None:
        """The API is believed about the size of its pages and about the total, within reason."""
        if page.size is not None and 0 < page.size < self.page_size:
            self.page_size = page.size
        plausible = page.total is not None and len(page.rows) <= page.total <= MOST_PAGES * self.page_size
        if page.total is not None and not plausible:
            self.drifted = True
        self.drifted = self.drifted or (plausible and self.total is not None and self.total != page.total)
        self.total = page.total if plausible else self.total

    def _stop(self, problem: str) -> None:
        self.problem = problem
        self.ended = True


async def read_rows(rows: Rows, read_page: Callable[[int], Awaitable[PageRead]]) -> Rows:
    """Reads pages into ``rows`` until they are enough; several at once when the total is known.

    Raises:
        UpstreamError: a page could not be had.

    """
    rows.add(await read_page(1))
    read = 1
    while not rows.is_enough:
        if read >= MOST_PAGES:
            rows.problem = CUT
            break
        left = min(rows.pages_left(read), MOST_PAGES - read, _wanted(rows))
        if rows.total is not None:
            report(read, read + left, "pages read")
        count = min(left, PAGES_AT_ONCE)
        for page in await _several([read + 1 + each for each in range(count)], read_page):
            rows.add(page)
        read += count
    if read > 1:
        report(read, read, "pages read")
    return rows


def _wanted(rows: Rows) -> int:
    """How many pages the rows still needed take."""
    if rows.needed is None:
        return MOST_PAGES
    return max(-(-(rows.needed - len(rows.by_key)) // rows.page_size), 1)


async def _several(numbers: Sequence[int], read_page: Callable[[int], Awaitable[PageRead]]) -> list[PageRead]:
    """These pages, read at once; the first failure stops the others and is raised as itself."""
    pages: dict[int, PageRead] = {}
    failures: list[UpstreamError] = []
    async with anyio.create_task_group() as group:

        async def one(number: int) -> None:
            try:
                pages[number] = await read_page(number)
            except UpstreamError as error:
                failures.append(error)
                group.cancel_scope.cancel()

        for number in numbers:
            group.start_soon(one, number)
    if failures:
        raise failures[0]
    return [pages[number] for number in numbers]
