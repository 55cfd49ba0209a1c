"""sync-command, async-command and the task query (reference 4.1.1 to 4.1.3)."""

import re

from chatops.simulator.call import Answer, Call
from chatops.simulator.errors import ApiError, RefusedError
from chatops.simulator.journeys import running_status
from chatops.simulator.phones import Phone
from chatops.simulator.reader import wrong
from chatops.simulator.shell import NOT_FOUND, Outcome, run
from chatops.simulator.targets import find_phones, require_usable
from chatops.simulator.tasks import Job, Task

_COMMAND_BYTES = 1024
# The table allows letters, digits and _ . / : - only, but the printed command holds spaces (conflict 1).
_COMMAND = re.compile(r"[A-Za-z0-9_./: -]+")
_SYNC_SECONDS = 10.0  # a command that takes longer is answered as still running (conflict 75)


def sync_command(call: Call) -> Answer:
    """Run a command and answer with each phone's result."""
    results = [_result(call, phone, outcome) for phone, outcome in _outcomes(call)]
    return Answer({"cmd_results": results}, call.message("ok"))


def async_command(call: Call) -> Answer:
    """Run a command as a task."""
    now = call.clock.state()
    jobs = []
    for index, (phone, found) in enumerate(_outcomes(call)):
        # As printed: the same failing phone is CPS.0191 in the synchronous answer, and not found in the task's.
        outcome = NOT_FOUND if phone.broken else found
        done_at = now + 2.0 + 0.05 * index + (outcome.seconds if not outcome.error_number else 0.0)
        jobs.append(Job(call.new_id(), phone.id, done_at, outcome.error_number, outcome.error_message, outcome.output))
    task = Task(call.new_id(), tuple(jobs))
    call.tenant.tasks.add(task)
    return Answer(task_handle(task), call.message("ok"))


def task_handle(task: Task) -> dict[str, object]:
    """A task as the calls that start one answer it."""
    return {
        "task_id": task.id,
        "cmd_jobs": [{"instance_id": job.phone_id, "job_id": job.id} for job in task.jobs],
    }


def query_task(call: Call) -> Answer:
    """The jobs of a task; they carry no instance id (conflict 27)."""
    task = call.tenant.tasks.find(call.path_values["task_id"])
    if task is None:
        raise RefusedError(ApiError.PARAMETER_INVALID, "no such task")
    return Answer({"jobs": [_job(call, job) for job in task.jobs]}, call.message("ok"))


def _outcomes(call: Call) -> list[tuple[Phone, Outcome]]:
    command = call.body.text("command", _COMMAND_BYTES)
    phone_ids = call.body.texts("instance_ids")
    if len(command.encode("utf-8", "surrogatepass")) > _COMMAND_BYTES:
        raise wrong(f"command must have at most {_COMMAND_BYTES} bytes")
    if not _COMMAND.fullmatch(command):
        raise wrong("command holds a character that is not allowed")
    phones = find_phones(call, phone_ids)
    require_usable(call, phones)
    return [
        (phone, run(phone, running_status(phone, call.clock), command, call.tenant.packages.installed(phone.id)))
        for phone in phones
    ]


def _result(call: Call, phone: Phone, outcome: Outcome) -> dict[str, object]:
    if not outcome.error_number and outcome.seconds > _SYNC_SECONDS:
        return {"instance_id": phone.id, "status": 1, "error_code": "", "error_msg": "", "execute_msg": ""}
    return {
        "instance_id": phone.id,
        "status": -1 if outcome.error_number else 2,
        "error_code": f"CPS.{outcome.error_number}" if outcome.error_number else "",
        "error_msg": outcome.error_message,
        "execute_msg": _output(call, outcome.output),
    }


def _job(call: Call, job: Job) -> dict[str, object]:
    if job.done_at > call.clock.state():
        return {"job_id": job.id, "status": 1, "error_code": "", "error_msg": "", "execute_msg": ""}
    dot = "" if call.printed else "."  # "CPS.0191" and "CPS0005" are both printed (conflict 29)
    return {
        "job_id": job.id,
        "status": -1 if job.error_number else 2,
        "error_code": f"CPS{dot}{job.error_number}" if job.error_number else "",
        "error_msg": job.error_message,
        "execute_msg": _output(call, job.output),
    }


def _output(call: Call, output: str | None) -> str | None:
    """Null as printed, empty text as the table's String has it (conflict 28)."""
    return output if output is not None or call.printed else ""
