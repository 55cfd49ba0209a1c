"""What cannot be read gets an answer, so that no client waits for one; what can be read goes on to the protocol."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from mcp import types
from pydantic import JsonValue, ValidationError
from pydantic_core import from_json, to_json

from chatops.surfaces.mcp.owing import Owing
from chatops.surfaces.mcp.wire import Wire

_ID_LIMIT = 256


@dataclass(frozen=True, kw_only=True)
class Screened:
    """A wire of which only messages come through. It ends once what was asked is answered, or after a while."""

    wire: Wire
    owing: Owing = field(default_factory=Owing)

    async def __aiter__(self) -> AsyncIterator[str]:
        """Lines that hold a message; the others are answered here."""
        async for line in self.wire:
            message = message_of(line)
            if not isinstance(message, str):
                self.owing.heard(message)
                yield line
            elif message:
                await self.wire.write(message)
        await self.owing.wait_settled(self.wire)

    async def write(self, text: str) -> None:
        """As :meth:`Wire.write`."""
        await self.wire.write(text)
        self.owing.said(text)

    async def flush(self) -> None:
        """As :meth:`Wire.flush`."""
        await self.wire.flush()


def message_of(line: str) -> types.JSONRPCMessage | str:
    """The message of this line; where it is none, the answer to it as a line, empty where none is expected."""
    if not line.strip():
        return ""
    try:
        # As the protocol reads it: what passes here is not silently dropped there.
        message = types.jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValidationError:
        return _refusal(line)
    if isinstance(message, types.JSONRPCNotification) and "id" in from_json(line):
        # With an id that is none it was meant as a request, and whoever sent it waits.
        return _refusal(line)
    return message


def _refusal(line: str) -> str:
    try:
        content: JsonValue = from_json(line)
    except ValueError:
        return _error(None, types.PARSE_ERROR, "This line is not JSON of up to 4 MiB with up to 200 levels.")
    if isinstance(content, dict) and not content.get("method") and content.keys() & {"result", "error"}:
        # An answer that cannot be read is not answered: two sides that do so never end.
        return ""
    said = content.get("id") if isinstance(content, dict) else None
    return _error(said, types.INVALID_REQUEST, "This is no JSON-RPC 2.0 message; one stands on each line.")


def _error(said: JsonValue, code: int, message: str) -> str:
    is_id = (isinstance(said, int) and not isinstance(said, bool)) or (isinstance(said, str) and len(said) <= _ID_LIMIT)
    answer: dict[str, JsonValue] = {
        "jsonrpc": "2.0",
        "id": said if is_id else None,
        "error": {"code": code, "message": message},
    }
    return f"{to_json(answer).decode()}\n"
