"""Start a shell command on phones and answer a task id.

Follow it with get_task. No pipes or quotes. Commands that only read need no confirmation.
"""

from tools import get_task
from tools._action import Action, Example
from tools._change import Change, Resend, Settled
from tools._command import EASED, UNDO, CommandParams, command_endpoint, confirm_command
from tools._risk import Permission, Risk
from tools._task import StartedTask, join_tasks
from tools._text import phones
from tools._view import Table

ACTION = Action(
    name="start_command",
    word="start",
    doc=__doc__,
    title="Start a command",
    by=command_endpoint("async-command"),
    params=CommandParams,
    result=StartedTask,
    risk=Risk.DESTRUCTIVE,
    permission=Permission("commands:run"),
    change=Change(
        confirm=confirm_command,
        undo=UNDO,
        verify=get_task.until_ended(lambda result: result.task_id),
        lost="The task id was in the answer that got lost. Look at the phones with a command that only reads.",
        wipes=False,
        resend=Resend.IF_UNPROCESSED,
        settled=lambda *_: Settled.ACCEPTED,
        eased=EASED,
    ),
    view=Table(
        say=lambda _, result: f"Started on {phones(len(result.jobs))} as task {result.tasks}.",
        columns=("phone", "job"),
        cells=lambda result: [(job.instance_id, job.job_id) for job in result.jobs],
    ),
    join=lambda _, parts: join_tasks(parts),
    examples=(
        Example(
            params=CommandParams(command="ls -l /system", instance_ids=("a44uhlf7", "efjy72gs")),
            sends={"command": "ls -l /system", "instance_ids": ["a44uhlf7", "efjy72gs"]},
            answers={
                "data": {
                    "task_id": "6837531fd3f54550927b930180a706bf",
                    "cmd_jobs": [
                        {"instance_id": "a44uhlf7", "job_id": "1564567b8bab40f34711234cb80d0123"},
                        {"instance_id": "efjy72gs", "job_id": "1564567b8bab40f34711234cb80d0456"},
                    ],
                },
                "error_code": "0",
                "error_msg": "ok",
            },
            source="4.1.2",
        ),
    ),
)
