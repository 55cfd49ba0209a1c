"""Running a simulator: inside a program, or as one."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import anyio
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from chatops.simulator.application import build_app
from chatops.simulator.gateway import ABORT_EXTENSION
from chatops.simulator.settings import SimulatorSettings
from chatops.simulator.state import Simulator


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    """A simulator that listens. The URL is the base of the service and of IAM alike."""

    url: str
    simulator: Simulator


class _CuttableProtocol(H11Protocol):
    """Lets the application cut the connection, which ASGI has no word for."""

    def connection_made(  # type: ignore[override]  # uvicorn narrows the transport in the same way
        self, transport: asyncio.Transport
    ) -> None:
        super().connection_made(transport)
        application = self.app

        async def cuttable(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT_EXTENSION] = transport.abort
            await application(scope, receive, send)

        self.app = cuttable


class _Server(uvicorn.Server):
    """Says when it listens, leaves signals to the program around it, and does not wait for slow faults at its end."""

    def __init__(self, config: uvicorn.Config, simulator: Simulator) -> None:
        super().__init__(config)
        self.listening = anyio.Event()
        self._simulator = simulator

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._simulator.closing.set()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serve(settings: SimulatorSettings, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[RunningSimulator]:
    """A simulator that listens for as long as the context lasts; port 0 takes any free one.

    Raises:
        OSError: if the port cannot be had.

    """
    app = build_app(settings)
    simulator: Simulator = app.state.simulator
    listener = _listen(host, port)
    config = uvicorn.Config(
        app,
        http=_CuttableProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = _Server(config, simulator)
    failure: Exception | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_serve_to_the_end, server, listener)
        try:
            await server.listening.wait()
            yield RunningSimulator(_url(listener), simulator)
        except Exception as error:  # noqa: BLE001  # raised again below: inside, the group would wrap it
            failure = error
        finally:
            server.should_exit = True
    if failure is not None:
        raise failure


async def _serve_to_the_end(server: _Server, listener: socket.socket) -> None:
    """Serve until told to end; a cancellation around it must not leave the socket open."""
    with anyio.CancelScope(shield=True):
        await server.serve([listener])


def run(
    settings: SimulatorSettings,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    listening: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until SIGINT or SIGTERM; one line on standard output says when and where it listens.

    ``listening`` is told the URL just before.

    Raises:
        OSError: if the port cannot be had.

    """
    anyio.run(_run, settings, host, port, listening)


async def _run(settings: SimulatorSettings, host: str, port: int, listening: Callable[[str], None]) -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with serve(settings, host, port) as running:
            listening(running.url)
            phones = len(running.simulator.fleet)
            about = f"{phones} phones, dialect {settings.dialect}, seed {settings.seed}"
            sys.stdout.write(f"CloudDevice simulator on {running.url} ({about})\n")
            sys.stdout.flush()
            async for _ in signals:
                break


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; else every answer waits for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
