from chatops.simulator.journeys import LONG_BACKUP, LONG_RESTORE
from chatops.simulator.phones import Running, Transfer
from chatops.simulator.population import HOSTILE_NAMES, populate
from chatops.simulator.regions import REGIONS


def test_the_same_seed_gives_the_same_fleet() -> None:
    assert list(populate(120, 7)) == list(populate(120, 7))


def test_another_seed_gives_another_fleet() -> None:
    assert [phone.id for phone in populate(50, 1)] != [phone.id for phone in populate(50, 2)]


def test_a_larger_fleet_begins_like_a_smaller_one() -> None:
    assert list(populate(150, 3))[:60] == list(populate(60, 3))


def test_fifty_phones_hold_every_kind() -> None:
    phones = list(populate(50, 1))
    assert all(
        [
            any(not phone.owner for phone in phones),
            any(phone.in_use for phone in phones),
            any(phone.frozen and phone.owner for phone in phones),
            any(phone.frozen and not phone.owner for phone in phones),
            any(phone.broken for phone in phones),
            any(phone.pay_per_use for phone in phones),
            any(phone.backup is Transfer.FAILED for phone in phones),
            any(phone.backup is Transfer.SUCCEEDED and not phone.on_hardware for phone in phones),
            any(phone.running is Running.STOPPED and phone.in_use for phone in phones),
            any(phone.running is Running.POWERED_OFF for phone in phones),
            any(phone.journey is LONG_RESTORE for phone in phones),
            any(phone.journey is LONG_BACKUP for phone in phones),
        ]
    )


def test_owners_have_nineteen_digits_and_some_have_several_phones() -> None:
    owners = [phone.owner for phone in populate(200, 1) if phone.owner]
    assert all(len(owner) == 19 and owner.isdigit() for owner in owners)
    assert len(set(owners)) < len(owners)


def test_a_fleet_lies_in_several_regions_and_names_its_phones_in_order() -> None:
    phones = list(populate(200, 1))
    assert {phone.region for phone in phones} == set(REGIONS)
    assert (phones[0].name, phones[199].name) == ("demo-00001", "demo-00200")


def test_some_names_are_hostile() -> None:
    names = [phone.name for phone in populate(50, 1)]
    assert [name for name in names if not name.startswith("demo-0")] == list(HOSTILE_NAMES)


def test_ids_are_unique_in_a_large_fleet() -> None:
    assert len({phone.id for phone in populate(5_000, 1)}) == 5_000
