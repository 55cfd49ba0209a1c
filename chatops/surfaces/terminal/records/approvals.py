"""chatops approvals: what waits for another person, and that person's yes or no."""

from functools import partial

import click

from chatops.errors import ConsentMissing
from chatops.operations.states import State
from chatops.operations.visible import find_visible, person_seen
from chatops.outcome import Outcome
from chatops.rendering import Shown
from chatops.service import Records, Service
from chatops.showing import approval, document, table
from chatops.surfaces.terminal.asking import answer_to, is_yes, somebody_is_here
from chatops.surfaces.terminal.printing import note
from chatops.surfaces.terminal.records.following import Following, followed
from chatops.surfaces.terminal.records.session import Answer, Desk, OpenRecords, OpenService, answered

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def approvals_group(records: OpenRecords, service: OpenService) -> click.Group:
    """The group of commands."""
    group = click.Group("approvals", help="Decide on what other people have asked for.")

    @group.command("list")
    @_JSON
    def list_command(*, as_json: bool) -> int:
        """List what waits for an approval: what you asked for, or all for approvers and admins."""
        return answered(records, _list, what="List approvals", as_json=as_json)

    @group.command("show")
    @click.argument("operation")
    @_JSON
    def show_command(*, operation: str, as_json: bool) -> int:
        """Show what was asked for: the plan, and who may decide."""
        return answered(records, partial(_show, operation), what="Show approval", as_json=as_json)

    @group.command("approve")
    @click.argument("operation")
    @click.option("--no-wait", is_flag=True, help="Do not wait until the phones have been looked at.")
    @_JSON
    def approve_command(*, operation: str, no_wait: bool, as_json: bool) -> int:
        """Say yes; it is carried out there and then. At a terminal the plan is shown and asked about."""
        work = partial(_approve, operation, follows=not (as_json or no_wait))
        return answered(service, work, what="Carry out", as_json=as_json)

    @group.command("deny")
    @click.argument("operation")
    @click.option("--reason", required=True, help="Why; the person who asked reads it.")
    @_JSON
    def deny_command(*, operation: str, reason: str, as_json: bool) -> int:
        """Say no."""
        return answered(service, partial(_deny, operation, reason), what="Deny", as_json=as_json)

    return group


async def _list(desk: Desk[Records]) -> Answer:
    ledger = desk.place.ledger
    await ledger.expire()
    waiting = await ledger.listed(states=[State.AWAITING_APPROVAL], person=person_seen(desk.principal))
    message = f"{len(waiting)} waiting for an approval." if waiting else "Nothing waits for an approval."
    return Answer(shown=table(waiting, message), data={"operations": [document(each) for each in waiting]})


async def _show(identifier: str, desk: Desk[Records]) -> Answer:
    await desk.place.ledger.expire()
    operation = await find_visible(desk.place.ledger, identifier, desk.principal)
    able = desk.place.people.approvers(operation.person, operation.approver_roles)
    return Answer(shown=approval(operation, able), data=document(operation), operation_id=operation.id)


async def _approve(identifier: str, desk: Desk[Service], *, follows: bool) -> Outcome | None:
    service = desk.place
    if somebody_is_here():
        await _ask(identifier, desk)
    outcome = await _carried_out(identifier, desk)
    if outcome is None:
        note(f"See what became of it: chatops operations show {identifier}")
        return None
    if not (follows and somebody_is_here()):
        return outcome
    following = Following(
        find=service.ledger.find, actions=service.actions, interrupts=desk.interrupts, waiting=desk.waiting
    )
    return await followed(following, outcome)


async def _carried_out(identifier: str, desk: Desk[Service]) -> Outcome | None:
    """The outcome, also where somebody interrupted while something was being sent; None where nothing was."""
    outcome: Outcome | None = None
    with desk.interrupts.stoppable():
        outcome = await desk.place.approvals.approve(identifier, desk.principal)
    return outcome  # noqa: RET504  # the scope swallows its own cancellation, and then there is none


async def _ask(identifier: str, desk: Desk[Service]) -> None:
    """Show the plan in its own words and ask; whatever cannot be decided by this person is refused afterwards.

    Raises:
        ConsentMissing: the answer is no yes.

    """
    operation = await desk.place.ledger.find(identifier)
    if operation is None or operation.state is not State.AWAITING_APPROVAL:
        return
    if desk.principal.person not in desk.place.people.approvers(operation.person, operation.approver_roles):
        return
    through = f" through {operation.assistant}" if operation.assistant else ""
    text = f"{operation.person} asks{through}:\n{operation.plan.get('text', '')}"
    with desk.waiting.silent():
        typed = await answer_to(text, "Approve this? [y/N] ", desk.interrupts)
    if not is_yes(typed):
        raise ConsentMissing(
            "Not approved; it still waits.", next_step=f"To say no for good: chatops approvals deny {identifier}"
        )


async def _deny(identifier: str, reason: str, desk: Desk[Service]) -> Answer:
    denied = await desk.place.approvals.deny(identifier, desk.principal, reason)
    return Answer(
        shown=Shown(message=f"Denied {denied.id}; nothing was sent."), data=document(denied), operation_id=denied.id
    )
