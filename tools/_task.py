"""What a call that starts a task answers: one job a phone."""

from pydantic import AliasChoices, Field

from tools._model import Result
from tools._text import ReportedId


class Job(Result):
    """One phone's part of a task. The API calls this id a list of phones; it is one (conflict 22)."""

    instance_id: ReportedId
    job_id: ReportedId


class StartedTask(Result):
    """A task that has been started, and which job of it belongs to which phone.

    The task's own answer names jobs only (conflict 27): whoever wants to know the phone keeps this map.
    """

    task_id: ReportedId
    jobs: tuple[Job, ...] = Field(default=(), validation_alias=AliasChoices("cmd_jobs", "jobs"))
