"""Socket Mode over a real WebSocket: hello, envelopes, timed acknowledgements, disconnects, up to ten connections."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.delivery import ACK_SECONDS, Delivery, Kind, Receipt
from tests.slack.state import State

MOST_CONNECTIONS = 10


@dataclass(frozen=True, kw_only=True)
class Frame:
    """An acknowledgement as it came."""

    envelope_id: str
    payload: JsonObject
    connection: int
    at: float


@dataclass(kw_only=True, eq=False)
class Connection:
    """One WebSocket; one that retires gets no more envelopes."""

    number: int
    socket: web.WebSocketResponse
    request: web.Request
    is_retiring: bool = False
    envelopes: list[JsonObject] = field(default_factory=list)


class SocketMode:
    """All connections of the app; each envelope goes to one of them, in turns."""

    def __init__(self, state: State) -> None:
        self.connections: list[Connection] = []
        self.frames: list[Frame] = []
        self._state = state
        self._tickets: set[str] = set()
        self._waiting: dict[str, list[asyncio.Future[Frame]]] = {}
        self._known: dict[str, Kind] = {}
        self._numbers = count(1)
        self._turn = 0

    def open_connection(self, state: State, _call: Call) -> JsonObject:
        """``apps.connections.open``: an address good for one connection."""
        ticket = uuid4().hex
        self._tickets.add(ticket)
        address = state.url.replace("http://", "ws://")
        return {"url": f"{address}/link?ticket={ticket}&app_id={state.application.app_id}"}

    @property
    def ready(self) -> list[Connection]:
        """Connections that envelopes may go to."""
        return [one for one in self.connections if not one.is_retiring and not one.socket.closed]

    async def link(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=401, text="the ticket was used or never given")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        connection = Connection(number=next(self._numbers), socket=socket, request=request)
        self.connections.append(connection)
        try:
            await socket.send_json(self._hello())
            self._state.changes.happened()
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(connection, message.data)
        finally:
            self.connections.remove(connection)
            self._state.changes.happened()
        return socket

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Sends an envelope to the next connection; without any, the person is told so at once."""
        ready = self.ready
        if not ready:
            return Receipt(took=0.0, failure="dispatch_failed")
        self._turn += 1
        return await self.deliver_to(ready[self._turn % len(ready)], delivery)

    async def deliver_to(self, connection: Connection, delivery: Delivery) -> Receipt:
        """Sends an envelope to one connection; the acknowledgement may come over any."""
        identifier = delivery.envelope_id
        started = self._state.clock()
        future: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(identifier, []).append(future)
        self._known[identifier] = delivery.kind
        envelope = _envelope(delivery)
        connection.envelopes.append(envelope)
        timer = asyncio.ensure_future(self._state.clock.until(started + ACK_SECONDS))
        either: set[asyncio.Future[Any]] = {future, timer}
        try:
            await connection.socket.send_json(envelope)
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        except ConnectionError:
            return Receipt(took=self._state.clock() - started, failure="dispatch_failed")
        finally:
            timer.cancel()
            self._waiting[identifier].remove(future)
        took = (future.result().at if future.done() else self._state.clock()) - started
        if not future.done() or took > ACK_SECONDS:
            return Receipt(took=took, failure="operation_timeout")
        return Receipt(took=took, body=future.result().payload)

    async def disconnect(self, reason: str = "refresh_requested", connection: Connection | None = None) -> None:
        """Asks the app to connect anew: ``warning``, ``refresh_requested`` or ``link_disabled``."""
        for one in [connection] if connection else list(self.connections):
            one.is_retiring = reason != "warning"
            await one.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})
            if reason == "link_disabled":
                await one.socket.close()

    def cut(self, connection: Connection | None = None) -> None:
        """Breaks connections without a word."""
        for one in [connection] if connection else list(self.connections):
            one.is_retiring = True
            if one.request.transport is not None:
                one.request.transport.abort()

    async def close(self) -> None:
        """Ends every connection in order."""
        for one in list(self.connections):
            await one.socket.close()

    def _hello(self) -> JsonObject:
        info = {"app_id": self._state.application.app_id}
        debug = {"host": "fake", "approximate_connection_time": 18060}
        total = len(self.connections)
        return {"type": "hello", "num_connections": total, "connection_info": info, "debug_info": debug}

    def _acknowledged(self, connection: Connection, text: str) -> None:
        """Keeps the frame; complains about what Slack would not understand."""
        frame = _frame(connection, text, self._state.clock())
        if frame is None or frame.envelope_id not in self._known:
            self._state.complaints.append(f"not an acknowledgement of anything: {text[:200]}")
            self._state.changes.happened()
            return
        self.frames.append(frame)
        if frame.payload and self._known[frame.envelope_id] is Kind.EVENT:
            self._state.complaints.append("an event was acknowledged with a payload, which Slack does not accept")
        waiting = (future for future in self._waiting.get(frame.envelope_id, []) if not future.done())
        if (future := next(waiting, None)) is not None:
            future.set_result(frame)
        self._state.changes.happened()


def _envelope(delivery: Delivery) -> JsonObject:
    common = {"envelope_id": delivery.envelope_id, "type": delivery.kind.value, "payload": delivery.payload}
    if delivery.kind is not Kind.EVENT:
        return {**common, "accepts_response_payload": True}
    return {
        **common,
        "accepts_response_payload": False,
        "retry_attempt": delivery.retry,
        "retry_reason": delivery.reason,
    }


def _frame(connection: Connection, text: str, at: float) -> Frame | None:
    try:
        parsed: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(parsed, dict) or parsed.keys() - {"envelope_id", "payload"}:
        return None
    payload = parsed.get("payload") or {}
    if isinstance(payload, str):
        payload = {"text": payload}
    return Frame(envelope_id=str(parsed.get("envelope_id")), payload=payload, connection=connection.number, at=at)
