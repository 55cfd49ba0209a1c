"""chatops approvals: what waits for another person, and that person's yes or no."""

import sys
from functools import partial

import click

from chatops.errors import ConsentMissing, UnknownAction
from chatops.operations.states import State
from chatops.outcome import Outcome
from chatops.principal import Principal
from chatops.rendering import Shown, render
from chatops.service import Records, Service
from chatops.surfaces.terminal.printing import note
from chatops.surfaces.terminal.records.following import follow
from chatops.surfaces.terminal.records.session import Answer, OpenRecords, OpenService, answered
from chatops.surfaces.terminal.records.showing import details, document, table
from tools import clean_text

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
_TEXT_LIMIT = 8000


def approvals_group(records: OpenRecords, service: OpenService) -> click.Group:
    """The group of commands."""
    group = click.Group("approvals", help="Decide on what other people have asked for.")

    @group.command("list")
    @_JSON
    def list_command(*, as_json: bool) -> int:
        """List what waits for an approval."""
        return answered(records, _list, as_json=as_json)

    @group.command("show")
    @click.argument("operation")
    @_JSON
    def show_command(*, operation: str, as_json: bool) -> int:
        """Show what was asked for: the plan, and who may decide."""
        return answered(records, partial(_show, operation), as_json=as_json)

    @group.command("approve")
    @click.argument("operation")
    @click.option("--no-wait", is_flag=True, help="Do not wait until the phones have been looked at.")
    @_JSON
    def approve_command(*, operation: str, no_wait: bool, as_json: bool) -> int:
        """Say yes; it is carried out there and then. At a terminal the plan is shown and asked about."""
        return answered(service, partial(_approve, operation, follows=not (as_json or no_wait)), as_json=as_json)

    @group.command("deny")
    @click.argument("operation")
    @click.option("--reason", required=True, help="Why; the person who asked reads it.")
    @_JSON
    def deny_command(*, operation: str, reason: str, as_json: bool) -> int:
        """Say no."""
        return answered(service, partial(_deny, operation, reason), as_json=as_json)

    return group


async def _list(place: tuple[Records, Principal]) -> Answer:
    records, _ = place
    await records.ledger.expire()
    waiting = await records.ledger.listed(states=[State.AWAITING_APPROVAL])
    message = f"{len(waiting)} waiting for an approval." if waiting else "Nothing waits for an approval."
    return Answer(shown=table(waiting, message), data={"operations": [document(each) for each in waiting]})


async def _show(identifier: str, place: tuple[Records, Principal]) -> Answer:
    records, _ = place
    operation = await records.ledger.find(identifier)
    if operation is None:
        raise UnknownAction(f"There is no operation {identifier!r}.", next_step="See chatops approvals list.")
    able = ", ".join(records.people.approvers(operation.person)) or "nobody"
    shown = details(operation)
    return Answer(
        shown=Shown(message=f"{shown.message} May decide: {able}.", columns=shown.columns, rows=shown.rows),
        data=document(operation),
    )


async def _approve(identifier: str, place: tuple[Service, Principal], *, follows: bool) -> Answer:
    service, principal = place
    if sys.stdin.isatty() and sys.stderr.isatty():
        operation = await service.ledger.find(identifier)
        if operation is not None and operation.state is State.AWAITING_APPROVAL:
            _confirm(str(operation.plan.get("text", "")), operation.person)
    outcome = await service.approvals.approve(identifier, principal)
    if follows:
        await follow(service.ledger, identifier)
    return await _told(service, outcome)


def _confirm(text: str, person: str) -> None:
    shown = clean_text(text, limit=_TEXT_LIMIT, lines=True)
    sys.stderr.write(f"{person} asks:\n{shown}\nApprove this? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise ConsentMissing("Not approved; it still waits.", next_step="Say no for good with chatops approvals deny.")


async def _told(service: Service, outcome: Outcome) -> Answer:
    operation = await service.ledger.find(outcome.operation_id or "")
    shown = render(outcome)
    for warning in outcome.warnings:
        note(warning)
    final = f" It is {operation.verification.value}." if operation and operation.verification else ""
    return Answer(
        shown=Shown(message=shown.message + final, columns=shown.columns, rows=shown.rows),
        data=document(operation) if operation else None,
        exit_code=outcome.exit_code,
    )


async def _deny(identifier: str, reason: str, place: tuple[Service, Principal]) -> Answer:
    service, principal = place
    denied = await service.approvals.deny(identifier, principal, reason)
    return Answer(shown=Shown(message=f"Denied {denied.id}; nothing was sent."), data=document(denied))
