"""Sending the requests of an operation: each claimed first, each settled after, none twice."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import anyio
from pydantic import JsonValue

from chatops.cloud import Answer, CloudClient, Grant
from chatops.errors import ChatopsError, OutcomeUnknown, StoreUnavailable
from chatops.operations.dispatch import Dispatch, Settlement
from chatops.operations.leases import Leases
from chatops.operations.ledger import LEASE
from chatops.operations.points import Reached
from chatops.operations.records import Operation
from chatops.operations.states import RequestState
from chatops.outcome import describe
from chatops.progress import report
from tools import AnyAction, Endpoint, Params, Result, Settled, phones

_AT_ONCE = 4


@dataclass(kw_only=True)
class Shipment:
    """What came of sending: answers of this process by request number, and their errors.

    ``lost`` is there when the store was not, while a request was to be claimed or settled.
    """

    answers: dict[int, Answer[Result]] = field(default_factory=dict)
    errors: list[ChatopsError] = field(default_factory=list)
    failed_phones: int = 0
    waiting: int = 0
    lost: StoreUnavailable | None = None


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Sends. ``owner`` names this process in the store."""

    dispatch: Dispatch
    client: CloudClient
    owner: str
    reached: Reached

    async def send(self, operation: Operation, action: AnyAction, batches: Sequence[Params]) -> Shipment:
        """Send every request that was not sent yet, a few at a time, until too many phones have failed.

        Raises:
            StoreUnavailable: the store was lost meanwhile; what is on its way then has come to its end.

        """
        waiting = [each.number for each in operation.requests if each.state is RequestState.PLANNED]
        shipment = Shipment(waiting=len(waiting))
        limit = anyio.CapacityLimiter(_AT_ONCE)
        async with anyio.create_task_group() as group:
            group.start_soon(self._keep_lease, operation.id)
            async with anyio.create_task_group() as sending:
                for number in waiting:
                    sending.start_soon(self._recorded, operation, action, number, batches[number], shipment, limit)
            group.cancel_scope.cancel()
        if shipment.lost is not None:
            raise shipment.lost
        return shipment

    async def _recorded(
        self,
        operation: Operation,
        action: AnyAction,
        number: int,
        params: Params,
        shipment: Shipment,
        limit: anyio.CapacityLimiter,
    ) -> None:
        try:
            async with limit:
                await self._send_one(operation, action, number, params, shipment)
        except StoreUnavailable as error:
            # Raised here it would cancel the others, whose requests are on their way and may yet be written down.
            shipment.lost = error

    async def _send_one(
        self,
        operation: Operation,
        action: AnyAction,
        number: int,
        params: Params,
        shipment: Shipment,
    ) -> None:
        self.reached("before_claim")
        if await self.dispatch.claim(operation.id, number, owner=self.owner) is not None:
            return
        self.reached("claimed")
        settlement = await self._exchange(operation, action, number, params, shipment)
        self.reached("answered")
        await self.dispatch.settle_request(operation.id, number, settlement)
        shipment.waiting -= 1
        report(len(operation.requests) - shipment.waiting, len(operation.requests), "requests answered")
        self.reached("request_settled")
        await self._stop_if_hopeless(operation, action, number, settlement, shipment)

    async def _exchange(
        self, operation: Operation, action: AnyAction, number: int, params: Params, shipment: Shipment
    ) -> Settlement:
        grant = Grant.covering(action, params, principal=operation.person)
        try:
            answer: Answer[Result] = await self.client.change(grant, action, params)
        except ChatopsError as error:
            shipment.errors.append(error)
            unknown = isinstance(error, OutcomeUnknown)
            return Settlement(
                state=RequestState.UNKNOWN if unknown else RequestState.FAILED,
                request_ids=error.request_ids,
                error=dict(describe(error)),
            )
        shipment.answers[number] = answer
        change = action.change
        assert change is not None  # noqa: S101  # the record refuses a changing action without one
        settled = change.settled(params, answer.result)
        result: dict[str, JsonValue] = {
            "data": answer.result.model_dump(mode="json", exclude_none=True),
            "partly": settled in {Settled.PARTIAL, Settled.FAILED},
        }
        failed = settled is Settled.FAILED
        return Settlement(
            state=RequestState.FAILED if failed else RequestState.ACCEPTED,
            request_ids=answer.request_ids,
            result=result,
        )

    async def _stop_if_hopeless(
        self, operation: Operation, action: AnyAction, number: int, settlement: Settlement, shipment: Shipment
    ) -> None:
        """The rest is not sent once more phones have failed than the action tolerates."""
        if settlement.state is RequestState.ACCEPTED or not isinstance(action.by, Endpoint) or action.by.batch is None:
            return
        shipment.failed_phones += len(operation.requests[number].targets)
        if shipment.waiting and shipment.failed_phones > action.by.batch.tolerated * operation.count:
            failed = phones(shipment.failed_phones)
            await self.dispatch.stop(operation.id, f"{failed} failed, or may have; the rest was not sent.")

    async def _keep_lease(self, identifier: str) -> None:
        while True:
            await anyio.sleep(LEASE / 3)
            # What could not be renewed now is renewed the next time, or taken over by somebody.
            with suppress(StoreUnavailable):
                await Leases(ledger=self.dispatch.ledger).renew(identifier, owner=self.owner)
