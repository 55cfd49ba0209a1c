"""The journeys phones go on, in seconds of state time, and what stays when one is over."""

from chatops.simulator.clock import Clock
from chatops.simulator.phones import Journey, Phone, Progress, Running, Step, Transfer

REBOOT = Journey(
    (Step(2, Running.GOING_OFFLINE, Progress.REBOOTING), Step(4, Running.STARTING, Progress.REBOOTING)),
)
RESET = Journey(
    (Step(3, Running.GOING_OFFLINE, Progress.RESETTING), Step(7, Running.STARTING, Progress.RESETTING)),
)
CREATE = Journey((Step(6, Running.STARTING, Progress.QUEUED),))
PREPARE = Journey(
    (
        Step(3, Running.STOPPED, Progress.QUEUED, restore=Transfer.PREPARING),
        Step(6, Running.STARTING, Progress.RESTORING, restore=Transfer.UNDERWAY),
    ),
    restore=Transfer.SUCCEEDED,
)
START = Journey((Step(2, Running.STOPPED, Progress.QUEUED), Step(4, Running.STARTING, Progress.REBOOTING)))
BACKUP = Journey(
    (
        Step(2, Running.GOING_OFFLINE, Progress.BACKING_UP, backup=Transfer.PREPARING),
        Step(6, Running.GOING_OFFLINE, Progress.BACKING_UP, backup=Transfer.UNDERWAY),
    ),
    running=Running.STOPPED,
    backup=Transfer.SUCCEEDED,
    on_hardware=False,
)
FAILING_BACKUP = Journey(BACKUP.steps, backup=Transfer.FAILED)
FAILING_PREPARE = Journey(PREPARE.steps, running=Running.STOPPED, restore=Transfer.FAILED, on_hardware=False)
# An hour: phones that are found restoring or backing up in a fresh fleet stay so for as long as anybody looks.
LONG_RESTORE = Journey(
    (Step(3600, Running.STARTING, Progress.RESTORING, restore=Transfer.UNDERWAY),), restore=Transfer.SUCCEEDED
)
LONG_BACKUP = Journey(
    (Step(3600, Running.GOING_OFFLINE, Progress.BACKING_UP, backup=Transfer.UNDERWAY),),
    running=Running.STOPPED,
    backup=Transfer.SUCCEEDED,
    on_hardware=False,
)


def settle(phone: Phone, clock: Clock) -> Step | None:
    """The step a phone is on; a journey that is over is written into the phone first."""
    now = clock.state()
    if phone.journey is not None and phone.arrived(now):
        _arrive(phone, phone.journey, clock)
    return phone.step(now)


def _arrive(phone: Phone, journey: Journey, clock: Clock) -> None:
    end = clock.text(phone.started + journey.seconds)
    phone.running = Running.UNKNOWN if phone.broken and journey.on_hardware else journey.running
    phone.on_hardware = journey.on_hardware
    phone.prepare_failed = journey is FAILING_PREPARE
    if journey.backup is not None:
        phone.backup, phone.backup_time = journey.backup, end
    if journey.restore is not None:
        phone.restore, phone.restore_time = journey.restore, end
    phone.journey = None


def running_status(phone: Phone, clock: Clock) -> Running:
    """What the listing and batch-query-status say of a phone now."""
    step = settle(phone, clock)
    return phone.running if step is None else step.running


def prepare_progress(phone: Phone, clock: Clock) -> tuple[Progress, int]:
    """What prepare-progress says, with the number of phones queued before this one."""
    step = settle(phone, clock)
    if step is not None:
        waiting = 0
        if step.progress is Progress.QUEUED:
            waiting = max(0, round(step.seconds - (clock.state() - phone.started)))
        return step.progress, waiting
    if phone.prepare_failed:
        return Progress.FAILED, 0
    return (Progress.READY if phone.running is Running.RUNNING else Progress.OFFLINE), 0


def is_restoring(phone: Phone, clock: Clock) -> bool:
    """Whether data is on its way back to the phone (2005)."""
    step = settle(phone, clock)
    return step is not None and step.restore is not None


def is_backing_up(phone: Phone, clock: Clock) -> bool:
    """Whether the phone is being backed up (2006)."""
    step = settle(phone, clock)
    return step is not None and step.backup is not None
