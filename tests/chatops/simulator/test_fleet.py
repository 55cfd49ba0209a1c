from chatops.simulator.fleet import Fleet
from chatops.simulator.population import populate


def test_pages_follow_each_other_without_gap_or_overlap() -> None:
    fleet = Fleet(populate(25, 1))
    pages = [fleet.page(first, 10) for first in (0, 10, 20, 30)]
    assert [len(rows) for rows, _ in pages] == [10, 10, 5, 0]
    assert [phone for rows, _ in pages for phone in rows] == list(fleet)
    assert {total for _, total in pages} == {25}


def test_a_filter_counts_what_it_keeps() -> None:
    fleet = Fleet(populate(25, 1))
    rows, total = fleet.page(0, 3, lambda phone: bool(phone.owner))
    assert len(rows) == 3
    assert total == sum(bool(phone.owner) for phone in fleet)


def test_removed_phones_are_gone_and_remembered() -> None:
    fleet = Fleet(populate(5, 1))
    first = next(iter(fleet)).id
    fleet.remove([first])
    assert first not in fleet
    assert fleet.find(first) is None
    assert first in fleet.released
    assert len(fleet) == 4


def test_a_phone_with_a_taken_id_is_left_out() -> None:
    phone = next(populate(1, 1))
    fleet = Fleet([phone, phone])
    assert len(fleet) == 1


def test_ordered_phones_are_numbered_by_prefix() -> None:
    fleet = Fleet()
    assert [fleet.next_name("koophone"), fleet.next_name("koophone"), fleet.next_name("x")] == [
        "koophone-00001",
        "koophone-00002",
        "x-00001",
    ]
