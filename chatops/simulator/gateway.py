"""The HTTP surface: reads a request to its end, lets faults strike, writes down what arrived, and answers."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chatops.simulator.damage import reply_instead, spoil
from chatops.simulator.errors import GatewayError, RefusedError
from chatops.simulator.exchange import JSON_TYPE, Incoming, Reply, refusal_reply
from chatops.simulator.faults import INSTEAD, Fault
from chatops.simulator.records import RequestRecord
from chatops.simulator.state import Simulator

Process = Callable[[Simulator, Incoming, str], Reply]
ABORT_EXTENSION = "simulator.abort"
_MOST_BYTES = 32 * 1024 * 1024
_MOST_TARGET_BYTES = 8 * 1024
_LENGTHY = ("POST", "PUT", "PATCH")


class ConnectionDroppedError(Exception):
    """A connection to be dropped where there is none: the application runs without its server."""


class DroppedResponse(Response):
    """No response at all: the connection is cut."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the ASGI signature
        """Cut the connection, and wait until the server has noticed, so that it sends no error of its own."""
        abort = scope.get("extensions", {}).get(ABORT_EXTENSION)
        if abort is None:
            raise ConnectionDroppedError
        abort()
        while (await receive())["type"] != "http.disconnect":
            pass


@dataclass(frozen=True, slots=True)
class Gateway:
    """Stands before every call, known or not."""

    simulator: Simulator

    def endpoint(self, name: str, process: Process) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of one call."""

        async def endpoint(request: Request) -> Response:
            return await self._serve(request, name, process)

        return endpoint

    async def refuse_unknown(self, request: Request, error: Exception) -> Response:
        """The answer for a path nobody serves, or a method it does not have."""
        known = getattr(error, "status_code", 404) == 405
        refusal = RefusedError(GatewayError.METHOD_UNKNOWN if known else GatewayError.API_UNKNOWN)
        return await self._serve(request, "unknown", lambda _state, _incoming, gid: refusal_reply(refusal, gid))

    async def _serve(self, request: Request, name: str, process: Process) -> Response:
        gateway_id = self.simulator.new_gateway_id()
        try:
            incoming = _incoming(request, await _read(request))
            early = _check(incoming)
        except RefusedError as refusal:
            incoming, early = _incoming(request, b""), refusal
        faults = self.simulator.faults.take(name, incoming.method, request.url.path)
        await self._disturb(faults)
        instead = next((fault for fault in faults if fault.kind in INSTEAD), None)
        if instead is not None and instead.kind == "drop_before":
            return self._drop(incoming, name, instead)
        if instead is not None:
            reply = reply_instead(instead, gateway_id)
        elif early is not None:
            reply = refusal_reply(early, gateway_id)
        else:
            drift = next((fault.drift for fault in faults if fault.kind == "page_drift"), "")
            reply = process(self.simulator, replace(incoming, drift=drift), gateway_id)
        return self._finish(incoming, name, reply, faults)

    async def _disturb(self, faults: list[Fault]) -> None:
        skews = [fault.seconds for fault in faults if fault.kind == "clock_skew"]
        self.simulator.clock.skew = sum(skews)
        for fault in faults:
            if fault.kind == "slow":
                with anyio.move_on_after(fault.seconds):
                    await self.simulator.closing.wait()
            elif fault.kind == "expired_token":
                self.simulator.tokens.revoke_all()

    def _finish(self, incoming: Incoming, name: str, reply: Reply, faults: list[Fault]) -> Response:
        processed = not any(fault.kind in INSTEAD for fault in faults)
        dropped = next((fault for fault in faults if fault.kind == "drop_after"), None)
        if processed:
            for fault in faults:
                reply = spoil(reply, fault)
            if dropped is not None:
                return self._drop(incoming, name, dropped, processed=True)
        self.simulator.requests.add(_record(incoming, name, reply, processed=processed))
        headers = dict(reply.headers)
        if reply.content_type is not None:
            headers["Content-Type"] = reply.content_type
        return Response(reply.body, reply.status, headers)

    def _drop(self, incoming: Incoming, name: str, fault: Fault, *, processed: bool = False) -> Response:
        reply = Reply(status=0, body=b"", verdict=f"fault:{fault.kind}")
        self.simulator.requests.add(_record(incoming, name, reply, processed=processed))
        return DroppedResponse()


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise RefusedError(GatewayError.BODY_TOO_LARGE)
    return bytes(body)


def _incoming(request: Request, body: bytes) -> Incoming:
    raw_query = request.scope["query_string"].decode("latin-1")
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return Incoming(
        method=request.method,
        path=request.scope["raw_path"].decode("latin-1"),
        raw_query=raw_query,
        query=tuple(parse_qsl(raw_query, keep_blank_values=True)),
        headers=headers,
        body=body,
        path_values={name: str(value) for name, value in request.path_params.items()},
    )


def _check(incoming: Incoming) -> RefusedError | None:
    """What the gateway refuses whatever the call is."""
    if len(incoming.path) + len(incoming.raw_query) > _MOST_TARGET_BYTES:
        return RefusedError(GatewayError.TARGET_TOO_LONG)
    if incoming.method in _LENGTHY and "content-length" not in incoming.headers:
        return RefusedError(GatewayError.LENGTH_REQUIRED)
    accepted = incoming.headers.get("accept", JSON_TYPE)
    if not any(kind in accepted for kind in (JSON_TYPE, "application/*", "*/*")):
        return RefusedError(GatewayError.NOT_ACCEPTABLE)
    return None


def _record(incoming: Incoming, name: str, reply: Reply, *, processed: bool) -> RequestRecord:
    return RequestRecord(
        operation=name,
        method=incoming.method,
        path=incoming.path,
        query=incoming.query,
        request_id=incoming.headers.get("x-request-id") or dict(incoming.query).get("x-request-id", ""),
        authentication=incoming.authentication,
        body=None if name == "iam-token" else _parsed(incoming.body),
        status=reply.status,
        verdict=reply.verdict,
        processed=processed,
        unknown=reply.unknown,
    )


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None  # recorded as no JSON, which it is
