"""chatops operations: every changing call and what became of it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import click
from pydantic import JsonValue

from chatops.building import sweeping
from chatops.carrying import STATUS_OF
from chatops.operations.by_phone import by_phone, rows
from chatops.operations.cancelling import cancel
from chatops.operations.progress import doubts, ending
from chatops.operations.records import Operation
from chatops.operations.visible import find_visible, person_seen
from chatops.rendering import Shown
from chatops.service import Records, Service
from chatops.showing import details, document, table
from chatops.surfaces.terminal.records.following import Following, is_contradicted
from chatops.surfaces.terminal.records.session import Answer, Desk, OpenRecords, OpenService, answered
from tools import AnyAction, load_actions

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def operations_group(records: OpenRecords, service: OpenService) -> click.Group:
    """The group of commands."""
    group = click.Group("operations", help="Every changing call, and what became of it.")

    @group.command("list")
    @click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="How many.")
    @_JSON
    def list_command(*, limit: int, as_json: bool) -> int:
        """List the newest operations: your own, or all for approvers and admins."""
        return answered(records, partial(_list, limit), what="List operations", as_json=as_json)

    @group.command("show")
    @click.argument("operation")
    @_JSON
    def show_command(*, operation: str, as_json: bool) -> int:
        """Show one operation with its plan, its requests, and what is known of each phone, failures first."""
        return answered(records, partial(_show, operation), what="Show operation", as_json=as_json)

    @group.command("watch")
    @click.argument("operation")
    @_JSON
    def watch_command(*, operation: str, as_json: bool) -> int:
        """Look at the phones of an operation until it is clear what became of them. Exits as the call would have."""
        return answered(service, partial(_watch, operation), what="Watch operation", as_json=as_json)

    @group.command("cancel")
    @click.argument("operation")
    @click.option("--reason", default="", help="Why; somebody else's needs one, and they read it.")
    @_JSON
    def cancel_command(*, operation: str, reason: str, as_json: bool) -> int:
        """Take an operation back, or stop what of it was not sent yet. Nothing that was sent is undone."""
        return answered(records, partial(_cancel, operation, reason.strip()), what="Cancel operation", as_json=as_json)

    @group.command("reconcile")
    @_JSON
    def reconcile_command(*, as_json: bool) -> int:
        """Take over what dead processes have left: settle it, and find out by reading what became of it."""
        return answered(service, _reconcile, what="Take over", as_json=as_json)

    return group


async def _list(limit: int, desk: Desk[Records]) -> Answer:
    ledger, person = desk.place.ledger, person_seen(desk.principal)
    await ledger.expire()
    listed = await ledger.listed(person=person, limit=limit)
    whose = f" of {person}" if person is not None else ""
    message = f"{len(listed)} operation{'' if len(listed) == 1 else 's'}{whose}."
    return Answer(shown=table(listed, message), data={"operations": [document(each) for each in listed]})


async def _show(identifier: str, desk: Desk[Records]) -> Answer:
    await desk.place.ledger.expire()
    operation = await find_visible(desk.place.ledger, identifier, desk.principal)
    shown, data = _described(operation, load_actions())
    return Answer(shown=shown, data=data, operation_id=operation.id)


def _described(operation: Operation, actions: Mapping[str, AnyAction]) -> tuple[Shown, JsonValue]:
    """Everything that is known of it, down to each phone."""
    known = by_phone(operation, actions.get(operation.action))
    shown, data = details(operation), document(operation)
    each: list[JsonValue] = [{"instance_id": phone, "state": word} for phone, word in known]
    return replace(shown, rows=(*shown.rows, *rows(known, "--json"))), {**data, "phones": each}


async def _watch(identifier: str, desk: Desk[Service]) -> Answer:
    service = desk.place
    await find_visible(service.ledger, identifier, desk.principal)
    # Whoever watched it may have died: then it is taken over here, as soon as the lease has run out.
    async with sweeping(service.recovery):
        (operation,) = await _following(desk).follow(identifier)
    said = ending(operation, service.actions.get(operation.action))
    shown, data = _described(operation, service.actions)
    return Answer(
        shown=replace(shown, message=f"{shown.message} {said}".rstrip(), notes=doubts(operation)),
        data=data,
        status=STATUS_OF[operation.state],
        contradicted=is_contradicted(operation),
        operation_id=operation.id,
    )


def _following(desk: Desk[Service]) -> Following:
    return Following(
        find=desk.place.ledger.find, actions=desk.place.actions, interrupts=desk.interrupts, waiting=desk.waiting
    )


async def _cancel(identifier: str, reason: str, desk: Desk[Records]) -> Answer:
    done = await cancel(desk.place.dispatch, identifier, desk.principal, reason=reason)
    operation = done.operation
    return Answer(shown=Shown(message=done.message), data=document(operation), operation_id=operation.id)


async def _reconcile(desk: Desk[Service]) -> Answer:
    desk.require(("operator", "approver", "admin"), "take over what others have begun")
    recovery = desk.place.recovery
    touched = await recovery.sweep()
    async with sweeping(recovery):
        final = await _following(desk).follow(*(each.id for each in touched))
    count = f"{len(final)} operation{' was' if len(final) == 1 else 's were'}"
    message = f"{count} taken over." if final else "Nothing was left behind."
    return Answer(shown=table(final, message), data={"operations": [document(each) for each in final]})
