import pytest

from chatops.simulator import FOREIGN_PHONE_ID, OTHER_TENANT_ID, TENANT_ID, SimulatorSettings
from chatops.simulator.printed import printed_phones
from chatops.simulator.state import Simulator


@pytest.mark.parametrize("phones", [9, 60, 200])
def test_a_fleet_has_as_many_phones_as_asked(phones: int) -> None:
    assert len(Simulator(SimulatorSettings(phones=phones)).fleet) == phones


@pytest.mark.parametrize("phones", [0, 60])
def test_the_printed_phones_are_in_every_fleet(phones: int) -> None:
    fleet = Simulator(SimulatorSettings(phones=phones)).fleet
    assert all(phone.id in fleet for phone in printed_phones())


def test_the_second_account_has_a_phone_that_is_foreign_to_the_first() -> None:
    simulator = Simulator(SimulatorSettings())
    assert simulator.is_foreign(TENANT_ID, FOREIGN_PHONE_ID)
    assert not simulator.is_foreign(OTHER_TENANT_ID, FOREIGN_PHONE_ID)
    assert simulator.is_foreign(OTHER_TENANT_ID, "a44uhlf7")


def test_ids_given_out_do_not_depend_on_the_size_of_the_fleet() -> None:
    small, large = (Simulator(SimulatorSettings(phones=phones)) for phones in (10, 100))
    assert small.random_source.random() == large.random_source.random()


def test_gateway_ids_are_never_the_same() -> None:
    simulator = Simulator(SimulatorSettings(phones=0))
    assert simulator.new_gateway_id() != simulator.new_gateway_id()
