"""The eighteen calls as the reference's tables list them: method, path, headers, handler."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from chatops.simulator.call import Answer, Call
from chatops.simulator.calls.assignment import assign, unassign
from chatops.simulator.calls.commands import async_command, query_task, sync_command
from chatops.simulator.calls.installing import install
from chatops.simulator.calls.listing import list_phones
from chatops.simulator.calls.ordering import create, delete, list_skus
from chatops.simulator.calls.states import query_status, reboot, reset
from chatops.simulator.calls.streaming import backup, device_token, prepare, query_progress
from chatops.simulator.calls.video import set_video


class RequestId(Enum):
    """Where the tables want x-request-id (conflicts 5 and 6)."""

    HEADER = "header"
    QUERY = "query"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One call of the service."""

    name: str
    method: str
    path: str
    handler: Callable[[Call], Answer]
    request_id: RequestId = RequestId.HEADER
    has_body: bool = True
    needs_content_type: bool = False  # tables 4-87 and 4-93
    unversioned: bool = False  # its printed URL lacks /v1 (conflict 12)


_ROOT = "/v1/instances"
_HEADER, _QUERY, _OPTIONAL = RequestId.HEADER, RequestId.QUERY, RequestId.OPTIONAL


def _post(name: str, path: str, handler: Callable[[Call], Answer], request_id: RequestId = _HEADER) -> Operation:
    return Operation(name=name, method="POST", path=f"{_ROOT}/{path}", handler=handler, request_id=request_id)


def _get(name: str, path: str, handler: Callable[[Call], Answer], request_id: RequestId) -> Operation:
    return Operation(
        name=name, method="GET", path=f"{_ROOT}/{path}", handler=handler, request_id=request_id, has_body=False
    )


OPERATIONS = (
    _post("sync-command", "sync-command", sync_command),
    _post("async-command", "async-command", async_command),
    _get("task", "tasks/{task_id}", query_task, _HEADER),
    Operation(name="video-setting", method="PUT", path=f"{_ROOT}/video-setting", handler=set_video),
    _post("batch-query-status", "batch-query-status", query_status),
    _post("batch-reset", "batch-reset", reset),
    Operation(
        name="auth",
        method="POST",
        path=f"{_ROOT}/{{instance_id}}/auth",
        handler=device_token,
        request_id=_OPTIONAL,
        has_body=False,
    ),
    Operation(name="assign", method="POST", path=f"{_ROOT}/assign", handler=assign, unversioned=True),
    Operation(name="unassign", method="POST", path=f"{_ROOT}/unassign", handler=unassign, unversioned=True),
    _get("batch-query", "batch-query", list_phones, _QUERY),
    _post("reboot", "reboot", reboot),
    _get("sku", "sku", list_skus, _OPTIONAL),
    Operation(
        name="create",
        method="POST",
        path=f"{_ROOT}/create",
        handler=create,
        request_id=_OPTIONAL,
        needs_content_type=True,
        unversioned=True,
    ),
    Operation(
        name="delete",
        method="POST",
        path=f"{_ROOT}/delete",
        handler=delete,
        request_id=_OPTIONAL,
        needs_content_type=True,
        unversioned=True,
    ),
    _post("prepare", "prepare", prepare, _OPTIONAL),
    _post("prepare-progress", "prepare-progress", query_progress, _OPTIONAL),
    _post("backup", "backup", backup),
    _post("install", "app/install", install, _OPTIONAL),
)
