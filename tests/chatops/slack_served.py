"""chatops serve in a process of its own, with flows that only say what has reached them.

``hang`` says "working" and never ends; ``begun`` does so after what must not be done twice.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import anyio

from chatops.app import load_configuration, open_lasting
from chatops.errors import ChatopsError
from chatops.serving import serve
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.handler import Begin, Option
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.messages import Posted
from chatops.surfaces.slack.received import Received

_HANGS = "SAYING_HANGS"


def saying_command() -> list[str]:
    """Starts it."""
    root = Path(__file__).resolve().parent.parent.parent
    return [sys.executable, "-I", "-c", f"import sys; sys.path[:0] = [{str(root)!r}]; import {__name__} as m; m.main()"]


def hanging(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process in which ``hang`` and ``begun`` never end."""
    return {**environment, _HANGS: "yes"}


@dataclass(frozen=True, kw_only=True)
class Saying:
    """Says in the channel what becomes of each request."""

    office: Office
    hangs: bool

    async def handle(self, received: Received, begin: Begin) -> None:
        text = str(received.payload.get("text"))
        person = await self.office.desk.directory.principal(received.team, received.user)
        if text.startswith("begun"):
            await begin()
        if self.hangs and text.startswith(("hang", "begun")):
            await self._say(received, f"working: {text}")
            await anyio.sleep_forever()
        try:
            waiting = await self.office.service.ledger.listed()
        except ChatopsError as error:
            await self._say(received, error.message)
            return
        await self._say(received, f"{person.person}: {text}, {len(waiting)} operations")

    async def interrupted(self, received: Received) -> None:
        await self._say(received, f"interrupted: {received.payload.get('text')}")

    async def missed(self, received: Received) -> None:
        await self._say(received, f"missed: {received.payload.get('text')}")

    async def validate(self, submission: Received) -> Mapping[str, str]:  # noqa: ARG002  # the protocol
        return {}

    async def suggest(self, request: Received) -> Sequence[Option]:  # noqa: ARG002  # the protocol
        return ()

    async def _say(self, received: Received, text: str) -> None:
        new = Posted(team=received.team, key=f"{received.id}:{text}", kind="said", channel=received.channel)
        await self.office.desk.outgoing.post(new, Message(text=text))


def main() -> None:
    """As the command line does it, with these flows."""
    configuration = load_configuration(serving=True)

    def build(office: Office) -> Saying:
        return Saying(office=office, hangs=bool(os.environ.get(_HANGS)))

    anyio.run(serve, partial(open_lasting, configuration), configuration.settings, build)
