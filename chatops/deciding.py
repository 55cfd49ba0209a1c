"""From a plan to a decision: gathers the facts, asks the policy, and asks it again when the consent is used."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from pydantic import JsonValue
from sqlalchemy import Connection

from chatops.errors import PolicyDenied
from chatops.freezes import hold_on
from chatops.operations.usage import Usage, usage_of
from chatops.planning import Plan
from chatops.policy import Allow, Decision, Facts, Given, PolicyEngine, strictness
from chatops.principal import Principal
from chatops.store import Database, wall_clock
from chatops.team import Team
from tools import AnyAction, Params
from tools.create_instances import CreateParams, PeriodUnit

_MONTHS_A_YEAR = 12


class Policy(Protocol):
    """What decides, and on whom: a reload replaces both at once."""

    @property
    def team(self) -> Team:
        """The team as it is now."""

    @property
    def engine(self) -> PolicyEngine:
        """The rules as they are now."""

    def decide(self, facts: Facts) -> Decision:
        """The decision on these facts."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision, and on what it rests."""

    decision: Decision
    facts: Facts


@dataclass(frozen=True, kw_only=True)
class ReadGuard:
    """Asks the policy about READ actions. Rules see the time in whole seconds: within one, a question is asked once."""

    policy: Policy

    def facts(self, principal: Principal, action: AnyAction, params: Params) -> Facts:
        """What there is to look at. Nothing of the store, so that reads go on without one."""
        return Facts(
            person=principal.person,
            roles=principal.roles,
            door=principal.surface,
            assistant=principal.assistant is not None,
            action=action.name,
            permission=str(action.permission),
            risk=action.risk,
            count=action.count_of(params),
            fleet=None,
            regions=frozenset(),
            in_use=0,
            order_instances=0,
            order_months=0,
            frozen=False,
            freeze_reason="",
            now=datetime.now(UTC).replace(microsecond=0),
            calls_last_hour=0,
            calls_last_day=0,
            orders_last_day=0,
            limits=self.policy.team.limits,
            consent=None,
        )

    def check(self, principal: Principal, action: AnyAction, params: Params) -> None:
        """Ask about a READ.

        Raises:
            PolicyDenied: a rule forbids it, or asks for a consent, which a READ cannot be given.

        """
        decision = self.policy.engine.decide_again(self.facts(principal, action, params))
        if not isinstance(decision, Allow):
            raise denied(decision)


@dataclass(frozen=True, kw_only=True)
class Judge:
    """Decides on plans."""

    policy: Policy
    database: Database

    async def decide(self, principal: Principal, plan: Plan, given: Given | None = None) -> Decided:
        """The decision on this plan as things stand now."""
        return await self.database.read(self._decide, principal, plan, given)

    def _decide(self, connection: Connection, principal: Principal, plan: Plan, given: Given | None) -> Decided:
        return self._decided(connection, principal, plan, usage_of(connection, principal.person), given)

    def recheck(
        self, connection: Connection, usage: Usage, principal: Principal, plan: Plan, given: Given | None
    ) -> None:
        """Ask again inside the transaction in which the consent is used.

        Raises:
            PolicyDenied: it is not allowed, or not allowed any more.

        """
        decision = self._decided(connection, principal, plan, usage, given).decision
        if not isinstance(decision, Allow):
            raise denied(decision)

    def _decided(
        self, connection: Connection, principal: Principal, plan: Plan, usage: Usage, given: Given | None
    ) -> Decided:
        """The stricter decision, where the store's time and the clock differ: rules speak of hours and weekdays."""
        facts = self.facts(connection, principal, plan, usage, given)
        clock = datetime.fromtimestamp(wall_clock(connection), UTC)
        at_both = [facts] if clock == facts.now else [facts, replace(facts, now=clock)]
        decided = [Decided(decision=self.policy.decide(each), facts=each) for each in at_both]
        return max(decided, key=lambda each: strictness(each.decision))

    def facts(
        self, connection: Connection, principal: Principal, plan: Plan, usage: Usage, given: Given | None
    ) -> Facts:
        """Everything the policy may look at."""
        action, moment = plan.action, datetime.fromtimestamp(usage.time, UTC)
        hold = hold_on(
            connection, self.policy.team.freeze, action=action.name, regions=plan.places, person=principal.person
        )
        order = plan.params if isinstance(plan.params, CreateParams) else None
        return Facts(
            person=principal.person,
            roles=principal.roles,
            door=principal.surface,
            assistant=principal.assistant is not None,
            action=action.name,
            permission=str(action.permission),
            risk=action.risk_of(plan.params),
            count=plan.count,
            fleet=plan.fleet_size,
            regions=plan.regions,
            in_use=plan.in_use,
            order_instances=order.count if order else 0,
            order_months=_months(order) if order else 0,
            frozen=hold is not None,
            freeze_reason=hold.text if hold else "",
            now=moment,
            calls_last_hour=usage.calls_last_hour,
            calls_last_day=usage.calls_last_day,
            orders_last_day=usage.orders_last_day,
            limits=self.policy.team.limits,
            consent=given,
        )


def _months(order: CreateParams) -> int:
    return order.period * (_MONTHS_A_YEAR if order.period_unit is PeriodUnit.YEAR else 1)


def denied(decision: Decision) -> PolicyDenied:
    """The refusal that tells of this decision."""
    rules = ", ".join(decision.rules) or "none"
    return PolicyDenied(decision.sentence, next_step=f"Decided by: {rules}. See chatops policy explain.")


def facts_document(facts: Facts) -> Mapping[str, JsonValue]:
    """The facts as the audit keeps them."""
    return {
        "roles": [*sorted(facts.roles)],
        "assistant": facts.assistant,
        "risk": facts.risk.name,
        "count": facts.count,
        "fleet": facts.fleet,
        "regions": [*sorted(facts.regions)],
        "in_use": facts.in_use,
        "order_instances": facts.order_instances,
        "order_months": facts.order_months,
        "frozen": facts.frozen,
        "calls_last_hour": facts.calls_last_hour,
        "calls_last_day": facts.calls_last_day,
        "orders_last_day": facts.orders_last_day,
    }
