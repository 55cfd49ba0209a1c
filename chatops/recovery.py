"""What processes that died have left: taken over, gone on with where that is safe, and read where it is not."""

import logging
from dataclasses import dataclass

import anyio

from chatops.approvals import Approvals
from chatops.errors import ChatopsError, Refusal, StoreUnavailable, UpstreamError
from chatops.operations.leases import Leases
from chatops.operations.records import Operation
from chatops.operations.states import RequestState, State
from chatops.operations.watching import Watcher
from chatops.pickups import Pickups
from chatops.planning import Plan
from chatops.planning.plan import drift
from chatops.store import now
from tools import AnyAction, Params

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """Takes over."""

    approvals: Approvals
    watcher: Watcher
    pickups: Pickups

    async def sweep(self) -> tuple[Operation, ...]:
        """End what came too late, and take over what nobody holds any more; which operations were touched.

        Watches go on in the background; everything else is done when this returns.
        """
        await self.pickups.expire()
        expired = await self.watcher.ledger.expire()
        adopted = await Leases(ledger=self.watcher.ledger).adopt(owner=self.watcher.owner)
        if adopted:
            self.approvals.carrier.reached("adopted")
        for operation in adopted:
            try:
                await self._go_on(operation)
            except StoreUnavailable:
                raise
            except ChatopsError as error:
                # Told to nobody but the operation itself: its record says why it ended.
                _log.warning("operation %s: %s", operation.id, error.message)
        return (*expired, *adopted)

    async def _go_on(self, operation: Operation) -> None:
        action = self.approvals.actions.get(operation.action)
        if action is None:
            return
        if operation.state is State.APPROVED:
            await self.approvals.carry_out(operation)
        elif operation.state is State.RUNNING:
            await self._finish(operation, action)
        else:
            # What is read afterwards does not need what was secret in the params.
            self.approvals.carrier.watch(operation, action, _unsealed(operation, action))

    async def _finish(self, operation: Operation, action: AnyAction) -> None:
        """Send what was never sent, while the plan still holds; settle the rest."""
        carrier = self.approvals.carrier
        try:
            params = self.approvals.sealing.params_of(operation, action)
        except StoreUnavailable as error:
            # They cannot be read, today or ever: what was sent is settled by what is not secret in them.
            await carrier.dispatch.stop(operation.id, error.message)
            await carrier.settle(operation, action, _unsealed(operation, action))
            return
        plan, time = None, await self.watcher.ledger.database.read(now)
        if any(each.state is RequestState.PLANNED for each in operation.requests):
            objection, plan = await self._plan(operation, action, params)
            if plan is None:
                await carrier.dispatch.stop(operation.id, objection)
                carrier.reached("stopped")
        # Whoever sweeps may be a command that ends: what is begun here is settled all the same.
        with anyio.CancelScope(shield=True):
            if plan is None:
                await carrier.settle(operation, action, params)
            else:
                carrier.reached("resumed")
                await carrier.go_on(operation, action, plan, facts_at=time)

    async def _plan(self, operation: Operation, action: AnyAction, params: Params) -> tuple[str, Plan | None]:
        """The plan of an interrupted operation if it still holds; otherwise a sentence that says why it does not.

        Raises:
            UpstreamError: the phones cannot be read just now, and there is time to try again.

        """
        carrier = self.approvals.carrier
        try:
            plan = await carrier.plan_again(operation, self.approvals.people.asker_of(operation), action, params)
        except Refusal as refusal:
            return refusal.message, None
        except UpstreamError as error:
            time = await self.watcher.ledger.database.read(now)
            if operation.deadline is not None and time < operation.deadline:
                raise
            return f"The phones could not be read in time: {error.message}", None
        if plan.digest != operation.digest:
            return f"The process that was sending has ended. {drift(operation.plan.get('facts'), plan.targets)}", None
        return "", plan


def _unsealed(operation: Operation, action: AnyAction) -> Params:
    """The params without what is secret in them."""
    params: Params = action.params.model_construct(**operation.params)
    return params
