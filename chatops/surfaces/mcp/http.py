"""MCP over Streamable HTTP, in one process, until a signal ends it."""

import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Final

import anyio
import uvicorn
from anyio.abc import TaskStatus
from mcp.server import streamable_http
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from chatops.addresses import is_loopback
from chatops.errors import ConfigurationError
from chatops.executor import Executor
from chatops.listening import PATH, Listening
from chatops.surfaces.mcp.announcing import Announcing, keep_announcing
from chatops.surfaces.mcp.auth.challenges import METADATA_PATH, Challenges
from chatops.surfaces.mcp.auth.credential import Credential, principal, principal_by
from chatops.surfaces.mcp.auth.gate import Gate
from chatops.surfaces.mcp.auth.opening import open_authenticator
from chatops.surfaces.mcp.auth.refusals import Refusals
from chatops.surfaces.mcp.beside import Beside
from chatops.surfaces.mcp.draining import Draining
from chatops.surfaces.mcp.health import health_routes
from chatops.surfaces.mcp.server import build_server
from chatops.surfaces.mcp.sessions import BODY_LIMIT, sessions_of
from tools import Risk

OpenExecutor = Callable[[], AbstractAsyncContextManager[Executor]]

DRAIN_SECONDS: Final = 30
"""For which calls under way are waited for at the end. What has been sent is settled even after that."""

_CONNECTIONS = 1024
_UNFINISHED = "ASGI callable returned without completing response."


async def serve(
    open_executor: OpenExecutor, listener: socket.socket, where: Listening, others: Sequence[Beside] = ()
) -> None:
    """Serve at this socket until SIGTERM or SIGINT; a second signal does not wait for calls under way."""
    for name in (streamable_http.__name__, "uvicorn.error"):
        logging.getLogger(name).addFilter(_is_news)
    async with open_executor() as executor, anyio.create_task_group() as tasks:
        server = build_server(executor, principal_by(executor.guard.policy))
        async with _open_app(server, executor, where, others) as app:
            draining = Draining(app)
            listening = _Server(draining)
            await tasks.start(_end_on_signal, listening, draining, server, others)
            await tasks.start(keep_announcing, server, executor)
            sys.stdout.write(_told(where) + "".join(f"{each.told}\n" for each in others))
            sys.stdout.flush()
            await listening.serve([listener])
            await draining.wait_empty()
            for each in others:
                await each.wait_ended()
        tasks.cancel_scope.cancel()


def _is_news(record: logging.LogRecord) -> bool:
    """A client that went away with its session is none, and is logged as an error, with its traceback."""
    return record.msg != _UNFINISHED and not _has_left(record.exc_info[1] if record.exc_info else None)


def _has_left(error: BaseException | None) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(_has_left(each) for each in error.exceptions)
    if isinstance(error, (anyio.BrokenResourceError, anyio.ClosedResourceError)):
        return True
    return error is not None and _has_left(error.__cause__ or error.__context__)


def bind(host: str, port: int) -> socket.socket:
    """The socket to listen at.

    Raises:
        ConfigurationError: it cannot be had.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; else every answer waits for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"Nothing can listen at {host}, port {port}: {error.strerror or error}.",
            next_step="Set CHATOPS_HOST to an address of this machine and CHATOPS_PORT to a free port.",
        ) from None
    return listener


@asynccontextmanager
async def _open_app(
    server: Announcing, executor: Executor, where: Listening, others: Sequence[Beside]
) -> AsyncIterator[ASGIApp]:
    sessions, challenges, policy = sessions_of(server, where), Challenges(where=where), executor.guard.policy

    def is_change(credential: Credential, name: str) -> bool:
        offered = executor.offered(principal(policy, credential))
        return any(action.name == name and action.risk is not Risk.READ for action in offered)

    refusals = Refusals(write=executor.trail.later, now=anyio.current_time)
    async with (
        # Whoever has another door may leave this one closed.
        open_authenticator(where.issuer, policy, may_be_nobody=bool(others)) as authenticator,
        sessions.run(),
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(refusals.keep_telling)
        gate = Gate(
            StreamableHTTPASGIApp(sessions),
            authenticator=authenticator,
            challenges=challenges,
            is_change=is_change,
            limit=BODY_LIMIT,
            refusals=refusals,
        )
        beside = [Route(each.path, each, methods=["POST"]) for each in others]
        health = health_routes(executor, others)
        app = Starlette(routes=[Route(PATH, gate), *beside, *_metadata_routes(challenges), *health])
        app.router.redirect_slashes = False
        yield app
        tasks.cancel_scope.cancel()


def _metadata_routes(challenges: Challenges) -> list[Route]:
    document = challenges.metadata()
    if document is None:
        return []

    async def metadata(_: Request) -> JSONResponse:
        return JSONResponse(document, headers={"Cache-Control": "max-age=3600"})

    return [Route(METADATA_PATH, metadata)]


class _Server(uvicorn.Server):
    """Leaves signals to the program around it."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",  # strips the spaces around a header's value, as the conformance suite wants it
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=_CONNECTIONS,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _end_on_signal(
    listening: _Server,
    draining: Draining,
    server: Announcing,
    others: Sequence[Beside],
    *,
    task_status: TaskStatus[None],
) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        task_status.started()
        async for _ in signals:
            for each in others:
                each.end(at_once=listening.should_exit)
            if listening.should_exit:
                listening.force_exit = True
                draining.abandon()
            listening.should_exit = True
            draining.close()
            server.close_streams()


def _told(where: Listening) -> str:
    public = f", for the world at {where.public}{PATH}" if where.public is not None else ""
    tls = "" if is_loopback(where.host) else "; TLS ends in front of it"
    return f"MCP at {where.local}{PATH}{public}{tls}\n"
