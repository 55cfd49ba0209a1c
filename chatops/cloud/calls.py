"""One call, from params to result: throttled, authenticated, sent, read, and repeated where that is safe."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import anyio
from pydantic import ValidationError

from chatops.cloud.authentication import Authentication
from chatops.cloud.connection import Connection
from chatops.cloud.envelope import Opened, open_answer
from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.cloud.requests import AnyEndpoint, Page, outgoing_request
from chatops.cloud.retry import Patience, change_may_repeat, read_may_repeat
from chatops.cloud.settings import ClientSettings
from chatops.cloud.throttle import Throttle
from chatops.errors import UpstreamContractBroken, UpstreamUnavailable
from tools import Params, Resend, Result, clean_text

R = TypeVar("R", bound=Result)


@dataclass
class Trail:
    """What is kept of a call while it goes on: the request ids, oldest first, and what was odd."""

    request_ids: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def sent(self, request_id: str) -> None:
        """A request with this id is on its way."""
        self.request_ids += (request_id,)

    def warn(self, *sentences: str) -> None:
        """Something odd about an answer, said once."""
        self.warnings = tuple(dict.fromkeys([*self.warnings, *sentences]))


@dataclass(kw_only=True)
class _Call:
    """A call in progress. ``is_in_flight``: a request is out, and no answer has come."""

    endpoint: AnyEndpoint
    params: Params
    trail: Trail
    may_repeat: Callable[[Problem], bool] = read_may_repeat
    resend: Resend | None = None
    page: Page | None = None
    is_in_flight: bool = False
    can_renew: bool = False
    renewed: bool = False

    @property
    def is_change(self) -> bool:
        return self.resend is not None


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Makes calls. Everything it works with is passed in."""

    settings: ClientSettings
    connection: Connection
    authentication: Authentication
    throttle: Throttle
    patience: Patience
    new_request_id: Callable[[], str]

    async def read(
        self, endpoint: AnyEndpoint, result: type[R], params: Params, trail: Trail, *, page: Page | None = None
    ) -> R:
        """The result of a call that changes nothing.

        Raises:
            UpstreamError: it could not be had.

        """
        return await self._result(_Call(endpoint=endpoint, params=params, trail=trail, page=page), result)

    async def change(
        self, endpoint: AnyEndpoint, result: type[R], params: Params, trail: Trail, *, resend: Resend
    ) -> R:
        """The result of a changing call. Sent again only if it surely was not processed.

        Raises:
            OutcomeUnknown: it may have been carried out.
            UpstreamError: it was not.

        """
        may_repeat = change_may_repeat(resend)
        call = _Call(endpoint=endpoint, params=params, trail=trail, may_repeat=may_repeat, resend=resend)
        return await self._result(call, result)

    async def _result(self, call: _Call, result: type[R]) -> R:
        try:
            opened = await self._within_limit(call)
            call.trail.warn(*opened.warnings)
            return _read_result(opened, result, call)
        except AttemptFailed as failed:
            problem = failed.problem.when_changing() if call.is_change else failed.problem
            raise problem.exception(call.trail.request_ids) from failed.__cause__

    async def _within_limit(self, call: _Call) -> Opened:
        limit = self.settings.call_limit
        with anyio.move_on_after(limit):
            return await self.patience.repeat(lambda: self._renewing(call), may_repeat=call.may_repeat)
        raise AttemptFailed(
            Problem(
                error=UpstreamUnavailable,
                message=f"The call was not finished within {limit:g} seconds.",
                fate=Fate.UNCERTAIN if call.is_in_flight else Fate.UNSENT,
                next_step="Try again later.",
            )
        )

    async def _renewing(self, call: _Call) -> Opened:
        """An attempt, and one more with a new token if the first one's was stale: never a third."""
        try:
            return await self._attempt(call)
        except AttemptFailed as failed:
            if call.renewed or not call.can_renew:
                raise
            if call.resend is Resend.NEVER:
                raise AttemptFailed(_stale_but_never_resent(failed.problem)) from failed
            call.renewed = True
        return await self._attempt(call)

    async def _attempt(self, call: _Call) -> Opened:
        call.can_renew = False
        async with self.throttle.place():
            request_id = self.new_request_id()  # a new one on each attempt (conflict 7)
            draft = outgoing_request(
                call.endpoint,
                call.params,
                origin=self.settings.endpoint,
                request_id=request_id,
                tenant_id=self.settings.tenant_id,
                page=call.page,
            )
            async with self.authentication.authenticated(draft) as outgoing:
                call.trail.sent(request_id)
                call.is_in_flight = True
                try:
                    received = await self.connection.exchange(outgoing, alone=call.is_change)
                    call.is_in_flight = False
                    opened = open_answer(
                        received,
                        payload=call.endpoint.payload,
                        empty_answer=call.endpoint.empty_answer,
                        path=call.endpoint.path,
                        now=self.patience.clock(),
                    )
                except AttemptFailed as failed:
                    call.is_in_flight = False
                    call.can_renew = self.authentication.refused(outgoing, failed.problem)
                    raise
                self.authentication.accepted()
                return opened


def _read_result(opened: Opened, result: type[R], call: _Call) -> R:
    """The typed result. An answer without data is one for a change only: it must not look like an empty fleet."""
    if opened.payload is None and not call.is_change:
        raise AttemptFailed(_not_as_described("it holds nothing"))
    try:
        return result.model_validate({} if opened.payload is None else opened.payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = clean_text(".".join(map(str, first["loc"])) or "the whole", limit=80, lines=False)
        raise AttemptFailed(_not_as_described(f"{place}: {first['type'].replace('_', ' ')}")) from None


def _not_as_described(why: str) -> Problem:
    return Problem(
        error=UpstreamContractBroken,
        message=f"The answer is not what the reference describes ({why}).",
        fate=Fate.UNCERTAIN,
        next_step="Give the request id to Huawei Cloud support.",
    )


def _stale_but_never_resent(problem: Problem) -> Problem:
    return replace(
        problem,
        message=f"{problem.message} This call is never sent twice by itself; nothing was done.",
        next_step="Ask again: the next call fetches a new token.",
    )
