"""Tells clients of both eras that the lists of tools, prompts and resources may be other ones now."""

import logging
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from anyio.abc import TaskStatus
from mcp import MCPError, types
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import NotificationOptions, Server
from mcp.server.models import InitializationOptions
from mcp.server.session import ServerSession
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    PromptsListChanged,
    ResourcesListChanged,
    ToolsListChanged,
)

from chatops.errors import StoreUnavailable
from chatops.executor import Executor
from chatops.standing import Standing

MOST_SESSIONS = 256
"""Of the older era, open at one time."""

MOST_STREAMS_OF_ONE = 32
"""Of the newer era, on which one person listens at one time: the others find room."""

_MOST_STREAMS = 256
_PAUSE = 2.0
_SESSION = "mcp-session-id"
_LISTS = ("on_list_tools", "on_list_prompts", "on_list_resources")
_LOG = logging.getLogger(__name__)


class Announcing(Server[Any]):
    """A server that says its lists change, and to whom they have.

    A client of the newer era listens on a stream; one of the older era is told in its session once it has listed.
    """

    def __init__(self, name: str, **options: Any) -> None:  # noqa: ANN401  # handed on to the SDK as they are
        self._bus = InMemorySubscriptionBus()
        self._streams = ListenHandler(self._bus, max_subscriptions=_MOST_STREAMS)
        # The SDK does not say when a session ends. A notification to one that has is dropped, and the oldest go first.
        self._sessions: OrderedDict[str, ServerSession] = OrderedDict()
        self._listening: Counter[str] = Counter()
        lists = {each: self._remembering(options[each]) for each in _LISTS if each in options}
        super().__init__(name, on_subscriptions_listen=self._listen, **{**options, **lists})

    def create_initialization_options(
        self,
        notification_options: NotificationOptions | None = None,
        experimental_capabilities: dict[str, dict[str, Any]] | None = None,
        extensions: dict[str, dict[str, Any]] | None = None,
    ) -> InitializationOptions:
        """What the older era is told in its handshake; the transport over HTTP asks for it without options."""
        options = notification_options or NotificationOptions(
            tools_changed=True, prompts_changed=True, resources_changed=True
        )
        return super().create_initialization_options(options, experimental_capabilities, extensions)

    def listed(self, context: ServerRequestContext[Any, Any]) -> None:
        """Somebody has seen a list, and wants to know when it is another one."""
        headers = getattr(context.request, "headers", {})
        session = headers.get(_SESSION, "")
        self._sessions[session] = context.session
        self._sessions.move_to_end(session)
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)

    async def announce(self, *, of_team: bool = True) -> None:
        """Tell everybody who wants to know. Prompts and resources depend on the team, tools on freezes as well."""
        await self._bus.publish(ToolsListChanged())
        if of_team:
            await self._bus.publish(PromptsListChanged())
            await self._bus.publish(ResourcesListChanged())
        for session in list(self._sessions.values()):
            await session.send_tool_list_changed()
            if of_team:
                await session.send_prompt_list_changed()
                await session.send_resource_list_changed()

    def close_streams(self) -> None:
        """End what clients of the newer era listen on, with a last word."""
        self._streams.close()

    async def _listen(
        self, context: ServerRequestContext[Any, Any], params: types.SubscriptionsListenRequestParams
    ) -> types.SubscriptionsListenResult:
        user = getattr(context.request, "scope", {}).get("user")
        person = user.username if isinstance(user, AuthenticatedUser) else ""
        if self._listening[person] >= MOST_STREAMS_OF_ONE:
            raise MCPError(types.INTERNAL_ERROR, "Too many streams of one person are open; close one of them.")
        self._listening[person] += 1
        try:
            return await self._streams(context, params)
        finally:
            self._listening[person] -= 1

    def _remembering(self, handler: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def handle(context: ServerRequestContext[Any, Any], params: object) -> object:
            self.listed(context)
            return await handler(context, params)

        return handle


async def keep_announcing(
    server: Announcing, executor: Executor, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED
) -> None:
    """Look again and again whether roles, policy or freezes are what they were; for a task of its own.

    Looked at rather than told: a freeze comes from another process, and a window of the team file from the clock.
    It has started once it has looked.
    """
    before = await _look(executor)
    task_status.started()
    while True:
        await anyio.sleep(_PAUSE)
        after = await _look(executor)
        if before is not None and after is not None and after.differs(before):
            await server.announce(of_team=after.team is not before.team)
        before = after or before


async def _look(executor: Executor) -> Standing | None:
    try:
        return await executor.standing()
    except StoreUnavailable as error:
        _LOG.debug("what stands cannot be seen just now: %s", error.message)
        return None
