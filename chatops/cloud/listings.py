"""A listing as one call: pages in, the action's result out."""

from typing import TypeVar

import anyio

from chatops.cloud.calls import Caller, Trail
from chatops.cloud.paging import PageRead, Rows, read_rows
from chatops.cloud.requests import Page
from chatops.errors import UpstreamUnavailable
from tools import Endpoint, Listing, Params, Result

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)


async def read_listing(caller: Caller, endpoint: Endpoint[P, R], listing: Listing[P, R], params: P, trail: Trail) -> R:
    """The result made of all pages, or of as many as it needs.

    Raises:
        UpstreamError: a page could not be had, or all of them not in time.

    """

    async def read_page(number: int) -> PageRead:
        asked = Page(number=number, size=listing.page_size)
        page = await caller.read(endpoint, listing.page, params, trail, page=asked)
        return PageRead(
            asked=number,
            rows=listing.rows(page),
            number=_named(page, "page_no"),
            size=_named(page, "page_size"),
            total=listing.total(page),
        )

    rows = Rows(key=listing.key, page_size=listing.page_size, needed=listing.needed(params))
    limit = caller.settings.listing_limit
    with anyio.move_on_after(limit):
        await read_rows(rows, read_page)
        trail.warn(*rows.warnings)
        return listing.join(params, tuple(rows.by_key.values()), rows.total, rows.is_complete)
    raise UpstreamUnavailable(
        f"The list was not finished within {limit:g} seconds.",
        next_step="Ask for less, or raise the limit.",
        request_ids=trail.request_ids,
    )


def _named(page: Result, name: str) -> int | None:
    """What a page says of itself; a page model without the field says nothing."""
    value = getattr(page, name, None)
    return value if isinstance(value, int) else None
