"""The Slack door of one process, put together: what comes in, who works on it, and what goes out."""

import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio

from chatops.errors import ConfigurationError
from chatops.operations.owners import process_name
from chatops.people import HasTeam
from chatops.settings import Settings
from chatops.slack_app import SlackApp, slack_app_of
from chatops.store import Database
from chatops.surfaces.slack.directory import Directory
from chatops.surfaces.slack.handler import Handler
from chatops.surfaces.slack.inbox import Inbox
from chatops.surfaces.slack.intake import Intake
from chatops.surfaces.slack.messages import Messages
from chatops.surfaces.slack.outgoing import Outgoing
from chatops.surfaces.slack.receiving.http import Events
from chatops.surfaces.slack.receiving.signatures import Signatures
from chatops.surfaces.slack.receiving.socket import Socket
from chatops.surfaces.slack.web import Web, web_client
from chatops.surfaces.slack.workers import Workers

GRACE = 20.0
"""Seconds for which work under way is waited for at the end; then another process takes it over."""


FLUSH = 5.0
"""Seconds in which messages are brought to their last state after that."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What the flows are built with. They may add what has to run for as long as the door is open to ``tasks``."""

    web: Web
    directory: Directory
    outgoing: Outgoing
    messages: Messages
    team_id: str
    tasks: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Door:
    """A door that is open. ``events`` answers at /slack/events, where there is a signing secret."""

    desk: Desk
    events: Events | None
    socket: Socket | None
    workers: Workers

    def why_not(self) -> str:
        """Why nothing can come in; empty if it can."""
        return "" if self.socket is None else self.socket.why_not()


@asynccontextmanager
async def open_door(
    settings: Settings, database: Database, team: HasTeam, new_id: Callable[[], str], build: Callable[[Desk], Handler]
) -> AsyncIterator[Door]:
    """The door, until the block ends: then nothing more comes in, and what is under way has twenty seconds.

    Raises:
        ConfigurationError: there is no bot token, or no way for requests to come in.
        SlackRejected: the bot token is not accepted.
        SlackUnavailable: Slack cannot be reached.

    """
    app = slack_app_of(settings)
    if app is None:
        raise ConfigurationError("Nothing is said of Slack.", next_step="Set CHATOPS_SLACK_BOT_TOKEN.")
    web = Web(client=web_client(app.bot_token, app.api_url))
    team_id = str((await web.ask("auth.test")).get("team_id") or "")
    clock = time.monotonic
    messages = Messages(database=database)
    desk = Desk(
        web=web,
        directory=Directory(web=web, team=team, team_id=team_id, clock=clock),
        outgoing=Outgoing(web=web, messages=messages, clock=clock),
        messages=messages,
        team_id=team_id,
    )
    handler = build(desk)
    inbox = Inbox(database=database, owner=process_name(new_id()))
    workers = Workers(inbox=inbox, handler=handler)
    intake = Intake(inbox=inbox, handler=handler, clock=clock, wake=workers.wake)
    door = Door(
        desk=desk,
        events=_events(app, intake, clock),
        socket=_socket(app, intake, clock),
        workers=workers,
    )
    async with _working(door):
        yield door


@asynccontextmanager
async def _working(door: Door) -> AsyncIterator[None]:
    async with anyio.create_task_group() as edits:
        edits.start_soon(door.desk.outgoing.run)
        for each in door.desk.tasks:
            edits.start_soon(each)
        async with anyio.create_task_group() as work:
            work.start_soon(door.workers.run)
            async with AsyncExitStack() as stack:
                if door.socket is not None:
                    await stack.enter_async_context(door.socket.open())
                yield
            door.workers.end()
            work.cancel_scope.deadline = anyio.current_time() + GRACE
        edits.cancel_scope.cancel()
    with anyio.move_on_after(FLUSH):
        await door.desk.outgoing.flush()


def _events(app: SlackApp, intake: Intake, clock: Callable[[], float]) -> Events | None:
    if app.signing_secret is None:
        return None
    signatures = Signatures(secret=app.signing_secret, now=time.time)
    return Events(signatures=signatures, intake=intake, clock=clock)


def _socket(app: SlackApp, intake: Intake, clock: Callable[[], float]) -> Socket | None:
    if app.app_token is None:
        return None
    return Socket(web=Web(client=web_client(app.app_token, app.api_url)), intake=intake, clock=clock)
