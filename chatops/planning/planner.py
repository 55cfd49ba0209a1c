"""From params to a plan, on facts that are read now."""

from collections.abc import Callable
from dataclasses import dataclass

from chatops.errors import ChatopsError, TargetsUnknown
from chatops.fleet import Fleet
from chatops.planning.batching import batches_of
from chatops.planning.digest import digest_of
from chatops.planning.plan import Plan, Target
from chatops.planning.warning import warnings_of
from chatops.principal import Principal
from tools import AnyAction, FrozenState, Params, Targets, phones
from tools._instance import Instance

_NAMED_AT_MOST = 10


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Makes plans. ``account`` tells apart what belongs to whom; ``now`` is a clock that never goes back."""

    fleet: Fleet
    account: str
    now: Callable[[], float]

    async def plan(self, principal: Principal, action: AnyAction, params: Params) -> Plan:
        """The plan of this call.

        Raises:
            TargetsUnknown: the tenant has not all of these phones.
            UpstreamError: the facts could not be read.

        """
        try:
            return await self._plan(principal, action, params)
        except ExceptionGroup as group:
            raise _first(group) from None

    async def _plan(self, principal: Principal, action: AnyAction, params: Params) -> Plan:
        read_at = self.now()
        size = await self.fleet.size()
        targets = await self._targets(params, size) if isinstance(params, Targets) else ()
        return Plan(
            action=action,
            params=params,
            person=principal.person,
            account=self.account,
            targets=targets,
            batches=batches_of(action, params, targets),
            warnings=warnings_of(action, targets),
            fleet_size=size,
            count=len(targets) if isinstance(params, Targets) else action.count_of(params),
            read_at=read_at,
            digest=digest_of(
                account=self.account, action=action, params=params, targets=targets, person=principal.person
            ),
        )

    async def _targets(self, params: Targets, size: int | None) -> tuple[Target, ...]:
        known = await self.fleet.read(params.instance_ids, size)
        unknown = [each for each in params.instance_ids if each not in known]
        if unknown:
            shown = ", ".join(unknown[:_NAMED_AT_MOST])
            raise TargetsUnknown(
                f"{phones(len(unknown))} of {len(params.instance_ids)} are not in this fleet: {shown}.",
                next_step="Correct or leave out these ids; nothing was planned.",
            )
        return tuple(_target(known[each]) for each in sorted(known))


def _target(phone: Instance) -> Target:
    return Target(
        instance_id=phone.instance_id,
        name=phone.instance_name,
        region=phone.region,
        state=phone.running_status,
        assignee=phone.assign_user,
        in_use=phone.in_use,
        frozen=phone.frozen_status is FrozenState.FROZEN,
        backup=phone.backup_status.value if phone.backup_status else None,
    )


def _first(group: ExceptionGroup[Exception]) -> ChatopsError:
    """The error of one phone stands for all: they were read in the same way."""
    for error in group.exceptions:
        if isinstance(error, ChatopsError):
            return error
    raise group
