"""One simulated phone: what is known of it, and how it moves from state to state.

Nothing ticks. A phone remembers which journey it is on and since when; whoever looks asks for the state at that moment.
"""

from dataclasses import dataclass, field
from enum import IntEnum

from chatops.simulator.regions import Region


class Running(IntEnum):
    """`running_status` of the listing and `status` of batch-query-status."""

    UNKNOWN = 0
    STOPPED = 1
    RUNNING = 2
    GOING_OFFLINE = 3
    STARTING = 4
    POWERED_OFF = 5


class Progress(IntEnum):
    """`status` of prepare-progress, which counts differently (conflict 38)."""

    FAILED = -1
    READY = 0
    QUEUED = 1
    RESTORING = 2
    BACKING_UP = 3
    RESETTING = 4
    REBOOTING = 5
    OFFLINE = 6


class Transfer(IntEnum):
    """`backup_status` and `restore_status` of the listing."""

    PREPARING = 0
    UNDERWAY = 1
    SUCCEEDED = 2
    FAILED = 3
    OTHER = 4


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of a journey: how long it takes, and what the phone shows meanwhile."""

    seconds: float
    running: Running
    progress: Progress
    backup: Transfer | None = None
    restore: Transfer | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """What a phone goes through once something was asked of it, and where it ends."""

    steps: tuple[Step, ...]
    running: Running = Running.RUNNING
    backup: Transfer | None = None
    restore: Transfer | None = None
    on_hardware: bool = True

    @property
    def seconds(self) -> float:
        """How long the whole takes."""
        return sum(step.seconds for step in self.steps)


@dataclass(slots=True, kw_only=True)
class Phone:
    """A phone of the fleet. Times are seconds since the epoch, except the start of a journey, which is state time."""

    id: str
    name: str
    region: Region
    sku: str
    storage_mb: int
    created: float
    scene: str = "CLOUD_PHONE"
    owner: str = ""
    member: str = ""
    pay_per_use: bool = False
    frozen: bool = False
    in_use: bool = False
    broken: bool = False  # commands and installations fail on it until it is reset
    backup_fails: bool = False
    on_hardware: bool = True  # a backup releases the physical instance
    prepare_failed: bool = False
    running: Running = Running.RUNNING
    backup: Transfer = Transfer.OTHER
    backup_time: str = ""
    restore: Transfer = Transfer.OTHER
    restore_time: str = ""
    journey: Journey | None = None
    started: float = field(default=0.0, repr=False)

    def begin(self, journey: Journey, at: float) -> None:
        """Set out on a journey; whoever used the phone is thrown out."""
        self.journey, self.started = journey, at
        self.in_use = False

    def step(self, at: float) -> Step | None:
        """Where on its journey the phone is; None when it rests."""
        if self.journey is None:
            return None
        left = at - self.started
        for step in self.journey.steps:
            left -= step.seconds
            if left < 0:
                return step
        return None

    def arrived(self, at: float) -> bool:
        """Whether a journey is over and waits to be written down."""
        return self.journey is not None and self.step(at) is None
