"""The Slack door in a process that serves others as well: opened once Slack is reached, and watched from then on."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from chatops.errors import ChatopsError, SlackRejected
from chatops.service import Service
from chatops.settings import Settings
from chatops.slack_app import SlackApp
from chatops.surfaces.slack.door import Desk, Door, open_door
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.handler import Handler
from chatops.surfaces.slack.receiving.http import PATH
from chatops.surfaces.slack.web import TOKEN_IS_BAD

LOOKS_AFTER = 30.0
"""Seconds between two looks at whether Slack can be reached, and still accepts our token."""

NOT_REACHED_YET = "slack_not_reached_yet"
_FAULT = "slack_fault"
_HOW_TO_RENEW = (
    "Install the Slack app in its workspace again, give CHATOPS_SLACK_BOT_TOKEN its new bot token, and start chatops "
    "serve again."
)
_LOG = logging.getLogger(__name__)

Build = Callable[[Office], Handler]
"""Makes the flows of what they work with."""


@dataclass(kw_only=True)
class Entrance:
    """An ASGI application at /slack/events, and the door behind it. ``build`` is asked whenever the door is opened."""

    settings: Settings
    app: SlackApp
    build: Build
    new_id: Callable[[], str]
    looks_after: float = LOOKS_AFTER
    _door: Door | None = field(default=None, init=False)
    _why: str = field(default=NOT_REACHED_YET, init=False)
    _ending: anyio.Event = field(default_factory=anyio.Event, init=False)
    _ended: anyio.Event = field(default_factory=anyio.Event, init=False)
    _all: anyio.CancelScope = field(default_factory=anyio.CancelScope, init=False)

    name: str = field(default="slack", init=False)
    path: str = field(default=PATH, init=False)

    @property
    def told(self) -> str:
        """How requests come in."""
        ways = (self.app.app_token and "over Socket Mode", self.app.signing_secret and f"at {PATH}")
        return f"Slack {' and '.join(each for each in ways if isinstance(each, str))}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request of Slack over HTTP. What cannot be taken fails, and Slack tells whoever asked."""
        if self.app.signing_secret is None:
            await PlainTextResponse("Requests come over Socket Mode here.", status_code=404)(scope, receive, send)
        elif self._door is None or self._door.events is None:
            await PlainTextResponse("Slack is not reached just now.", status_code=503)(scope, receive, send)
        else:
            await self._door.events(scope, receive, send)

    def why_not(self) -> str:
        """A code that says why Slack cannot be used just now; empty if it can."""
        if self._why or self._door is None:
            return self._why or NOT_REACHED_YET
        return self._door.why_not()

    @asynccontextmanager
    async def open(self, service: Service) -> AsyncIterator[None]:
        """Keep the door open until the block ends, or ``end`` is called."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._keep_open, service)
            try:
                yield
            finally:
                self.end(at_once=False)

    def end(self, *, at_once: bool) -> None:
        """Take nothing new. What is under way has a while, unless it has to be ``at_once``."""
        self._ending.set()
        if at_once or self._door is None:
            self._all.cancel()

    async def wait_ended(self) -> None:
        """Wait until nothing is under way any more."""
        await self._ended.wait()

    async def _keep_open(self, service: Service) -> None:
        try:
            await self._open_until_ended(service)
        finally:
            self._ended.set()

    async def _open_until_ended(self, service: Service) -> None:
        with self._all:
            while not self._ending.is_set():
                try:
                    await self._open_once(service)
                except ChatopsError as error:
                    self._tell(error)
                except Exception:  # noqa: BLE001  # a fault of this door must not end the others in this process
                    self._why = _FAULT
                    _LOG.exception("the Slack door has ended in a fault, and is opened again")
                with anyio.move_on_after(self.looks_after):
                    await self._ending.wait()

    async def _open_once(self, service: Service) -> None:
        def build(desk: Desk) -> Handler:
            return self.build(Office(desk=desk, service=service, command=self.app.command))

        try:
            async with open_door(self.settings, service.database, service.people, self.new_id, build) as door:
                self._door = door
                self._is_well()
                async with anyio.create_task_group() as looking:
                    looking.start_soon(self._keep_looking, door)
                    await self._ending.wait()
                    looking.cancel_scope.cancel()
        finally:
            # Until now: what is under way at the end needs its twenty seconds.
            self._door = None

    async def _keep_looking(self, door: Door) -> None:
        """A token that was revoked is told before somebody needs it."""
        while True:
            await anyio.sleep(self.looks_after)
            try:
                await door.desk.web.ask("auth.test")
            except ChatopsError as error:
                self._tell(error)
            else:
                self._is_well()

    def _is_well(self) -> None:
        if self._why not in ("", NOT_REACHED_YET):
            _LOG.warning("Slack is reached again")
        self._why = ""

    def _tell(self, error: ChatopsError) -> None:
        """Say once why it does not work, and what to do about it."""
        code, next_step = error.code, error.next_step
        if isinstance(error, SlackRejected) and error.upstream_code in TOKEN_IS_BAD:
            code, next_step = str(error.upstream_code), _HOW_TO_RENEW
        if code != self._why:
            self._why = code
            again = next_step or "It is tried again until it works; everything else goes on."
            _LOG.error("Slack cannot be used (%s): %s %s", code, error.message, again)
