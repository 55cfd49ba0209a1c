"""The client: what the rest of the product asks to read and to change."""

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import uuid4

import anyio

from chatops.cloud.answer import Answer
from chatops.cloud.authentication import authentication_for
from chatops.cloud.calls import Caller, Trail
from chatops.cloud.connection import open_connection
from chatops.cloud.grant import Grant
from chatops.cloud.identity import Identity
from chatops.cloud.listings import read_listing
from chatops.cloud.requests import AnyEndpoint
from chatops.cloud.retry import Patience
from chatops.cloud.settings import ClientSettings
from chatops.cloud.throttle import Throttle
from chatops.errors import RequestTooWide
from tools import Action, Compose, Endpoint, Own, Params, Result, Risk, Targets, phones

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)


class CloudReader:
    """The read-only face: it has no way to change anything."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def read(self, action: Action[P, R], params: P) -> Answer[R]:
        """What the API answers to this READ action.

        Raises:
            ValueError: the action is not a READ; whoever wrote the call is wrong.
            TypeError: it is none of the API's.
            UpstreamError: the API, or the way to it; the error says which, and what to do.

        """
        if action.risk is not Risk.READ:
            raise ValueError(f"{action.name} is not a READ: it needs a grant")
        trail = Trail()
        result = await self._result(action, params, trail)
        return Answer(result=result, request_ids=trail.request_ids, warnings=trail.warnings)

    async def _result(self, action: Action[P, R], params: P, trail: Trail) -> R:
        by = action.by
        if isinstance(by, Compose):
            result = by.answer(params, await self._result(by.needs, by.ask(params), trail))
        elif isinstance(by, Own):
            raise TypeError(f"{action.name} is answered by the service itself")
        elif by.listing is not None:
            result = await read_listing(self._caller, by, by.listing, params, trail)
        else:
            result = await self._caller.read(by, action.result, params, trail)
        return action.complete(params, result) if action.complete is not None else result


class CloudClient:
    """Everything the API can do; a change takes a grant."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self.reader = CloudReader(caller)

    async def read(self, action: Action[P, R], params: P) -> Answer[R]:
        """As :meth:`CloudReader.read`."""
        return await self.reader.read(action, params)

    async def change(self, grant: Grant, action: Action[P, R], params: P) -> Answer[R]:
        """What the API answers to this changing action, of which one request at most is processed.

        Raises:
            ValueError: the grant is for something else, or the action changes nothing.
            RequestTooWide: one request cannot name these phones; nothing was sent.
            OutcomeUnknown: the request may have been carried out, and no answer says so.
            UpstreamError: anything else; nothing was changed.

        """
        if action.change is None or not isinstance(action.by, Endpoint):
            raise ValueError(f"{action.name} changes nothing: read it")
        if not grant.covers(action, params):
            raise ValueError(f"this grant does not cover {action.name} with these params")
        _check_width(action.by, params, grant)
        trail = Trail()
        result = await self._caller.change(action.by, action.result, params, trail, resend=action.change.resend)
        if action.complete is not None:
            result = action.complete(params, result)
        return Answer(result=result, request_ids=trail.request_ids, warnings=trail.warnings)


def _check_width(endpoint: AnyEndpoint, params: Params, grant: Grant) -> None:
    """A second lock: plans are cut to what one request may name, and this does not trust them to be."""
    batch = endpoint.batch
    if batch is None or not isinstance(params, Targets):
        return
    count, regions = len(params.instance_ids), len(grant.regions)
    if count > batch.per_call:
        said = f"One request may name {phones(batch.per_call)}, not {count}."
    elif batch.one_region and regions > 1:
        said = f"The phones of one request must be in one region, not in {regions}."
    else:
        return
    raise RequestTooWide(
        f"{said} Nothing was sent.", next_step="Name fewer phones, of one region, and report this: plans cut requests."
    )


@asynccontextmanager
async def open_client(
    settings: ClientSettings,
    *,
    clock: Callable[[], float] = time.time,
    new_request_id: Callable[[], str] = lambda: uuid4().hex,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    jitter: Callable[[float], float] = lambda ceiling: random.uniform(0.0, ceiling),  # noqa: S311  # spreads load
) -> AsyncIterator[CloudClient]:
    """A client with connections of its own, closed at the end.

    ``clock`` gives seconds since the epoch, ``jitter`` a wait up to a ceiling. A request id is 32 lower-case hex
    digits, because the API rejects forms that it does not describe (conflict 7).

    Raises:
        ConfigurationError: the environment names a proxy or a certificate file that cannot be used.

    """
    patience = Patience(
        attempts=settings.retry_attempts, budget=settings.retry_budget, clock=clock, sleep=sleep, jitter=jitter
    )
    throttle = Throttle(
        per_second=settings.requests_per_second, at_once=settings.concurrent, wait=settings.throttle_wait
    )
    async with open_connection(settings) as connection:
        identity = Identity(connection=connection, patience=patience)
        yield CloudClient(
            Caller(
                settings=settings,
                connection=connection,
                authentication=authentication_for(settings, identity, clock),
                throttle=throttle,
                patience=patience,
                new_request_id=new_request_id,
            )
        )
