"""The status vocabularies of the API reference, in words."""

from typing import Self

from tools._vocabulary import Coded

_FAILED_IN_LATER_VERSIONS = 3


class RunState(Coded):
    """Whether a phone runs (section 4.1.5, ``status``, and 4.1.10, ``running_status``)."""

    UNKNOWN = "unknown", 0
    STOPPED = "stopped", 1
    RUNNING = "running", 2
    GOING_OFFLINE = "going_offline", 3
    STARTING = "starting", 4
    SHUT_DOWN = "shut_down", 5


class TaskState(Coded):
    """How far a command or an installation is (sections 4.1.1 and 4.1.3; 0 and 3 by later versions, conflict 26)."""

    PENDING = "pending", 0
    RUNNING = "running", 1
    SUCCEEDED = "succeeded", 2
    FAILED = "failed", -1

    @classmethod
    def of(cls, code: int) -> Self:
        """The member with this number; later versions of the API also write 3 for a failure."""
        return super().of(-1 if code == _FAILED_IN_LATER_VERSIONS else code)


class PrepareState(Coded):
    """Where a phone stands when it is asked to get ready (section 4.3.1)."""

    NORMAL = "normal", 0
    TO_BE_RESTORED = "to_be_restored", 1
    TO_BE_ASSIGNED = "to_be_assigned", 2
    BACKING_UP = "backing_up", 3


class ProgressState(Coded):
    """How far getting ready is (section 4.3.2). Only normal and failed are known to be final (conflict 42)."""

    NORMAL = "normal", 0
    QUEUED = "queued", 1
    RESTORING = "restoring", 2
    BACKING_UP = "backing_up", 3
    RESETTING = "resetting", 4
    REBOOTING = "rebooting", 5
    OFFLINE = "offline", 6
    FAILED = "failed", -1


class FrozenState(Coded):
    """Whether the account has frozen a phone (section 4.1.10)."""

    NORMAL = "normal", 0
    FROZEN = "frozen", 1


class LoginState(Coded):
    """Whether somebody uses a phone right now (section 4.1.10)."""

    LOGGED_OUT = "logged_out", 0
    LOGGED_IN = "logged_in", 1


class AssignState(Coded):
    """Whether a phone belongs to a user (section 4.1.10)."""

    UNASSIGNED = "unassigned", 0
    ASSIGNED = "assigned", 1


class CopyState(Coded):
    """How far a backup or a restore is (section 4.1.10)."""

    PREPARING = "preparing", 0
    RUNNING = "running", 1
    SUCCEEDED = "succeeded", 2
    FAILED = "failed", 3
    OTHER = "other", 4
