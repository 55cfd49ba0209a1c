"""An operation and its requests, as they are kept."""

import json
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue
from sqlalchemy import Row

from chatops.operations.states import RequestState, State, Verification
from chatops.roles import APPROVER, Role


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request to the API, which is sent at most once. Times are seconds since the epoch."""

    operation: str
    number: int
    state: RequestState
    region: str | None
    targets: tuple[str, ...]
    sent_at: float | None
    settled_at: float | None
    request_ids: tuple[str, ...]
    result: JsonValue
    error: JsonValue


@dataclass(frozen=True, kw_only=True)
class Operation:
    """The lasting record of one changing call. Times are seconds since the epoch, by the store's clock."""

    id: str
    state: State
    action: str
    person: str
    door: str
    assistant: str | None
    risk: str
    count: int
    params: dict[str, JsonValue]
    sealed: str | None
    plan: dict[str, JsonValue]
    digest: str
    text_digest: str
    rules: tuple[str, ...]
    asked_at: float
    expires_at: float
    decided_by: str | None
    decided_at: float | None
    reason: str | None
    consumed_at: float | None
    deadline: float | None
    settled_at: float | None
    result: JsonValue
    verification: Verification | None
    verified: JsonValue
    watch_until: float | None
    owner: str | None
    lease_until: float
    call: str | None = None
    asker_groups: tuple[str, ...] = ()
    approver_roles: tuple[Role, ...] = (APPROVER,)
    requests: tuple[Request, ...] = ()

    @property
    def approver(self) -> str | None:
        """The other person who has said yes; None where nobody else was needed, or has said no."""
        ended = self.state is State.DECLINED or (self.state is State.CANCELLED and self.consumed_at is None)
        return None if ended or self.decided_by == self.person else self.decided_by


def operation_of(row: Row[Any], requests: tuple[Request, ...] = ()) -> Operation:
    """The operation that a row of the table holds."""
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's documented way to a row's columns by name
    return Operation(
        **{
            **values,
            "state": State(values["state"]),
            "params": json.loads(values["params"]),
            "plan": json.loads(values["plan"]),
            "rules": tuple(json.loads(values["rules"])),
            "asker_groups": tuple(json.loads(values["asker_groups"] or "[]")),
            "approver_roles": tuple(_json(values["approver_roles"]) or (APPROVER,)),
            "result": _json(values["result"]),
            "verification": Verification(values["verification"]) if values["verification"] else None,
            "verified": _json(values["verified"]),
            "requests": requests,
        }
    )


def request_of(row: Row[Any]) -> Request:
    """The request that a row of the table holds."""
    values = dict(row._mapping)  # noqa: SLF001  # see above
    return Request(
        **{
            **values,
            "state": RequestState(values["state"]),
            "targets": tuple(json.loads(values["targets"])),
            "request_ids": tuple(_json(values["request_ids"]) or ()),
            "result": _json(values["result"]),
            "error": _json(values["error"]),
        }
    )


def _json(text: str | None) -> Any:  # noqa: ANN401  # JSON
    return None if text is None else json.loads(text)
