"""Standard input and output as the wire of the protocol: nothing else of this process can reach it."""

import fcntl
import os
import select
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel

from chatops.errors import ConfigurationError

LINE_LIMIT = 4 * 1024 * 1024
_CHUNK = 64 * 1024
_INPUT, _OUTPUT, _ERRORS = 0, 1, 2
_TOO_LONG = "a line that is too long"
_LAST_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Wire:
    """Two file descriptors, read and written without threads, so that waiting for them can be cancelled.

    ``gone`` is called when nobody reads any more.
    """

    inbound: int
    outbound: int
    gone: Callable[[], None]
    writing: anyio.Lock = field(default_factory=anyio.Lock)

    async def __aiter__(self) -> AsyncIterator[str]:
        """Lines, until the other side closes. Of a line above 4 MiB nothing remains but that it was no JSON."""
        pending = bytearray()
        is_too_long = False
        while chunk := await self._read():
            pending += chunk
            *ended, pending = pending.split(b"\n")
            for line in ended:
                yield _TOO_LONG if is_too_long else line.decode("utf-8", "replace")
                is_too_long = False
            if is_too_long or len(pending) > LINE_LIMIT:
                is_too_long, pending = True, bytearray()
        if pending or is_too_long:
            yield _TOO_LONG if is_too_long else pending.decode("utf-8", "replace")

    async def write(self, text: str) -> None:
        """Send it; when this is cancelled, what is left of it has one more second, so that no message is torn."""
        data = bytearray(text.encode())
        # Two messages never run into each other. Whoever writes before us ends when we would be cancelled as well.
        with anyio.CancelScope(shield=True):
            await self.writing.acquire()
        try:
            await self._send(data)
        except anyio.get_cancelled_exc_class():
            with anyio.move_on_after(_LAST_SECONDS, shield=True):
                await self._send(data)
            raise
        finally:
            self.writing.release()

    @property
    def is_abandoned(self) -> bool:
        """Whether nobody is there who could read any more."""
        looking = select.poll()
        looking.register(self.outbound, 0)
        return bool(looking.poll(0))

    async def flush(self) -> None:
        """Nothing is held back."""

    async def _send(self, data: bytearray) -> None:
        while data:
            await _ready(anyio.wait_writable, self.outbound)
            try:
                # As many bytes as never block once the descriptor is ready.
                del data[: os.write(self.outbound, data[: select.PIPE_BUF])]
            except BlockingIOError:
                continue
            except ConnectionError:  # a broken pipe is one
                data.clear()
                self.gone()

    async def _read(self) -> bytes:
        while True:
            await _ready(anyio.wait_readable, self.inbound)
            try:
                return os.read(self.inbound, _CHUNK)
            except BlockingIOError:
                continue
            except ConnectionError:
                return b""


def claim(gone: Callable[[], None]) -> Wire:
    """The wire, taken away from the rest of this process for as long as it lives.

    Whatever reads standard input from now on finds it empty; whatever is printed goes to standard error, by a library
    or a child process as well.

    Raises:
        ConfigurationError: standard input or output is closed.

    """
    sys.stdout.flush()
    try:
        # Above the standard ones, even where standard error is closed and its number is free.
        inbound, outbound = (fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, _ERRORS + 1) for each in (_INPUT, _OUTPUT))
    except OSError:
        raise ConfigurationError(
            "Standard input or output is closed.",
            next_step="chatops mcp is started by an assistant's client, which talks to it through both.",
        ) from None
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, _INPUT)
    try:
        os.dup2(_ERRORS, _OUTPUT)
    except OSError:
        os.dup2(nothing, _OUTPUT)
    os.close(nothing)
    return Wire(inbound=inbound, outbound=outbound, gone=gone)


async def _ready(wait: Callable[[int], Awaitable[None]], descriptor: int) -> None:
    try:
        await wait(descriptor)
    except PermissionError:
        # A file on a disk is always ready, and the system refuses to watch it.
        await anyio.lowlevel.checkpoint()
