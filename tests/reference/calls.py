"""The eighteen calls of the reference (section 4), and the two of IAM that let one in (sections 3.1 and 5.3)."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call as its page of the reference describes it."""

    name: str
    method: str
    path: str
    section: str
    does: str

    @property
    def id(self) -> str:
        return f"endpoint:{self.name}"


def _call(name: str, method: str, path: str, section: str, does: str) -> Call:
    return Call(name=name, method=method, path=f"/v1/instances/{path}", section=section, does=does)


CALLS = (
    _call("run_command", "POST", "sync-command", "4.1.1", "runs an adb shell command and waits for what it writes"),
    _call("start_command", "POST", "async-command", "4.1.2", "starts an adb shell command and answers a task id"),
    _call("get_task", "GET", "tasks/{task_id}", "4.1.3", "tells how far a command or an installation is"),
    _call("set_video", "PUT", "video-setting", "4.1.4", "sets bit rate and frame rate of each definition"),
    _call("query_status", "POST", "batch-query-status", "4.1.5", "tells the run state of the phones that are named"),
    _call("reset_instances", "POST", "batch-reset", "4.1.6", "brings phones back to their first state"),
    _call(
        "get_device_token", "POST", "{instance_id}/auth", "4.1.7", "issues the token with which one phone is streamed"
    ),
    _call("assign_instances", "POST", "assign", "4.1.8", "gives phones to a user"),
    _call("unassign_instances", "POST", "unassign", "4.1.9", "takes phones from a user and wipes the user's data"),
    _call("list_instances", "GET", "batch-query", "4.1.10", "lists the tenant's phones, page by page"),
    _call("reboot_instances", "POST", "reboot", "4.1.11", "restarts phones"),
    _call("list_skus", "GET", "sku", "4.2.1", "lists what can be ordered"),
    _call("create_instances", "POST", "create", "4.2.2", "orders phones"),
    _call("delete_instances", "POST", "delete", "4.2.3", "unsubscribes phones of a yearly or monthly subscription"),
    _call("prepare_instances", "POST", "prepare", "4.3.1", "brings phones to where they can be streamed"),
    _call("get_prepare_progress", "POST", "prepare-progress", "4.3.2", "tells how far a preparation is"),
    _call("backup_instances", "POST", "backup", "4.3.3", "saves phones and releases their hardware"),
    _call("install_app", "POST", "app/install", "4.4.1", "installs an app package and answers a task id"),
)
IAM_TOKEN = Call(
    name="iam_token", method="POST", path="/v3/auth/tokens", section="3.1", does="answers a token in X-Subject-Token"
)
IAM_PROJECTS = Call(
    name="iam_projects", method="GET", path="/v3/projects", section="5.3", does="answers the id of the project"
)

REQUIREMENTS = {
    call.id: f"{call.method} {call.path} {call.does} (section {call.section})."
    for call in (*CALLS, IAM_TOKEN, IAM_PROJECTS)
}
