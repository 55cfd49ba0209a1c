"""A person at a terminal: starts a program on a pseudo-terminal and types when it asks."""

import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass

_READ = 4096
_MOST_OUTPUT = 256 * 1024
_ROWS, _COLUMNS = 50, 110


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What stood on the terminal, and how the program ended."""

    screen: str
    exit_code: int


def type_at_terminal(
    command: Sequence[str], environment: dict[str, str], *, asked: str, answer: str, seconds: float
) -> Typed:
    """Run the command at a terminal and type ``answer`` once ``asked`` stands there.

    Raises:
        TimeoutError: it did not end within ``seconds``.

    """
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (_ROWS, _COLUMNS))
    try:
        with subprocess.Popen(  # noqa: S603  # our own program
            list(command), stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        ) as process:
            os.close(theirs)
            try:
                screen = _converse(ours, asked, answer, deadline=time.monotonic() + seconds)
                return Typed(screen=screen, exit_code=process.wait(timeout=seconds))
            finally:
                process.kill()
    finally:
        os.close(ours)


def _converse(terminal: int, asked: str, answer: str, *, deadline: float) -> str:
    screen, answered = b"", False
    while len(screen) < _MOST_OUTPUT:
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError("the program did not end in time")
        try:
            part = os.read(terminal, _READ)
        except OSError:  # Linux says so when the program has closed its side
            part = b""
        if not part:
            break
        screen += part
        if asked and not answered and asked.encode() in screen:
            os.write(terminal, answer.encode() + b"\n")
            answered = True
    return screen.decode("utf-8", "replace").replace("\r\n", "\n")
