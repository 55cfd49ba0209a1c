"""chatops audit: what happened, and that nobody has changed it."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

import anyio
import click

from chatops.audit import Anchor, Filter, Recorded, Style, anchor, export, show, verify
from chatops.principal import Principal
from chatops.rendering import Shown
from chatops.roles import Role
from chatops.service import Records
from chatops.surfaces.terminal.printing import write
from chatops.surfaces.terminal.records.session import Answer, OpenRecords, answered, require

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
_SEE_ALL: tuple[Role, ...] = ("approver", "admin")
_FILE = click.Path(dir_okay=False, path_type=Path)


def audit_group(records: OpenRecords) -> click.Group:
    """The group of commands."""
    group = click.Group("audit", help="What happened, and that nobody has changed it.")

    @group.command("show")
    @click.option("--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d"]), help="From this time on.")
    @click.option("--person", help="What this person did, or what was done for them.")
    @click.option("--action", help="This action only.")
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
        moment = since.astimezone() if since is not None else None
        wanted = Filter(since=moment, person=person, action=action, denied=denied, operation=operation)
        return answered(records, partial(_show, wanted, limit), as_json=as_json)

    @group.command("verify")
    @click.option("--anchor", "file", type=_FILE, help="An anchor that was kept elsewhere: finds a tail that was cut.")
    @_JSON
    def verify_command(*, file: Path | None, as_json: bool) -> int:
        """Check that no event was changed, removed, inserted or reordered; exit 1 if one was."""
        return answered(records, partial(_verify, file), as_json=as_json)

    @group.command("anchor")
    @click.argument("file", type=_FILE, required=False)
    @_JSON
    def anchor_command(*, file: Path | None, as_json: bool) -> int:
        """Write down how far the audit goes now. Keep it where nobody who writes to the store can write."""
        return answered(records, partial(_anchor, file), as_json=as_json)

    @group.command("export")
    @click.option("--format", "style", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True)
    @click.argument("file", type=_FILE, required=False)
    def export_command(*, style: str, file: Path | None) -> int:
        """Write every event to a file, or to standard output."""
        return answered(records, partial(_export, Style(style), file), as_json=False)

    return group


async def _show(wanted: Filter, limit: int, place: tuple[Records, Principal]) -> Answer:
    records, principal = place
    if not principal.roles & set(_SEE_ALL):
        wanted = replace(wanted, person=principal.person)
    events = await show(records.database, wanted, limit=limit)
    rows = tuple(_row(event) for event in events)
    return Answer(
        shown=Shown(
            message=f"{len(events)} events.",
            columns=("time (UTC)", "event", "person", "action", "operation", "status"),
            rows=rows,
        ),
        data={"events": [event.document() for event in events]},
    )


def _row(event: Recorded) -> tuple[str | None, ...]:
    status = event.body.get("status")
    return (
        event.at.strftime("%Y-%m-%d %H:%M:%S"),
        event.kind,
        event.person,
        event.action,
        event.operation,
        str(status) if status is not None else None,
    )


async def _verify(file: Path | None, place: tuple[Records, Principal]) -> Answer:
    records, _ = place
    against = Anchor.parse(await anyio.Path(file).read_text(encoding="utf-8")) if file is not None else None
    found = await verify(records.database, against)
    if found.is_intact:
        message = f"Intact: {found.events} events, each where and as it was written."
    else:
        message = f"NOT intact: {found.found} problems among {found.events} events."
    return Answer(
        shown=Shown(message=message, notes=found.problems),
        data={"intact": found.is_intact, "events": found.events, "problems": [*found.problems]},
        exit_code=0 if found.is_intact else 1,
    )


async def _anchor(file: Path | None, place: tuple[Records, Principal]) -> Answer:
    records, _ = place
    taken = await anchor(records.database)
    if file is None:
        return Answer(shown=Shown(message=""), text=taken.model_dump_json(), data=taken.model_dump(mode="json"))
    await anyio.Path(file).write_text(taken.model_dump_json() + "\n", encoding="utf-8")
    return Answer(shown=Shown(message=f"Anchored at event {taken.seq} in {file}."), data=taken.model_dump(mode="json"))


async def _export(style: Style, file: Path | None, place: tuple[Records, Principal]) -> Answer:
    records, principal = place
    require(principal, _SEE_ALL, "export the audit")
    count = 0
    if file is None:
        async for line in export(records.database, Filter(), style):
            write(line)
            count += 1
        return Answer(shown=Shown(message=""), text="", data=None)
    async with await anyio.open_file(file, "w", encoding="utf-8") as out:
        async for line in export(records.database, Filter(), style):
            await out.write(line)
            count += 1
    return Answer(shown=Shown(message=f"Wrote {count} lines to {file}."), data={"lines": count})
