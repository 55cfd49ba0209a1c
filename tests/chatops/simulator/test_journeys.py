import pytest

from chatops.simulator.clock import Clock
from chatops.simulator.journeys import (
    BACKUP,
    FAILING_BACKUP,
    FAILING_PREPARE,
    PREPARE,
    REBOOT,
    RESET,
    is_backing_up,
    is_restoring,
    prepare_progress,
    running_status,
)
from chatops.simulator.phones import Phone, Progress, Running, Transfer
from chatops.simulator.regions import CN_NORTH_4
from tests.chatops.simulator.harness import Time


@pytest.fixture
def time() -> Time:
    return Time(1_716_543_298.0)


@pytest.fixture
def clock(time: Time) -> Clock:
    return Clock(time, 1.0)


def _phone(*, broken: bool = False, on_hardware: bool = True, running: Running = Running.RUNNING) -> Phone:
    return Phone(
        id="demo0001",
        name="demo-00001",
        region=CN_NORTH_4,
        sku="",
        storage_mb=1,
        created=0.0,
        broken=broken,
        on_hardware=on_hardware,
        running=running,
    )


def _statuses(phone: Phone, clock: Clock, time: Time, seconds: int) -> list[Running]:
    seen = [running_status(phone, clock)]
    for _ in range(seconds):
        time.forward(1)
        seen.append(running_status(phone, clock))
    return list(dict.fromkeys(seen))


def test_a_reboot_goes_offline_starts_and_runs(clock: Clock, time: Time) -> None:
    phone = _phone()
    phone.in_use = True
    phone.begin(REBOOT, clock.state())
    assert phone.in_use is False
    assert prepare_progress(phone, clock) == (Progress.REBOOTING, 0)
    assert _statuses(phone, clock, time, 6) == [Running.GOING_OFFLINE, Running.STARTING, Running.RUNNING]
    assert phone.journey is None


def test_a_broken_phone_is_unknown_after_a_reboot(clock: Clock, time: Time) -> None:
    phone = _phone(broken=True)
    phone.begin(REBOOT, clock.state())
    assert _statuses(phone, clock, time, 6)[-1] is Running.UNKNOWN


def test_a_reset_takes_ten_seconds(clock: Clock, time: Time) -> None:
    phone = _phone()
    phone.begin(RESET, clock.state())
    time.forward(9.9)
    assert prepare_progress(phone, clock) == (Progress.RESETTING, 0)
    time.forward(0.1)
    assert prepare_progress(phone, clock) == (Progress.READY, 0)


def test_speed_shortens_journeys(time: Time) -> None:
    clock = Clock(time, 10.0)
    phone = _phone()
    phone.begin(RESET, clock.state())
    time.forward(1.0)
    assert running_status(phone, clock) is Running.RUNNING


def test_a_preparation_queues_restores_and_is_ready(clock: Clock, time: Time) -> None:
    phone = _phone(on_hardware=False, running=Running.STOPPED)
    assert prepare_progress(phone, clock) == (Progress.OFFLINE, 0)
    phone.begin(PREPARE, clock.state())
    assert prepare_progress(phone, clock) == (Progress.QUEUED, 3)
    assert is_restoring(phone, clock)
    time.forward(2)
    assert prepare_progress(phone, clock) == (Progress.QUEUED, 1)
    time.forward(1)
    assert prepare_progress(phone, clock) == (Progress.RESTORING, 0)
    time.forward(6)
    assert prepare_progress(phone, clock) == (Progress.READY, 0)
    assert (phone.on_hardware, phone.restore, phone.restore_time) == (True, Transfer.SUCCEEDED, "2024-05-24 09:35:07")


def test_a_failed_preparation_says_so_until_the_next(clock: Clock, time: Time) -> None:
    phone = _phone(broken=True, on_hardware=False, running=Running.STOPPED)
    phone.begin(FAILING_PREPARE, clock.state())
    time.forward(9)
    assert prepare_progress(phone, clock) == (Progress.FAILED, 0)
    assert (phone.on_hardware, phone.restore, phone.running) == (False, Transfer.FAILED, Running.STOPPED)


def test_a_backup_releases_the_hardware(clock: Clock, time: Time) -> None:
    phone = _phone()
    phone.begin(BACKUP, clock.state())
    assert is_backing_up(phone, clock)
    assert prepare_progress(phone, clock) == (Progress.BACKING_UP, 0)
    assert _statuses(phone, clock, time, 8) == [Running.GOING_OFFLINE, Running.STOPPED]
    assert (phone.on_hardware, phone.backup) == (False, Transfer.SUCCEEDED)
    assert not is_backing_up(phone, clock)


def test_a_failed_backup_leaves_the_phone_running(clock: Clock, time: Time) -> None:
    phone = _phone()
    phone.begin(FAILING_BACKUP, clock.state())
    time.forward(8)
    assert running_status(phone, clock) is Running.RUNNING
    assert (phone.on_hardware, phone.backup) == (True, Transfer.FAILED)


def test_the_end_of_a_journey_is_dated_by_when_it_was_not_by_who_looks(clock: Clock, time: Time) -> None:
    phone = _phone()
    phone.begin(BACKUP, clock.state())
    time.forward(86_400)
    assert running_status(phone, clock) is Running.STOPPED
    assert phone.backup_time == "2024-05-24 09:35:06"
