from chatops.simulator.clock import Clock, time_text
from tests.chatops.simulator.harness import Time


def test_state_time_runs_faster_by_its_speed() -> None:
    time = Time(100.0)
    clock = Clock(time, 4.0)
    time.forward(2)
    assert clock.state() == 8.0
    assert clock.protocol() == 102.0


def test_a_state_time_is_printed_as_the_moment_it_was() -> None:
    time = Time(1_716_543_298.0)
    clock = Clock(time, 10.0)
    time.forward(3600)
    assert clock.text(20.0) == "2024-05-24 09:35:00"


def test_a_skew_moves_protocol_time_only() -> None:
    clock = Clock(Time(100.0), 1.0)
    clock.skew = 1000.0
    assert clock.protocol() == 1100.0
    assert clock.state() == 0.0


def test_times_are_printed_as_the_listing_has_them() -> None:
    assert time_text(1_692_109_845.0) == "2023-08-15 14:30:45"
