"""What a client has asked and was not answered yet: it is, although its side of the wire has ended."""

import re
from dataclasses import dataclass, field

import anyio
from mcp import types
from pydantic_core import from_json

from chatops.surfaces.mcp.wire import Wire

PATIENCE = 10.0
"""Seconds for which calls under way are waited for once standard input has ended."""

_LOOK = 0.05
_ENDLESS = "subscriptions/listen"
_CANCELLED = "notifications/cancelled"
_SAID = re.compile(r'\{"jsonrpc":"2\.0","id":(-?\d+|"(?:[^"\\]|\\.)*"),"(method|result|error)"')
"""How each request and each answer of the SDK begins: looked at without reading what may be long."""


@dataclass(kw_only=True)
class Owing:
    """Keeps the account of one client, by the ids of its requests."""

    patience: float = PATIENCE
    _asked: set[str | int] = field(default_factory=set)
    _questions: set[str | int] = field(default_factory=set)
    _settled: anyio.Event = field(default_factory=anyio.Event)

    def heard(self, message: types.JSONRPCMessage) -> None:
        """The client has sent this."""
        if isinstance(message, types.JSONRPCRequest):
            if message.method != _ENDLESS:
                self._asked.add(message.id)
        elif not isinstance(message, types.JSONRPCNotification):
            self._questions.discard(message.id if message.id is not None else "")
        elif message.method == _CANCELLED:
            self._asked.discard((message.params or {}).get("requestId", ""))

    def said(self, line: str) -> None:
        """The client was sent this."""
        found = _SAID.match(line)
        if found is None:
            return
        identifier = from_json(found[1])
        if found[2] == "method":
            self._questions.add(identifier)
        else:
            self._asked.discard(identifier)
        self._see()

    async def wait_settled(self, wire: Wire) -> None:
        """Wait until everything is answered that can be, nobody reads the answers, or patience ends.

        A call that waits for an answer of the client waits in vain: none comes any more.
        """
        self._see()
        with anyio.move_on_after(self.patience):
            while not self._settled.is_set() and not wire.is_abandoned:
                with anyio.move_on_after(_LOOK):
                    await self._settled.wait()

    def _see(self) -> None:
        if len(self._asked) <= len(self._questions):
            self._settled.set()
        elif self._settled.is_set():
            self._settled = anyio.Event()
