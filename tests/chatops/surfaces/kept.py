"""What another process has written to its store."""

from collections.abc import Mapping
from pathlib import Path

import anyio
from pydantic import JsonValue

from chatops.audit import Filter, every
from chatops.store import open_database


def audited(environment: Mapping[str, str]) -> list[dict[str, JsonValue]]:
    """The audit, oldest first; not from within an event loop."""
    folder = Path(environment["CHATOPS_STATE_DIR"])

    async def read() -> list[dict[str, JsonValue]]:
        database = open_database(f"sqlite:///{folder / 'chatops.db'}", state_key=None, folder=folder)
        try:
            return [event.document() async for event in every(database, Filter())]
        finally:
            database.close()

    return anyio.run(read)
