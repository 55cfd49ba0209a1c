"""What happened, one JSON line a step, in a file that only its owner reads. Lines are added, never changed."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import anyio
from pydantic import JsonValue

from chatops.errors import AuditUnavailable
from chatops.principal import Principal


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One step of one call. ``call`` is the same for all steps of a call; secrets are masked before they get here."""

    call: str
    step: str
    principal: Principal
    action: str
    params: Mapping[str, JsonValue]
    status: str | None = None
    error: str | None = None
    request_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Audit:
    """The audit file. ``now`` gives aware times."""

    file: Path
    now: Callable[[], datetime]

    async def write(self, entry: Entry) -> None:
        """Add one line, on disk when this returns.

        Raises:
            AuditUnavailable: it could not be written.

        """
        line = json.dumps(self._line(entry), ensure_ascii=True, separators=(",", ":")) + "\n"
        try:
            await anyio.to_thread.run_sync(self._append, line.encode())
        except OSError as error:
            raise AuditUnavailable(
                f"The audit file cannot be written: {error.strerror}.",
                next_step=f"Make {self.file} writable, with room on its disk.",
            ) from error

    def _append(self, line: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # One write to a file opened for appending: lines of several processes never mix.
            if os.write(descriptor, line) != len(line):
                raise OSError(0, "the disk is full")
            os.fdatasync(descriptor) if hasattr(os, "fdatasync") else os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _line(self, entry: Entry) -> dict[str, object]:
        principal = entry.principal
        assistant = principal.assistant
        line: dict[str, object] = {
            "at": self.now().isoformat(timespec="milliseconds"),
            "call": entry.call,
            "step": entry.step,
            "person": principal.person,
            "door": principal.surface.value,
            "assistant": f"{assistant.name} {assistant.version}" if assistant else None,
            "action": entry.action,
            "params": dict(entry.params),
            "status": entry.status,
            "error": entry.error,
            "request_ids": list(entry.request_ids) or None,
        }
        return {key: value for key, value in line.items() if value is not None}
