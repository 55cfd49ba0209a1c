"""The HTTP side of the fake: Web API, response URLs, uploads, and the WebSocket of Socket Mode."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import BodyPartReader, web

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.faults import Fault, Faults
from tests.slack.refused import Refused
from tests.slack.responses import respond
from tests.slack.socket import SocketMode
from tests.slack.state import State
from tests.slack.web.methods import Method, answer

# Their pages in docs.slack.dev/reference/methods name forms alone: of JSON they see nothing.
_FORMS_ALONE = frozenset(
    {
        "chat.getPermalink",
        "conversations.history",
        "conversations.info",
        "conversations.members",
        "conversations.replies",
        "files.getUploadURLExternal",
        "usergroups.list",
        "usergroups.users.list",
        "users.info",
    }
)
_JSON_ARGUMENTS = ("blocks", "view", "files", "metadata", "attachments")


class Server:
    """Listens on a port of its own; ``is_down`` makes every connection break."""

    def __init__(self, state: State, faults: Faults, socket: SocketMode) -> None:
        self.is_down = False
        self._state = state
        self._faults = faults
        self._socket = socket
        self._also: Mapping[str, Method] = {
            "apps.connections.open": Method(handler=socket.open_connection, scopes=("connections:write",))
        }
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response/{identifier}", self._response)
        app.router.add_post("/upload/{identifier}", self._upload)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def start(self) -> None:
        """Begins to listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024).start()
        self._state.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Ends all connections."""
        await self._runner.cleanup()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        token, arguments = await _arguments_of(request)
        method = request.match_info["method"]
        return self._answered(request, Call(method=method, token=token, arguments=arguments, at=self._state.clock()))

    async def _response(self, request: web.Request) -> web.StreamResponse:
        arguments = json.loads(await request.text())
        identifier = request.match_info["identifier"]
        call = Call(method="response_url", token=identifier, arguments=arguments, at=self._state.clock())
        return self._answered(request, call)

    def _answered(self, request: web.Request, call: Call) -> web.StreamResponse:
        """The answer, or what was scripted in its place."""
        self._state.calls.append(call)
        fault = Fault(is_dropped=True) if self.is_down else self._faults.take(call)
        try:
            if fault is None or fault.is_processed:
                call.answer = self._processed(call)
        except Refused as refused:
            call.answer = {"ok": False, "error": refused.error, **refused.more}
        if fault is not None:
            call.answer = str(fault)
        self._state.changes.happened()
        return _sent(request, call) if fault is None else _failed(request, fault)

    def _processed(self, call: Call) -> JsonObject:
        if call.method == "response_url":
            return respond(self._state, call)
        return answer(self._state, call, self._also)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        file = self._state.workspace.files.get(request.match_info["identifier"])
        if self.is_down:
            return _failed(request, Fault(is_dropped=True))
        if file is None:
            return web.Response(status=404, text="no such upload")
        content = await _content_of(request)
        if len(content) != file.length:
            return web.Response(status=400, text=f"{file.length} bytes were announced, {len(content)} came")
        file.content = content
        return web.Response(text=f"OK - {file.length}")

    async def _link(self, request: web.Request) -> web.StreamResponse:
        return _failed(request, Fault(is_dropped=True)) if self.is_down else await self._socket.link(request)


def _failed(request: web.Request, fault: Fault) -> web.Response:
    if fault.is_dropped:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.body is None:
        return web.Response(status=fault.status, text="<html>upstream error</html>", content_type="text/html")
    return web.json_response(fault.body, status=fault.status, headers=headers)


def _sent(_request: web.Request, call: Call) -> web.Response:
    if call.method != "response_url":
        return web.json_response(call.answer)
    assert isinstance(call.answer, dict)
    if call.is_ok:
        return web.Response(text="ok")
    return web.Response(status=404, text=str(call.answer["error"]))


async def _arguments_of(request: web.Request) -> tuple[str, JsonObject]:
    """Token and arguments, from a query, a form or JSON."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        seen = request.match_info.get("method") not in _FORMS_ALONE
        arguments |= json.loads(await request.text() or "{}") if seen else {}
    elif request.method == "POST":
        arguments |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in _JSON_ARGUMENTS:
        if isinstance(arguments.get(name), str) and arguments[name][:1] in ("[", "{"):
            arguments[name] = json.loads(arguments[name])
    header = request.headers.get("Authorization", "")
    given = arguments.pop("token", "")
    return header.removeprefix("Bearer ") or given, arguments


async def _content_of(request: web.Request) -> bytes:
    """The file itself, sent as the body or as a part of a form."""
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    content = b""
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader):
            content += bytes(await part.read())
    return content
