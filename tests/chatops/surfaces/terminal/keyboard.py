"""A real terminal with chatops in front of it: a pseudo-terminal that is the program's controlling one."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

_LAUNCH = "import fcntl, termios; fcntl.ioctl(2, termios.TIOCSCTTY, 0); from chatops.__main__ import main; main()"
_CONTROL_C = b"\x03"
_SECONDS = 30.0


class Keyboard:
    """What a person does and sees. Standard output may be a pipe instead, and standard input as well."""

    def __init__(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        *,
        columns: int = 100,
        piped_output: bool = False,
        piped_input: bool = False,
    ) -> None:
        self._screen, ours = pty.openpty()
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, *words],
            stdin=subprocess.PIPE if piped_input else ours,
            stdout=subprocess.PIPE if piped_output else ours,
            stderr=ours,
            env={"TERM": "xterm", **environment},
            cwd=folder,
            start_new_session=True,
        )
        os.close(ours)
        self.seen = ""

    def wait_for(self, text: str) -> None:
        """Read the screen until this stands on it."""
        until = time.monotonic() + _SECONDS
        while text not in self.seen:
            assert time.monotonic() < until, f"{text!r} never came: {self.seen!r}"
            assert self._read(1.0), f"ended without {text!r}: {self.seen!r}"

    def look(self) -> None:
        """Read what came within a tenth of a second."""
        self._read(0.1)

    def type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def press_control_c(self) -> None:
        os.write(self._screen, _CONTROL_C)

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def close_window(self) -> int:
        """The terminal is gone, as when its window is closed; the exit code."""
        os.close(self._screen)
        self._screen = -1
        self._process.communicate(timeout=_SECONDS)
        return self._process.returncode

    def end(self) -> tuple[int, str]:
        """Exit code and standard output, if that is a pipe; the rest of the screen is in ``seen``."""
        while self._read(_SECONDS):
            pass
        output, _ = self._process.communicate(timeout=_SECONDS)
        return self._process.returncode, (output or b"").decode()

    def close(self) -> None:
        """Nothing of it is left behind, whatever the test did."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
        if self._screen >= 0:
            os.close(self._screen)

    def _read(self, seconds: float) -> bool:
        """Whether the program still has the terminal open."""
        if select.select([self._screen], [], [], seconds)[0]:
            try:
                data = os.read(self._screen, 65_536)
            except OSError:  # Linux says EIO when the last one has closed it
                return False
            self.seen += data.decode(errors="replace")
            return bool(data)
        return True
