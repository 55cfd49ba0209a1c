import pytest

from chatops.simulator import DEMO_ACCOUNT, PASSWORD, SECRET_KEY, SECURITY_TOKEN, SimulatorSettings
from chatops.simulator.settings import Dialect


@pytest.mark.parametrize("phones", [-1, 100_001])
def test_a_fleet_beyond_the_limits_is_refused(phones: int) -> None:
    with pytest.raises(ValueError, match="phones"):
        SimulatorSettings(phones=phones)


@pytest.mark.parametrize("speed", [0.0, -1.0, 1e-300, 1e300, float("nan"), float("inf")])
def test_a_speed_beyond_its_bounds_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        SimulatorSettings(speed=speed)


def test_an_unknown_dialect_is_refused() -> None:
    dialect: Dialect = "printed"  # type: ignore[assignment]  # what the test is about
    with pytest.raises(ValueError, match="dialect"):
        SimulatorSettings(dialect=dialect)


def test_a_simulator_without_account_is_refused() -> None:
    with pytest.raises(ValueError, match="account"):
        SimulatorSettings(accounts=())


def test_credentials_do_not_show_in_a_repr() -> None:
    shown = repr(SimulatorSettings())
    assert DEMO_ACCOUNT.username in shown
    assert not any(secret in shown for secret in (PASSWORD, SECRET_KEY, SECURITY_TOKEN))
