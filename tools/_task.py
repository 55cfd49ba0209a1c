"""Commands and tasks on phones: what was started, and what each phone has to say."""

from collections.abc import Sequence

from pydantic import AliasChoices, Field

from tools._model import Result
from tools._states import TaskState
from tools._text import MaybeBlock, MaybeLine, ReportedId

OUTPUT_LIMIT = 1024
"""Bytes of output the API gives; whether a longer one was cut is not said (conflict 28)."""


class Ran(Result):
    """How far a command or an installation is on one phone, and what it wrote."""

    status: TaskState
    # Two spellings, neither in the table of codes: passed on as text (conflict 29).
    error_code: MaybeLine = None
    error_message: MaybeLine = Field(default=None, validation_alias=AliasChoices("error_msg", "error_message"))
    output: MaybeBlock = Field(
        default=None,
        validation_alias=AliasChoices("execute_msg", "output"),
        description="What it wrote, cut by the API at 1,024 bytes",
    )

    @property
    def error(self) -> str | None:
        """Code and message on one line, or None."""
        return " ".join(part for part in (self.error_code, self.error_message) if part) or None


def cut_off(each: Sequence[Ran], noun: str) -> list[str]:
    """The warning that some of these outputs may be incomplete, if any may."""
    count = sum(len((one.output or "").encode()) >= OUTPUT_LIMIT for one in each)
    of = f"{count} {noun}{'' if count == 1 else 's'}"
    return [f"The output of {of} is possibly truncated: the API gives 1,024 bytes."] if count else []


class Job(Result):
    """One phone's part of a task. The API calls this id a list of phones; it is one (conflict 22)."""

    instance_id: ReportedId
    job_id: ReportedId


class StartedTask(Result):
    """A task that has been started, and which job of it belongs to which phone.

    The task's own answer names jobs only (conflict 27): whoever wants to know the phone keeps this map.
    """

    task_id: ReportedId
    other_task_ids: tuple[ReportedId, ...] = Field(default=(), description="Tasks of the further requests")
    jobs: tuple[Job, ...] = Field(default=(), validation_alias=AliasChoices("cmd_jobs", "jobs"))

    @property
    def tasks(self) -> str:
        """The tasks in words."""
        return ", ".join((self.task_id, *self.other_task_ids))


def join_tasks(parts: Sequence[StartedTask]) -> StartedTask:
    """The tasks of several requests as one answer: each request is a task of its own."""
    return StartedTask(
        task_id=parts[0].task_id,
        other_task_ids=tuple(part.task_id for part in parts[1:]),
        jobs=tuple(job for part in parts for job in part.jobs),
    )
