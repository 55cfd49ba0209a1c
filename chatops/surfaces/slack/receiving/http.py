"""Requests over HTTP, at /slack/events: signed, bounded, and answered by a status that Slack understands."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from pydantic import JsonValue
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from chatops.surfaces.slack.intake import Intake
from chatops.surfaces.slack.received import Received, Unreadable, read
from chatops.surfaces.slack.receiving.signatures import Signatures

PATH = "/slack/events"
BODY_LIMIT = 1024 * 1024
_FIELDS = 100


@dataclass(frozen=True, kw_only=True)
class Events:
    """An ASGI application for one path."""

    signatures: Signatures
    intake: Intake
    clock: Callable[[], float]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        arrived = self.clock()
        request = Request(scope, receive, send)

        async def answer(response: Response) -> None:
            await response(scope, receive, send)

        try:
            found = self._read(request, await _body(request))
        except ClientDisconnect:
            return
        if isinstance(found, Response):
            await answer(found)
            return

        async def acknowledge(carried: Mapping[str, JsonValue] | None) -> None:
            if await request.is_disconnected():
                raise ClientDisconnect
            await answer(Response() if carried is None else JSONResponse(dict(carried)))

        async def refuse() -> None:
            await answer(PlainTextResponse("This was not taken, and does not run.", status_code=503))

        await self.intake.take(found, arrived, acknowledge, refuse)

    def _read(self, request: Request, body: bytes | None) -> Received | Response:
        """The request of Slack; or the answer to what is none."""
        if body is None:
            return PlainTextResponse("This is too large.", status_code=413)
        if not self._is_signed(request, body):
            return PlainTextResponse("The signature is not good.", status_code=401)
        try:
            payload = _payload(request.headers.get("content-type", ""), body)
            return _special(payload) or read(payload)
        except (Unreadable, ValueError, RecursionError):
            return PlainTextResponse("This is nothing that is known here.", status_code=400)

    def _is_signed(self, request: Request, body: bytes) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        return self.signatures.is_good(body, stamp, request.headers.get("x-slack-signature", ""))


async def _body(request: Request) -> bytes | None:
    """The body; None for one that is too large, of which no more is read."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > BODY_LIMIT:
            return None
        parts.append(part)
    return b"".join(parts)


def _payload(content_type: str, body: bytes) -> Mapping[str, Any]:
    """The object that was sent: as JSON, as a form, or as JSON in a field of a form."""
    text = body.decode()
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return _object(text)
    fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS))
    return _object(fields["payload"]) if "payload" in fields else fields


def _object(text: str) -> Mapping[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise Unreadable("it is no object")
    return found


def _special(payload: Mapping[str, Any]) -> Response | None:
    """What Slack asks of the address itself."""
    if payload.get("type") == "url_verification":
        return JSONResponse({"challenge": str(payload.get("challenge"))})
    return Response() if "ssl_check" in payload and "command" not in payload else None
