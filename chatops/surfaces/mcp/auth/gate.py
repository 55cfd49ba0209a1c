"""Stands before the protocol: nothing passes without a person, and no change without the scope for it."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

from mcp import types
from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from mcp.server.transport_security import RequestBodyLimitMiddleware
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatops.surfaces.mcp.auth.authenticator import Authenticator
from chatops.surfaces.mcp.auth.challenges import Challenges
from chatops.surfaces.mcp.auth.credential import (
    CHANGE,
    READ,
    CannotVerify,
    Credential,
    Unauthenticated,
    UnknownPerson,
    carried,
)
from chatops.surfaces.mcp.auth.refusals import PERSON_UNKNOWN, SCOPE_MISSING, TOKEN_REFUSED, Refusals

_LOG = logging.getLogger(__name__)

IsChange = Callable[[Credential, str], bool]
"""Whether this tool changes something, and is there for the person."""


class Gate:
    """Finds out whose request it is, and tells the application behind it."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        authenticator: Authenticator,
        challenges: Challenges,
        is_change: IsChange,
        limit: int,
        refusals: Refusals,
    ) -> None:
        self._app = app
        reading = ReadOnly(app, challenges=challenges, is_change=is_change, refusals=refusals)
        self._reading = RequestBodyLimitMiddleware(reading, limit)
        self._authenticator = authenticator
        self._challenges = challenges
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        try:
            credential = await self._authenticator.identify(Headers(scope=scope).getlist("authorization"))
        except Unauthenticated as error:
            if str(error):
                _LOG.info("a token was not accepted: %s", error)
                self._refusals.note(TOKEN_REFUSED, str(error), scope)
            await self._challenges.authenticate(str(error))(scope, receive, send)
        except UnknownPerson as error:
            _LOG.info("%s", error)
            self._refusals.note(PERSON_UNKNOWN, str(error), scope)
            await self._challenges.unknown(str(error))(scope, receive, send)
        except CannotVerify:
            await self._challenges.unavailable()(scope, receive, send)
        else:
            await self._pass(credential, scope, receive, send)

    async def _pass(self, credential: Credential, scope: Scope, receive: Receive, send: Send) -> None:
        if not credential.may_read:
            self._refusals.note(SCOPE_MISSING, f"This needs the scope {READ}.", scope, person=credential.person)
            await self._challenges.step_up(READ)(scope, receive, send)
            return
        # The SDK binds sessions and request state to what stands here: the person, whichever token they use.
        found = AccessToken(token="", client_id=credential.person, scopes=[], subject=credential.person)
        scope["user"] = AuthenticatedUser(found)
        token = carried.set(credential)
        try:
            await (self._app if credential.may_change else self._reading)(scope, receive, send)
        finally:
            carried.reset(token)


class ReadOnly:
    """Behind a token that is good for reading only: a call that changes something is answered with what is missing.

    What was judged is what is passed on, byte by byte written anew: a body that two readers understand differently
    gets no further than here.
    """

    def __init__(self, app: ASGIApp, *, challenges: Challenges, is_change: IsChange, refusals: Refusals) -> None:
        self._app = app
        self._refusals = refusals
        self._challenges = challenges
        self._is_change = is_change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            return
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            await _unreadable()(scope, receive, send)
            return
        credential = carried.get()
        changes = [name for name in _called(content) if self._is_change(credential, name)]
        if changes:
            why = f"{changes[0]} needs the scope {CHANGE}."
            self._refusals.note(SCOPE_MISSING, why, scope, person=credential.person)
            await self._challenges.step_up(CHANGE)(scope, receive, send)
            return
        written = json.dumps(content).encode()
        headers = [pair for pair in scope["headers"] if pair[0] not in {b"content-length", b"transfer-encoding"}]
        headers.append((b"content-length", str(len(written)).encode()))
        await self._app({**scope, "headers": headers}, _replayed(written, receive), send)


def _called(content: Any) -> Iterator[str]:  # noqa: ANN401  # whatever was sent
    """The tools that these messages call."""
    for message in content if isinstance(content, list) else [content]:
        if isinstance(message, dict) and message.get("method") == "tools/call":
            params = message.get("params")
            yield str(params.get("name")) if isinstance(params, dict) else ""


async def _body(receive: Receive) -> bytes | None:
    """The whole body, which is no longer than the limit in front of this; None when the client has left."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


def _unreadable() -> JSONResponse:
    error = {"code": types.PARSE_ERROR, "message": "Parse error"}
    return JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, status_code=400)
