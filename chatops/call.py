"""One call on its way, and what the audit is told of it; every event of a call carries its id."""

from dataclasses import dataclass, replace

from chatops.audit import AuditEvent, Kind
from chatops.deciding import Decided, facts_document
from chatops.errors import ChatopsError
from chatops.operations.sealing import masked
from chatops.outcome import Status, status_of
from chatops.planning import Plan
from chatops.principal import Principal
from tools import AnyAction, Params


@dataclass(frozen=True, kw_only=True)
class Call:
    """Who asks for what."""

    id: str
    principal: Principal
    action: AnyAction
    params: Params

    def event(
        self,
        kind: Kind,
        *,
        status: Status | None = None,
        error: ChatopsError | None = None,
        request_ids: tuple[str, ...] = (),
    ) -> AuditEvent:
        """A step of this call."""
        event = step(kind, self.principal, self.action.name, self.id, error=error)
        return replace(
            event,
            params=masked(self.params),
            status=status.value if status else event.status,
            request_ids=request_ids or event.request_ids,
        )


def step(kind: Kind, principal: Principal, action: str, call: str, *, error: ChatopsError | None = None) -> AuditEvent:
    """A step of something that need not be a call yet: its action may be none, and its arguments not valid."""
    return AuditEvent(
        kind=kind,
        principal=principal,
        action=action,
        call=call,
        status=status_of(error).value if error else None,
        error=error.code if error else None,
        request_ids=error.request_ids if error else (),
    )


def of_decision(event: AuditEvent, plan: Plan, decided: Decided) -> AuditEvent:
    """The event, with the plan it is about and on which facts that was decided by which rules."""
    return replace(
        event,
        params=masked(plan.params),
        targets=tuple(target.instance_id for target in plan.targets),
        facts=facts_document(decided.facts),
        rules=decided.decision.rules,
        plan_digest=plan.digest,
    )
