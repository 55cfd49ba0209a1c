"""Sending the requests of an operation: each claimed first, each settled after, none twice."""

import logging
from dataclasses import dataclass, field

import anyio
from pydantic import JsonValue

from chatops.cloud import Answer, CloudClient, Grant
from chatops.errors import ChatopsError, OutcomeUnknown
from chatops.leaving import has_left
from chatops.operations.dispatch import STALE, Dispatch, Settlement
from chatops.operations.leases import Leases
from chatops.operations.ledger import LEASE
from chatops.operations.points import Reached
from chatops.operations.records import Operation, Request
from chatops.operations.rereading import Rereading
from chatops.operations.states import RequestState
from chatops.outcome import describe
from chatops.planning.plan import Plan
from chatops.progress import report
from tools import AnyAction, Endpoint, Result, Settled, phones

_AT_ONCE = 4
_READINGS = 3
"""How often phones are read again for one request, before it is given up."""
_log = logging.getLogger(__name__)
LEFT = "It was cancelled, or whoever asked went away: the rest was not sent, what was sent is not undone."


@dataclass(kw_only=True)
class Shipment:
    """What came of sending: answers of this process by request number, and their errors.

    ``facts_at`` is when the phones were read, by the store's clock, if that was since the consent was used; one at a
    time is ``reading`` them again. ``lost`` is there when a request could not be claimed or settled: the store was
    gone, or we failed ourselves.
    """

    answers: dict[int, Answer[Result]] = field(default_factory=dict)
    errors: list[ChatopsError] = field(default_factory=list)
    failed_phones: int = 0
    waiting: int = 0
    left: bool = False
    facts_at: float | None = None
    reading: anyio.Lock = field(default_factory=anyio.Lock)
    lost: Exception | None = None


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Sends. ``owner`` names this process in the store."""

    dispatch: Dispatch
    rereading: Rereading
    client: CloudClient
    owner: str
    reached: Reached

    async def send(self, operation: Operation, plan: Plan, *, facts_at: float | None = None) -> Shipment:
        """Send every request of the plan that was not sent yet, a few at a time, until too many phones have failed.

        ``facts_at`` is when the plan's phones were read, by the store's clock, if that was since the consent was used.

        Raises:
            StoreUnavailable: the store was lost meanwhile; what is on its way then has come to its end.
            Exception: a fault of ours, and then as well.

        """
        waiting = [each.number for each in operation.requests if each.state is RequestState.PLANNED]
        # What had failed before somebody took it over counts as well.
        failed = sum(map(failed_phones, operation.requests))
        shipment = Shipment(waiting=len(waiting), failed_phones=failed, facts_at=facts_at)
        await self._stop_if_hopeless(operation, plan.action, shipment)
        limit = anyio.CapacityLimiter(_AT_ONCE)
        async with anyio.create_task_group() as group:
            group.start_soon(self._keep_lease, operation.id)
            async with anyio.create_task_group() as sending:
                for number in waiting:
                    sending.start_soon(self._recorded, operation, plan, number, shipment, limit)
            group.cancel_scope.cancel()
        if shipment.lost is not None:
            raise shipment.lost
        return shipment

    async def _recorded(
        self, operation: Operation, plan: Plan, number: int, shipment: Shipment, limit: anyio.CapacityLimiter
    ) -> None:
        try:
            async with limit:
                await self._send_one(operation, plan, number, shipment)
        except Exception as error:  # noqa: BLE001  # raised by ``send`` as soon as it tears nothing apart
            # Raised here it would cancel the others, whose requests are on their way and may yet be written down.
            shipment.lost = error

    async def _send_one(self, operation: Operation, plan: Plan, number: int, shipment: Shipment) -> None:
        self.reached("before_claim")
        if has_left() and not shipment.left:
            shipment.left = True
            await self.dispatch.stop(operation.id, LEFT)
        if not await self._claimed(operation, number, shipment):
            shipment.waiting -= 1
            return
        self.reached("claimed")
        settlement = await self._exchange(operation, plan, number, shipment)
        self.reached("answered")
        settled = await self.dispatch.settle_request(operation.id, number, settlement)
        shipment.waiting -= 1
        shipment.failed_phones += failed_phones(settled.requests[number])
        report(len(operation.requests) - shipment.waiting, len(operation.requests), "requests answered")
        self.reached("request_settled")
        await self._stop_if_hopeless(operation, plan.action, shipment)

    async def _claimed(self, operation: Operation, number: int, shipment: Shipment) -> bool:
        """Whether the request is ours to send. Phones that nobody has looked at for a minute are read again before."""
        for _ in range(_READINGS):
            facts_at = shipment.facts_at
            objection = await self.dispatch.claim(operation.id, number, owner=self.owner, facts_at=facts_at)
            if objection != STALE:
                return objection is None
            async with shipment.reading:
                if shipment.facts_at == facts_at:
                    shipment.facts_at = await self.rereading.again(operation.id)
        await self.dispatch.stop(operation.id, f"{STALE} To read them again takes longer than they may be old.")
        return False

    async def _exchange(self, operation: Operation, plan: Plan, number: int, shipment: Shipment) -> Settlement:
        try:
            return await self._answered(operation, plan, number, shipment)
        except ChatopsError as error:
            return _failed(error, shipment)
        except Exception as fault:  # noqa: BLE001  # whatever it is, the request may have been carried out
            _log.exception("request %s of %s", number, operation.id)
            return _failed(fault_in(operation.id, fault), shipment)

    async def _answered(self, operation: Operation, plan: Plan, number: int, shipment: Shipment) -> Settlement:
        action, params = plan.action, plan.batches[number].params
        grant = Grant.covering(action, params, principal=operation.person, regions=plan.regions_of(params))
        answer: Answer[Result] = await self.client.change(grant, action, params)
        change = action.change
        assert change is not None  # noqa: S101  # the record refuses a changing action without one
        settled = change.settled(params, answer.result)
        result: dict[str, JsonValue] = {
            "data": answer.result.model_dump(mode="json", exclude_none=True),
            "partly": settled in {Settled.PARTIAL, Settled.FAILED},
            "failed": change.failed(params, answer.result) if change.failed else 0,
        }
        shipment.answers[number] = answer
        failed = settled is Settled.FAILED
        return Settlement(
            state=RequestState.FAILED if failed else RequestState.ACCEPTED,
            request_ids=answer.request_ids,
            result=result,
        )

    async def _stop_if_hopeless(self, operation: Operation, action: AnyAction, shipment: Shipment) -> None:
        """The rest is not sent once more phones have failed than the action tolerates."""
        if not isinstance(action.by, Endpoint) or action.by.batch is None:
            return
        if shipment.waiting and shipment.failed_phones > action.by.batch.tolerated * operation.count:
            failed = phones(shipment.failed_phones)
            await self.dispatch.stop(operation.id, f"{failed} failed, or may have; the rest was not sent.")

    async def _keep_lease(self, identifier: str) -> None:
        while True:
            await anyio.sleep(LEASE / 3)
            try:
                await Leases(ledger=self.dispatch.ledger).renew(identifier, owner=self.owner)
            except Exception as error:  # noqa: BLE001  # raised here it would cancel what is on its way
                # What could not be renewed now is renewed the next time, or taken over by somebody.
                _log.warning("%s could not be held: %s", identifier, error)


def failed_phones(request: Request) -> int:
    """How many phones of a request have failed, or may have; of an accepted one those that its answer says.

    One that was on its way when its process died has no error: that says nothing of the phones.
    """
    if request.state is RequestState.ACCEPTED:
        failed = request.result.get("failed") if isinstance(request.result, dict) else None
        return failed if isinstance(failed, int) else 0
    lost = request.state is RequestState.UNKNOWN and request.error is not None
    return len(request.targets) if lost or request.state is RequestState.FAILED else 0


def _failed(error: ChatopsError, shipment: Shipment) -> Settlement:
    shipment.errors.append(error)
    return Settlement(
        state=RequestState.UNKNOWN if isinstance(error, OutcomeUnknown) else RequestState.FAILED,
        request_ids=error.request_ids,
        error=dict(describe(error)),
    )


def fault_in(operation: str, fault: Exception) -> OutcomeUnknown:
    """What is told of a fault of ours after requests may have been sent: by no means that nothing happened."""
    return OutcomeUnknown(
        f"chatops failed inside ({type(fault).__name__}) while {operation} was carried out: what was sent may have "
        "happened.",
        next_step=f"See chatops operations show {operation}, and tell whoever runs chatops: its log has the details.",
    )
