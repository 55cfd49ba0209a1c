"""IAM: tokens for a user and password, and the projects of an account (reference 3.1 and 3.2)."""

import json
from collections.abc import Mapping

from chatops.simulator.authentication import authenticate
from chatops.simulator.errors import RefusedError
from chatops.simulator.exchange import JSON_TYPE, Incoming, Reply, json_bytes
from chatops.simulator.settings import Account
from chatops.simulator.state import Simulator

_TITLES: Mapping[int, str] = {400: "Bad Request", 401: "Unauthorized"}


class IamError(Exception):
    """A request that IAM refuses, in IAM's own shape."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def issue_token(simulator: Simulator, incoming: Incoming, gateway_id: str) -> Reply:
    """A token for a project: 201, the token in the header X-Subject-Token."""
    try:
        if incoming.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON_TYPE:
            raise IamError(400, "Content-Type must be application/json.")  # noqa: TRY301 - one shape for all refusals
        account = _identify(simulator, _parse(incoming.body))
    except IamError as error:
        return _error(error, gateway_id)
    text, token = simulator.tokens.issue(account)
    body: dict[str, object] = {
        "expires_at": token.expires_at,
        "methods": ["password"],
        "project": _project(account),
        "user": {"name": account.username, "domain": {"name": account.domain, "id": account.tenant_id}},
    }
    if not dict(incoming.query).get("nocatalog"):
        body["catalog"] = [{"type": "koophone", "endpoints": [{"region_id": account.project}]}]
    return Reply(
        status=201,
        body=json_bytes({"token": body}),
        verdict="0",
        headers={"X-Subject-Token": text, "X-Request-Id": gateway_id},
    )


def list_projects(simulator: Simulator, incoming: Incoming, gateway_id: str) -> Reply:
    """The project of whoever asks, if it has the name that is asked for."""
    try:
        account = authenticate(incoming, simulator.tokens, simulator.keys)
    except RefusedError as refusal:
        return _error(IamError(401, f"The request you have made requires authentication. {refusal}"), gateway_id)
    name = dict(incoming.query).get("name")
    projects = [_project(account)] if name in (None, account.project) else []
    body = json_bytes({"projects": projects, "links": {"next": None, "previous": None}})
    return Reply(status=200, body=body, verdict="0", headers={"X-Request-Id": gateway_id})


def _parse(body: bytes) -> Mapping[str, object]:
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise IamError(400, "The request body is no JSON.") from error
    return _object({"body": value}, "body")


def _identify(simulator: Simulator, body: Mapping[str, object]) -> Account:
    auth = _object(body, "auth")
    identity = _object(auth, "identity")
    if identity.get("methods") != ["password"]:
        raise IamError(400, "Only the method password is simulated.")
    user = _object(_object(identity, "password"), "user")
    credentials = (_text(user, "name"), _text(user, "password"), _text(_object(user, "domain"), "name"))
    scope = _object(auth, "scope")
    if set(scope) != {"project"}:
        raise IamError(400, "The scope must be a project.")
    project = _object(scope, "project")
    for account in simulator.settings.accounts:
        if (account.username, account.password, account.domain) == credentials:
            break
    else:
        raise IamError(401, "The username or password is wrong.")
    wanted = {"name": account.project, "id": account.project_id}
    if not project or any(wanted.get(key) != value for key, value in project.items()):
        raise IamError(400, "No such project.")
    return account


def _object(parent: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = parent.get(name)
    if not isinstance(value, dict):
        raise IamError(400, f"{name} must be an object.")
    return value


def _text(parent: Mapping[str, object], name: str) -> str:
    value = parent.get(name)
    if not isinstance(value, str) or not value:
        raise IamError(400, f"{name} must be text.")
    return value


def _project(account: Account) -> dict[str, object]:
    return {
        "id": account.project_id,
        "name": account.project,
        "domain_id": account.tenant_id,
        "enabled": True,
        "is_domain": False,
    }


def _error(error: IamError, gateway_id: str) -> Reply:
    body = {"error": {"code": error.status, "message": error.message, "title": _TITLES[error.status]}}
    return Reply(
        status=error.status,
        body=json_bytes(body),
        verdict=f"IAM.{error.status}",
        headers={"X-Request-Id": gateway_id},
    )
