"""The tasks that async-command and install answer with, and their jobs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """What a task does on one phone; how it ends is known at once, but shown only when its time has come."""

    id: str
    phone_id: str
    done_at: float  # state time
    error_number: str = ""
    error_message: str = ""
    output: str | None = ""


@dataclass(frozen=True, slots=True)
class Task:
    """A task with a job for each phone."""

    id: str
    jobs: tuple[Job, ...]


class Tasks:
    """The tasks of a tenant; the oldest are forgotten once there are more than `most`."""

    def __init__(self, *, most: int = 10_000) -> None:
        self._most = most
        self._tasks: dict[str, Task] = {}

    def add(self, task: Task) -> None:
        """Remember a task."""
        if len(self._tasks) >= self._most:
            del self._tasks[next(iter(self._tasks))]
        self._tasks[task.id] = task

    def find(self, task_id: str) -> Task | None:
        """The task of an id; None if it never was, or is forgotten."""
        return self._tasks.get(task_id)
