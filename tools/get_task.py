"""Read how far a task is.

Takes the task id that start_command or install_app answered. The API names jobs, not phones.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from pydantic import Field

from tools._action import Action, Example
from tools._change import Follow, follow
from tools._endpoint import Endpoint
from tools._model import Params, Result
from tools._risk import Permission, Risk
from tools._states import TaskState
from tools._task import Ran, cut_off
from tools._text import ReportedId
from tools._types import TaskId
from tools._view import Table

R = TypeVar("R", bound=Result)

_ENDED = frozenset({TaskState.SUCCEEDED, TaskState.FAILED})


class GetTaskParams(Params):
    """Which task."""

    task_id: TaskId = Field(description="Task id")


class JobStatus(Ran):
    """How far one job is, and what it wrote."""

    job_id: ReportedId


class TaskStatus(Result):
    """The jobs of a task, failures first."""

    jobs: tuple[JobStatus, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether no job is running; a state the reference does not list counts as running (conflict 26)."""
        return bool(self.jobs) and all(job.status in _ENDED for job in self.jobs)


def _say(params: GetTaskParams, result: TaskStatus) -> str:
    if not result.jobs:
        return f"Task {params.task_id} has no job yet."
    succeeded = sum(job.status is TaskState.SUCCEEDED for job in result.jobs)
    failed = sum(job.status is TaskState.FAILED for job in result.jobs)
    running = len(result.jobs) - succeeded - failed
    return f"Task {'ended' if result.ended else 'running'}: {succeeded} succeeded, {failed} failed, {running} running."


ACTION = Action(
    name="get_task",
    word="task",
    doc=__doc__,
    title="Task status",
    by=Endpoint(method="GET", path="/v1/instances/tasks/{task_id}"),
    params=GetTaskParams,
    result=TaskStatus,
    risk=Risk.READ,
    permission=Permission("tasks:read"),
    change=None,
    view=Table(
        say=_say,
        columns=("job", "state", "error", "output"),
        cells=lambda result: [(job.job_id, job.status.shown, job.error, job.output) for job in result.jobs],
    ),
    complete=lambda _, result: TaskStatus(
        jobs=tuple(sorted(result.jobs, key=lambda job: job.status is not TaskState.FAILED))
    ),
    warn=lambda _, result: cut_off(result.jobs, "job"),
    examples=(
        Example(
            params=GetTaskParams(task_id="6837531fd3f54550927b930180a706bf"),
            sends=None,
            answers={
                "data": {
                    "jobs": [
                        {
                            "job_id": "1564567b8bab40f34711234cb80d0123",
                            "status": -1,
                            "error_code": "CPS0005",
                            "error_msg": "Phone not found.",
                            "execute_msg": None,
                        },
                        {
                            "job_id": "1564567b8bab40f34711234cb80d0456",
                            "status": 2,
                            "error_code": "",
                            "error_msg": "",
                            "execute_msg": "xxxxxx",
                        },
                    ]
                },
                "error_code": "0",
                "error_msg": "ok",
            },
            source="4.1.3",
        ),
    ),
)


def until_ended(task: Callable[[R], str]) -> Follow[R]:
    """Verified by following the task that an answer names."""
    return follow(ACTION, task=task, ask=lambda each: GetTaskParams(task_id=each), within=timedelta(minutes=30))
