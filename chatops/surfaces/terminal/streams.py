"""The standard streams of this process, made fit for whatever a parent has left of them."""

import errno
import io
import os
import sys


class NoOutput(io.StringIO):
    """Standard output where there is none: an answer that nobody can get is a failure, and is told."""

    def write(self, text: str) -> int:  # noqa: ARG002  # the signature of every stream
        """Refuse it.

        Raises:
            OSError: always.

        """
        raise OSError(errno.EBADF, "Closed", "standard output")


def prepare_streams() -> None:
    """Closed ones are empty or take nothing, and characters the terminal lacks are written as escapes."""
    # The type checker believes that they are always there. The numbers of closed ones are taken: no file may get them.
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            nothing = os.open(os.devnull, os.O_RDWR)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, NoOutput() if name == "stdout" else os.fdopen(nothing, mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
