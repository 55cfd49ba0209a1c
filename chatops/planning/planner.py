"""From params to a plan, on facts that are read now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatops.errors import Refusal, TargetsEmpty, TargetsUnknown
from chatops.fleet import Fleet, Look, Snapshot
from chatops.planning.batching import batches_of, kept
from chatops.planning.digest import digest_of
from chatops.planning.plan import Plan, Target
from chatops.planning.warning import too_late, warnings_of
from chatops.principal import Principal
from chatops.team import Approvals
from tools import AnyAction, FrozenState, Instance, Params, Targets, Where, is_instance_id, phones

_NAMED_AT_MOST = 10
_READ_AT_MOST = 500
READ_WHOLE = 30_000
"""In a fleet of up to so many phones a filter is applied again before sending: reading them all takes half a minute.

In a larger one only the phones it has matched are read again, because the facts would be old before all are read.
"""


@dataclass(frozen=True, kw_only=True)
class Picked:
    """The phones a READ names; ``look`` is what a filter was applied to."""

    ids: tuple[str, ...]
    look: Look | None = None


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Makes plans. ``account`` tells apart what belongs to whom; ``now`` is a clock that never goes back.

    ``patience`` is how long an approval is waited for.
    """

    fleet: Fleet
    account: str
    now: Callable[[], float]
    whole: int = READ_WHOLE
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    patience: Callable[[], timedelta] = lambda: Approvals().expire_after

    async def plan(
        self, principal: Principal, action: AnyAction, params: Params, *, pinned: tuple[str, ...] = ()
    ) -> Plan:
        """The plan of this call; ``pinned`` are the phones of the same call when it was planned before.

        Raises:
            TargetsUnknown: the tenant has not all of these phones.
            TargetsEmpty: the filter matches none, or there is nothing to do for these phones.
            UpstreamError: the facts could not be read.

        """
        read_at = self.now()
        size = await self.fleet.size()
        if not isinstance(params, Targets):
            return self._of(principal, action, params, (), (), size, read_at)
        found = await self._targets(params, size, pinned)
        targets, left_out = kept(action, params, found)
        if not targets:
            raise TargetsEmpty(f"Nothing to do: {left_out[0]}", next_step="Look with list_instances.")
        return self._of(principal, action, params, targets, left_out, size, read_at)

    def _of(  # what a plan is made of, from one place
        self,
        principal: Principal,
        action: AnyAction,
        params: Params,
        targets: tuple[Target, ...],
        left_out: tuple[str, ...],
        size: int | None,
        read_at: float,
    ) -> Plan:
        ids = tuple(target.instance_id for target in targets)
        pinned = params.pinned(ids) if isinstance(params, Targets) else params
        return Plan(
            action=action,
            params=params,
            pinned=pinned,
            person=principal.person,
            account=self.account,
            targets=targets,
            batches=batches_of(action, pinned, targets),
            warnings=(
                *left_out,
                *warnings_of(action, params, targets),
                *too_late(action, params, self.clock(), self.patience()),
            ),
            fleet_size=size,
            count=len(targets) if isinstance(params, Targets) else action.count_of(params),
            read_at=read_at,
            digest=digest_of(
                account=self.account, action=action, params=params, targets=targets, person=principal.person
            ),
        )

    async def read(self, ids: Sequence[str]) -> tuple[Target, ...]:
        """These phones as they are now; those that are gone are left out.

        Raises:
            UpstreamError: one of them could not be read.

        """
        known = await self.fleet.read(ids, await self.fleet.size())
        return tuple(_target(known[each]) for each in sorted(known))

    async def look(self) -> Look:
        """The whole listing, as of up to a minute ago.

        Raises:
            UpstreamError: it could not be read.

        """
        return await self.fleet.look()

    async def picked(self, params: Targets) -> Picked:
        """The phones a READ names; a filter is applied to a listing of up to a minute ago.

        Raises:
            TargetsEmpty: the filter matches none.
            TargetsUnknown: the listing could not be read as a whole.
            Refusal: it matches more than one answer holds.

        """
        if params.where is None:
            return Picked(ids=params.instance_ids)
        look = await self.look()
        matching = _matching(params.where, look.snapshot)
        if len(matching) > _READ_AT_MOST:
            raise Refusal(
                f"{params.where.text} matches {phones(len(matching))}; up to {_READ_AT_MOST} are read at once.",
                next_step="Narrow the filter, or count with fleet_summary.",
            )
        return Picked(ids=tuple(target.instance_id for target in matching), look=look)

    async def _targets(self, params: Targets, size: int | None, pinned: tuple[str, ...]) -> tuple[Target, ...]:
        if params.where is not None and pinned and size is not None and size > self.whole:
            again = await self.fleet.read(pinned, size)
            return _matching(params.where, Snapshot(phones=tuple(again.values()), read_at=0, complete=True))
        if params.where is not None:
            return _matching(params.where, await self.fleet.snapshot(age=0))
        known = await self.fleet.read(params.instance_ids, size)
        unknown = [each for each in params.instance_ids if each not in known]
        if unknown:
            shown = ", ".join(unknown[:_NAMED_AT_MOST])
            raise TargetsUnknown(
                f"Not in this fleet: {phones(len(unknown))} of {len(params.instance_ids)}: {shown}.",
                next_step="Correct or leave out these ids; nothing was planned.",
            )
        return tuple(_target(known[each]) for each in sorted(known))


def _matching(where: Where, everything: Snapshot) -> tuple[Target, ...]:
    if not everything.complete:
        raise TargetsUnknown(
            "Not every page of the listing could be read, so a filter may miss phones.",
            next_step="Try again, or name the phones.",
        )
    found = sorted((phone for phone in everything.phones if where.matches(phone)), key=lambda phone: phone.instance_id)
    if not found:
        raise TargetsEmpty(f"No phone matches {where.text}.", next_step="Look with list_instances.")
    # Ids from a listing are text of somebody else's: they become arguments, and have to be ones that could be typed.
    odd = [phone.instance_id for phone in found if not is_instance_id(phone.instance_id)]
    if odd:
        raise TargetsUnknown(
            f"The listing names {phones(len(odd))} by an id that no call takes: {odd[0]!a}.",
            next_step="Leave it out with a narrower filter, or name the phones.",
        )
    return tuple(_target(phone) for phone in found)


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
