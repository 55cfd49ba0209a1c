from typing import Any

import pytest

from tools import Batch, Endpoint, Listing, NoParams, Result, listing


class Row(Result):
    """A row."""

    number: int


class Page(Result):
    """A page of rows."""

    rows: tuple[Row, ...] = ()
    total: int | None = None


@pytest.mark.parametrize("path", ["", "/", "/instances/assign", "v1/instances/x", "/v2/instances/x", "/v1/phones/x"])
def test_path_outside_the_api_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="begins with /v1/instances/"):
        Endpoint(method="POST", path=path)


def test_body_of_a_get_is_refused() -> None:
    with pytest.raises(ValueError, match="a GET has no body"):
        Endpoint(method="GET", path="/v1/instances/x", body=lambda _: {})


@pytest.mark.parametrize(
    ("path", "names"),
    [("x", set()), ("{task_id}", {"task_id"}), ("{a}/x/{b}", {"a", "b"}), ("tasks/{task_id}", {"task_id"})],
)
def test_names_in_the_path_are_known(path: str, names: set[str]) -> None:
    endpoint: Endpoint[Any, Any] = Endpoint(method="GET", path=f"/v1/instances/{path}")
    assert endpoint.path_names == names


def test_batch_says_how_many_and_whether_they_share_a_region() -> None:
    with pytest.raises(TypeError):
        Batch(per_call=100)  # type: ignore[call-arg]  # that it fails is the test


def test_listing_keeps_what_its_page_and_rows_say() -> None:
    made: Listing[NoParams, Page] = listing(
        Page,
        page_size=100,
        rows=lambda page: page.rows,
        total=lambda page: page.total,
        key=lambda row: row.number,
        needed=lambda _: None,
        join=lambda _, rows, total, complete: Page(rows=tuple(rows), total=total if complete else None),
    )
    page = Page(rows=(Row(number=1), Row(number=2)), total=2)
    assert made.rows(page) == page.rows
    assert (made.total(page), [made.key(row) for row in page.rows]) == (2, [1, 2])
