"""What chatops serve is: the doors of a team, side by side in one process. Slack is loaded where it is configured."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

from chatops.executor import Executor
from chatops.service import Service
from chatops.settings import Settings
from chatops.slack_app import SlackApp, slack_app_of
from chatops.surfaces.mcp import serve_http

if TYPE_CHECKING:
    from chatops.surfaces.slack.entrance import Build

OpenService = Callable[[], AbstractAsyncContextManager[Service]]


async def serve(open_service: OpenService, settings: Settings, build: "Build | None" = None) -> None:
    """Serve MCP over HTTP, and Slack where it is configured, until SIGTERM or SIGINT.

    ``build`` makes the flows of Slack; by default they are those of this package.

    Raises:
        ConfigurationError: a setting cannot be used, nobody could come in, or nothing can listen there.
        StoreUnavailable: the store cannot be opened.

    """
    app = slack_app_of(settings)
    if app is None:
        await serve_http(lambda: _alone(open_service), settings)
    else:
        await _with_slack(open_service, settings, app, build or _flows())


async def _with_slack(open_service: OpenService, settings: Settings, app: SlackApp, build: "Build") -> None:
    from chatops.surfaces.slack.entrance import Entrance  # noqa: PLC0415  # only where Slack is configured

    entrance = Entrance(settings=settings, app=app, build=build, new_id=lambda: uuid.uuid4().hex)

    @asynccontextmanager
    async def opened() -> AsyncIterator[Executor]:
        async with open_service() as service, entrance.open(service):
            yield service.executor

    await serve_http(opened, settings, (entrance,))


@asynccontextmanager
async def _alone(open_service: OpenService) -> AsyncIterator[Executor]:
    async with open_service() as service:
        yield service.executor


def _flows() -> "Build":
    """The flows of Slack, which answer what comes in."""
    from chatops.surfaces.slack.flows.composing import build  # noqa: PLC0415  # only where Slack is configured

    return build
