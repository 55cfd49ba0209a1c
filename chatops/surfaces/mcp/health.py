"""Whether the service lives, and whether it can do its work; for whatever watches it, without a token."""

import logging
from collections.abc import Mapping, Sequence

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from chatops.errors import ChatopsError
from chatops.executor import Executor
from chatops.policy import PolicyHolder
from chatops.surfaces.mcp.beside import Beside

_PATIENCE = 5.0
_FINE = "ok"
_LOG = logging.getLogger(__name__)


def health_routes(executor: Executor, others: Sequence[Beside] = ()) -> list[Route]:
    """Both, as routes. Codes only: the sentences behind them name files, and stand in the log.

    Another door that cannot be used is told and leaves the service ready: this one works, and nothing is gained by
    taking it away.
    """

    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"status": _FINE})

    async def ready(_: Request) -> JSONResponse:
        store, policy = await _store(executor), _policy(executor)
        beside = {each.name: each.why_not() or _FINE for each in others}
        body: Mapping[str, object] = {"ready": store == _FINE, "store": store, "policy": policy, **beside}
        return JSONResponse(body, status_code=200 if store == _FINE else 503)

    return [Route("/healthz", live), Route("/readyz", ready)]


async def _store(executor: Executor) -> str:
    """Without the store nothing is changed."""
    try:
        with anyio.fail_after(_PATIENCE):
            await executor.standing()
    except ChatopsError as error:
        _LOG.warning("not ready: %s", error.message)
        return error.code
    except TimeoutError:
        return "store_slow"
    return _FINE


def _policy(executor: Executor) -> str:
    """A reload that failed leaves what was in force: calls are still decided, but not by what the files say."""
    policy = executor.guard.policy
    return "reload_failed" if isinstance(policy, PolicyHolder) and policy.kept is not None else _FINE
