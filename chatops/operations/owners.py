"""Processes as they are named in the store, and whether one that ran on this machine still lives."""

import os
import socket


def process_name(unique: str) -> str:
    """What this process is called in the store; no other one ever has this name."""
    return f"{_host()}:{os.getpid()}:{unique[:8]}"


def is_gone(owner: str | None) -> bool:
    """Whether this process surely does not run any more. False for one on another machine: its lease has to end.

    A wrong answer does no harm: a process whose operation was taken over sends nothing more.
    """
    host, _, rest = (owner or "").rpartition(":")[0].rpartition(":")
    if host != _host() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _host() -> str:
    return socket.gethostname()[:32]
