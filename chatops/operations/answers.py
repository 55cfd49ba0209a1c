"""What the answers to an operation's requests name: phones, tasks, and the jobs of these."""

from pydantic import JsonValue

from chatops.operations.records import Operation
from chatops.operations.states import RequestState


def phones_of(operation: Operation) -> tuple[str, ...]:
    """The phones of the requests that were, or may have been, carried out."""
    happened = {RequestState.ACCEPTED, RequestState.UNKNOWN}
    return tuple(each for request in operation.requests if request.state in happened for each in request.targets)


def _answers(operation: Operation) -> list[dict[str, JsonValue]]:
    results = [each.result for each in operation.requests if isinstance(each.result, dict)]
    return [data for result in results if isinstance(data := result.get("data"), dict)]


def tasks_of(operation: Operation) -> tuple[str, ...]:
    """The tasks that the answers name."""
    return tuple(str(answer["task_id"]) for answer in _answers(operation) if answer.get("task_id"))


def jobs_of(operation: Operation) -> dict[str, str]:
    """Which phone each job of the answers belongs to."""
    jobs = [each for answer in _answers(operation) if isinstance(each := answer.get("jobs"), list)]
    return {str(job["job_id"]): str(job["instance_id"]) for each in jobs for job in each if isinstance(job, dict)}


def ordered_by(operation: Operation) -> tuple[str, ...]:
    """The phones that the answers to an order name."""
    phones = [each for answer in _answers(operation) if isinstance(each := answer.get("phones"), list)]
    return tuple(str(phone["instance_id"]) for each in phones for phone in each if isinstance(phone, dict))
