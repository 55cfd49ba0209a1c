"""chatops audit: what happened, and that nobody has changed it."""

import os
import stat
from datetime import datetime
from functools import partial
from pathlib import Path

import anyio
import click

from chatops.audit import Anchor, Filter, Style, anchor, export, verify
from chatops.auditing import events_table, visible_events
from chatops.operations.visible import SEE_ALL
from chatops.outcome import Status
from chatops.rendering import Shown
from chatops.service import Records
from chatops.surfaces.terminal.printing import write
from chatops.surfaces.terminal.records.session import Answer, Desk, OpenRecords, answered

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
_TIMES = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]
_SINCE = "From this time on; without a zone, the local time of this machine."
_FILE = click.Path(dir_okay=False, path_type=Path)
_ANCHORED = click.option(
    "--anchor",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An anchor that was kept elsewhere: finds a tail that was cut.",
)


def audit_group(records: OpenRecords) -> click.Group:
    """The group of commands."""
    group = click.Group("audit", help="What happened, and that nobody has changed it.")

    @group.command("show")
    @click.option("--since", type=click.DateTime(_TIMES), help=_SINCE)
    @click.option("--person", help="What this person did, or what was done for them.")
    @click.option("--action", help="This action only, by its name or its word.")
    @click.option("--denied", is_flag=True, help="Only where somebody was told no.")
    @click.option("--operation", help="This operation only.")
    @click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many.")
    @_JSON
    def show_command(
        *,
        since: datetime | None,
        person: str | None,
        action: str | None,
        denied: bool,
        operation: str | None,
        limit: int,
        as_json: bool,
    ) -> int:
        """Show the newest events: your own, or all for approvers and admins."""
        wanted = Filter(since=_local(since), person=person, action=action, denied=denied, operation=operation)
        return answered(records, partial(_show, wanted, limit), what="Read the audit", as_json=as_json)

    @group.command("verify")
    @_ANCHORED
    @_JSON
    def verify_command(*, file: Path | None, as_json: bool) -> int:
        """Check that no event was changed, removed, inserted or reordered; exit 1 if one was."""
        return answered(records, partial(_verify, file), what="Verify the audit", as_json=as_json)

    @group.command("anchor")
    @click.argument("file", type=_FILE, required=False)
    @_JSON
    def anchor_command(*, file: Path | None, as_json: bool) -> int:
        """Write down how far the audit goes now. Keep it where nobody who writes to the store can write."""
        return answered(records, partial(_anchor, file), what="Anchor the audit", as_json=as_json)

    @group.command("export")
    @click.option("--format", "style", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
    @click.argument("file", type=_FILE, required=False)
    def export_command(*, style: str, file: Path | None) -> int:
        """Write every event to a file, or to standard output."""
        return answered(records, partial(_export, Style(style), file), what="Export the audit", as_json=False)

    return group


def _local(given: datetime | None) -> datetime | None:
    """The moment; one without a zone is one of the clock here."""
    return given.astimezone() if given is not None else None


async def _show(wanted: Filter, limit: int, desk: Desk[Records]) -> Answer:
    events = await visible_events(desk.place.database, wanted, desk.principal, limit=limit)
    return Answer(shown=events_table(events), data={"events": [event.document() for event in events]})


async def _verify(file: Path | None, desk: Desk[Records]) -> Answer:
    against = Anchor.parse(await anyio.Path(file).read_text(encoding="utf-8")) if file is not None else None
    found = await verify(desk.place.database, against)
    if found.is_intact:
        message = f"Intact: {found.events} events, each where and as it was written."
    else:
        message = f"NOT intact: {found.found} problems among {found.events} events."
    return Answer(
        shown=Shown(message=message, notes=found.problems),
        data={"intact": found.is_intact, "events": found.events, "problems": [*found.problems]},
        status=Status.DONE if found.is_intact else Status.FAILED,
    )


async def _anchor(file: Path | None, desk: Desk[Records]) -> Answer:
    taken = await anchor(desk.place.database)
    if file is None:
        return Answer(shown=Shown(message=""), text=taken.model_dump_json(), data=taken.model_dump(mode="json"))
    await anyio.Path(file).write_text(taken.model_dump_json() + "\n", encoding="utf-8")
    return Answer(shown=Shown(message=f"Anchored at event {taken.seq} in {file}."), data=taken.model_dump(mode="json"))


async def _export(style: Style, file: Path | None, desk: Desk[Records]) -> Answer:
    desk.require(SEE_ALL, "export the audit")
    lines = export(desk.place.database, Filter(), style)
    if file is None:
        async for line in lines:
            write(line)
        return Answer(shown=Shown(message=""), text="", data=None)
    count = 0
    async with await anyio.open_file(file, "w", encoding="utf-8", opener=_private) as out:
        async for line in lines:
            await out.write(line)
            count += 1
    return Answer(shown=Shown(message=f"Wrote {count} lines to {file}."), data={"lines": count})


def _private(path: str, flags: int) -> int:
    """What happened is for its owner's eyes, also where a file lay before that others could read."""
    descriptor = os.open(path, flags, 0o600)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.fchmod(descriptor, 0o600)
    return descriptor
