"""chatops operations: every changing call and what became of it."""

from functools import partial

import click

from chatops.audit import Kind
from chatops.errors import ConsentGone, UnknownAction
from chatops.operations.ledger import Ledger
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.principal import Principal
from chatops.rendering import Shown
from chatops.roles import Role
from chatops.service import Records, Service
from chatops.surfaces.terminal.records.following import follow
from chatops.surfaces.terminal.records.session import Answer, OpenRecords, OpenService, answered
from chatops.surfaces.terminal.records.showing import details, document, table

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
_SEE_ALL: frozenset[Role] = frozenset({"approver", "admin"})


def operations_group(records: OpenRecords, service: OpenService) -> click.Group:
    """The group of commands."""
    group = click.Group("operations", help="Every changing call, and what became of it.")

    @group.command("list")
    @click.option("--limit", type=click.IntRange(1, 200), default=20, show_default=True, help="How many.")
    @_JSON
    def list_command(*, limit: int, as_json: bool) -> int:
        """List the newest operations: your own, or all for approvers and admins."""
        return answered(records, partial(_list, limit), as_json=as_json)

    @group.command("show")
    @click.argument("operation")
    @_JSON
    def show_command(*, operation: str, as_json: bool) -> int:
        """Show one operation with its plan and its requests."""
        return answered(records, partial(_show, operation), as_json=as_json)

    @group.command("watch")
    @click.argument("operation")
    @_JSON
    def watch_command(*, operation: str, as_json: bool) -> int:
        """Look at the phones of an operation until it is clear what became of them."""
        return answered(service, partial(_watch, operation), as_json=as_json)

    @group.command("cancel")
    @click.argument("operation")
    @_JSON
    def cancel_command(*, operation: str, as_json: bool) -> int:
        """Take an operation back, or stop what of it was not sent yet. Nothing that was sent is undone."""
        return answered(service, partial(_cancel, operation), as_json=as_json)

    @group.command("reconcile")
    @_JSON
    def reconcile_command(*, as_json: bool) -> int:
        """Take over what dead processes have left: settle it, and find out by reading what became of it."""
        return answered(service, _reconcile, as_json=as_json)

    return group


async def _list(limit: int, place: tuple[Records, Principal]) -> Answer:
    records, principal = place
    person = None if principal.roles & _SEE_ALL else principal.person
    await records.ledger.expire()
    listed = await records.ledger.listed(person=person, limit=limit)
    whose = "operations" if person is None else f"operations of {person}"
    return Answer(
        shown=table(listed, f"{len(listed)} {whose}."), data={"operations": [document(each) for each in listed]}
    )


async def _found(ledger: Ledger, identifier: str, principal: Principal) -> Operation:
    operation = await ledger.find(identifier)
    if operation is None or not (operation.person == principal.person or principal.roles & _SEE_ALL):
        # Somebody else's and none at all look alike.
        raise UnknownAction(f"There is no operation {identifier!r}.", next_step="See chatops operations list.")
    return operation


async def _show(identifier: str, place: tuple[Records, Principal]) -> Answer:
    records, principal = place
    operation = await _found(records.ledger, identifier, principal)
    return Answer(shown=details(operation), data=document(operation))


async def _watch(identifier: str, place: tuple[Service, Principal]) -> Answer:
    service, principal = place
    await _found(service.ledger, identifier, principal)
    await service.recovery.sweep()
    operation = await follow(service.ledger, identifier) or await _found(service.ledger, identifier, principal)
    return Answer(shown=details(operation), data=document(operation))


async def _cancel(identifier: str, place: tuple[Service, Principal]) -> Answer:
    service, principal = place
    operation = await _found(service.ledger, identifier, principal)
    if operation.state is State.RUNNING:
        stopped = await service.dispatch.stop(identifier, f"Cancelled by {principal.person}.")
        return Answer(
            shown=Shown(message=f"What of {identifier} was not sent yet is not sent; the rest goes on."),
            data=document(stopped),
        )
    if operation.state is State.AWAITING_APPROVAL and operation.person == principal.person:
        withdrawn = await service.approvals.withdraw(identifier, principal)
        return Answer(shown=Shown(message=f"Took {identifier} back; nothing was sent."), data=document(withdrawn))
    ended = await service.ledger.decide(identifier, principal, State.CANCELLED, kind=Kind.CANCELLED)
    if ended is None:
        raise ConsentGone(
            f"{identifier} cannot be cancelled: it is {operation.state.value.replace('_', ' ')}.",
            next_step="Nothing that was sent is undone by cancelling.",
        )
    return Answer(shown=Shown(message=f"Cancelled {identifier}; nothing was sent."), data=document(ended))


async def _reconcile(place: tuple[Service, Principal]) -> Answer:
    service, _ = place
    touched = await service.recovery.sweep()
    final = [await follow(service.ledger, each.id) or each for each in touched]
    message = f"{len(final)} operations were taken over." if final else "Nothing was left behind."
    return Answer(shown=table(tuple(final), message), data={"operations": [document(each) for each in final]})
