"""chatops pickup: what an assistant was not shown, for the person it was asked for, once."""

import sys
from collections.abc import Iterator, Mapping
from functools import partial

import click
from pydantic import JsonValue

from chatops.rendering import Shown
from chatops.service import Records
from chatops.surfaces.terminal.records.session import Answer, Desk, OpenRecords, answered


def pickup_command(records: OpenRecords) -> click.Command:
    """The command."""

    @click.command("pickup")
    @click.argument("pickup")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
    def command(*, pickup: str, as_json: bool) -> int:
        """Pick up a secret that was left for you, once, within five minutes. At a terminal only."""
        if not sys.stdout.isatty():
            raise click.UsageError(
                "chatops pickup shows a secret to a person at a terminal; standard output is none, "
                "so it was left where it is."
            )
        return answered(records, partial(_take, pickup), what="Pick up", as_json=as_json)

    return command


async def _take(identifier: str, desk: Desk[Records]) -> Answer:
    content = await desk.place.pickups.take(identifier, desk.principal)
    lines = "\n".join(f"{name}: {value}" for name, value in _lines(content))
    return Answer(shown=Shown(message=f"Picked up {identifier}; it is erased here."), text=lines, data={**content})


def _lines(content: Mapping[str, JsonValue], place: str = "") -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _lines(value, f"{place}{name}.")
        elif value not in (None, []):
            yield f"{place}{name}", ", ".join(map(str, value)) if isinstance(value, list) else str(value)
