"""A process that serves Slack and kills itself at a point: ``python -m … FOLDER CLOUD_URL POINT``.

Where it is reached over HTTP it prints its address; over Socket Mode Slack sees it come.
"""

import os
import signal
import sys
from pathlib import Path
from typing import get_args

import anyio

from chatops.operations.points import Point
from chatops.settings import load_settings
from tests.chatops.surfaces.slack.flows.replicas import Around, replica
from tests.chatops.surfaces.slack.test_door import served


async def serve(folder: Path, url: str, point: str) -> None:
    around = Around()
    for each in get_args(Point):
        if each == point:
            around.at[each] = lambda: os.kill(os.getpid(), signal.SIGKILL)
    async with replica(around, load_settings(), folder, url, 9) as running:
        if running.door.events is None:
            await anyio.sleep_forever()
        async with served(running.door) as address:
            print(address, flush=True)  # noqa: T201  # the parent reads it
            await anyio.sleep_forever()


if __name__ == "__main__":
    anyio.run(serve, Path(sys.argv[1]), sys.argv[2], sys.argv[3])
