"""Our server over HTTP for whoever comes, as the official suite wants it: it sends no tokens. Nothing of it ships.

``python -m tests.conformance.bare`` serves what ships, and with the word ``fixtures`` the actions and runbooks of
:mod:`tests.conformance.fixtures`, until it is ended. Everything else is what ``chatops serve`` serves.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import anyio
import uvicorn
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp
from starlette.applications import Starlette
from starlette.routing import Route

from chatops.app import Configuration, load_configuration, open_app
from chatops.control import every_action
from chatops.executor import Executor
from chatops.listening import PATH, Listening
from chatops.policy import PolicyHolder, load_policy
from chatops.principal import Assistant, Principal, Surface
from chatops.runbooks import load_runbooks
from chatops.surfaces.mcp.http import bind
from chatops.surfaces.mcp.server import build_server
from chatops.surfaces.mcp.sessions import sessions_of
from tests.conformance.fixtures import FIXTURES, fixture_runbooks

HOST = "127.0.0.1"


@asynccontextmanager
async def opened(configuration: Configuration, *, fixtures: bool) -> AsyncIterator[Executor]:
    """The service on the configured cloud; ``fixtures`` stand in the place of its actions."""
    known = {**every_action(), **FIXTURES}
    policy = PolicyHolder(lambda: load_policy(None, configuration.team, actions=known)) if fixtures else None
    async with open_app(configuration, policy) as service:
        yield replace(service.executor, actions=FIXTURES) if fixtures else service.executor


async def serve(*, fixtures: bool) -> None:
    """Serve at a free port of loopback, and say where."""
    configuration = load_configuration()

    def principal_of(assistant: Assistant) -> Principal:
        return configuration.principal(Surface.MCP, assistant)

    with bind(HOST, 0) as listener:
        port = listener.getsockname()[1]
        async with opened(configuration, fixtures=fixtures) as executor:
            runbooks = fixture_runbooks if fixtures else load_runbooks
            server = build_server(executor, principal_of, runbooks=runbooks)
            sessions = sessions_of(server, Listening(host=HOST, port=port, public=None, issuer=None))
            app = Starlette(routes=[Route(PATH, StreamableHTTPASGIApp(sessions))])
            config = uvicorn.Config(app, http="h11", ws="none", lifespan="off", log_level="warning")
            async with sessions.run():
                sys.stdout.write(f"http://localhost:{port}{PATH}\n")
                sys.stdout.flush()
                await uvicorn.Server(config).serve([listener])


if __name__ == "__main__":
    anyio.run(lambda: serve(fixtures="fixtures" in sys.argv[1:]))
