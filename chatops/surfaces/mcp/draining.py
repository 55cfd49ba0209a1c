"""The end of a service: what is under way goes on, streams that never end are ended, nothing new begins."""

from collections.abc import Mapping

import anyio
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_RETRY: Mapping[str, str] = {"Retry-After": "1", "Connection": "close"}


class Draining:
    """Knows the requests under way in an application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way: set[anyio.CancelScope] = set()
        self._streams: set[anyio.CancelScope] = set()
        self._empty = anyio.Event()
        self._is_closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, unless it comes too late."""
        if self._is_closing:
            await _ending()(scope, receive, send)
            return
        response = _Watched(send)
        with anyio.CancelScope() as cancelling:
            self._under_way.add(cancelling)
            if scope["method"] == "GET":
                self._streams.add(cancelling)
            try:
                await self._app(scope, receive, response)
            finally:
                self._leave(cancelling)
        if not response.is_begun:
            await _ending()(scope, receive, send)
        elif response.is_open:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def close(self) -> None:
        """Begin the end. A GET is a stream of the older era, which lasts as long as its client wants."""
        self._is_closing = True
        for each in self._streams:
            each.cancel()
        self._see_whether_empty()

    def abandon(self) -> None:
        """Wait for nobody."""
        for each in self._under_way:
            each.cancel()

    async def wait_empty(self) -> None:
        """Wait until nothing is under way any more."""
        await self._empty.wait()

    def _leave(self, left: anyio.CancelScope) -> None:
        self._under_way.discard(left)
        self._streams.discard(left)
        self._see_whether_empty()

    def _see_whether_empty(self) -> None:
        if self._is_closing and not self._under_way:
            self._empty.set()


def _ending() -> Response:
    return Response("chatops is ending.", status_code=503, headers=_RETRY)


class _Watched:
    """Sends, and knows whether a response has begun and not ended."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.is_begun = False
        self.is_open = False

    async def __call__(self, message: Message) -> None:
        self.is_begun = True
        await self._send(message)
        self.is_open = message["type"] == "http.response.start" or message.get("more_body", False)
