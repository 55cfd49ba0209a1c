"""Another person says yes or no in Slack: written down, shown and carried out, in this order."""

from collections.abc import Mapping

from chatops.audit import Kind
from chatops.errors import ChatopsError, Refusal
from chatops.operations.cancelling import cancel
from chatops.operations.records import Operation
from chatops.operations.visible import find_visible
from chatops.principal import Principal
from chatops.showing import details
from chatops.surfaces.slack import blocks, cards
from chatops.surfaces.slack.drawing import drawn
from chatops.surfaces.slack.flows.asked_about import as_it_is, operation_of, waiting_of
from chatops.surfaces.slack.flows.confirming import refuse
from chatops.surfaces.slack.flows.living import refresh
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.flows.opening import open_form
from chatops.surfaces.slack.flows.pressed import filled_in
from chatops.surfaces.slack.flows.replying import reply, said
from chatops.surfaces.slack.flows.telling import error_message
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.received import Received


async def approve_clicked(office: Office, received: Received, principal: Principal, begin: Begin) -> None:  # noqa: ARG001  # a form may be opened twice
    """Open the form of a yes, for whoever may say it."""
    if (found := await _decidable(office, received, principal)) is not None:
        await open_form(office, received, cards.approval_form(found[0]))


async def deny_clicked(office: Office, received: Received, principal: Principal, begin: Begin) -> None:  # noqa: ARG001  # a form may be opened twice
    """Open the form of a no, for whoever may say it."""
    if (found := await _decidable(office, received, principal)) is not None:
        await open_form(office, received, cards.denial_form(found[0]))


async def approve_submitted(office: Office, received: Received, principal: Principal, begin: Begin) -> None:
    """Yes: written down, then shown, then carried out."""
    if (found := await _decidable(office, received, principal)) is None:
        return
    operation, approver = found
    approvals, reason = office.service.approvals, filled_in(received, cards.REASON)
    await begin()
    try:
        approved = await approvals.grant(operation.id, approver, digest=operation.digest, reason=reason)
    except ChatopsError as error:
        await _refuse(office, received, approver, operation, error)
        return
    await refresh(office, operation.id)
    try:
        await approvals.carry_out(approved)
    except ChatopsError as error:
        # Its record says why it ended, and so does its card.
        await reply(office, received, error_message(error))
    await refresh(office, operation.id)


async def check_deny(office: Office, received: Received, principal: Principal) -> Mapping[str, str]:  # noqa: ARG001  # a Checking
    """Whether a reason was given."""
    return {} if filled_in(received, cards.REASON) else {cards.REASON: "Say why: whoever asked reads it."}


async def deny_submitted(office: Office, received: Received, principal: Principal, begin: Begin) -> None:
    """No, with a reason."""
    if (found := await _decidable(office, received, principal)) is None:
        return
    operation, approver = found
    await begin()
    reason = filled_in(received, cards.REASON)
    try:
        await office.service.approvals.deny(operation.id, approver, reason, digest=operation.digest)
    except ChatopsError as error:
        await _refuse(office, received, approver, operation, error)
    await refresh(office, operation.id)


async def withdraw_clicked(office: Office, received: Received, principal: Principal, begin: Begin) -> None:
    """Whoever asked takes it back; others deny it."""
    try:
        operation = await waiting_of(office, received)
    except ChatopsError as error:
        await refuse(office, received, error)
        return
    if operation.person != principal.person:
        await reply(
            office, received, said(f"{operation.person} has asked for it and can take it back; you can deny it.")
        )
        return
    await begin()
    try:
        await cancel(office.service.dispatch, operation.id, principal)
    except ChatopsError as error:
        await _refuse(office, received, principal, operation, error)
    await refresh(office, operation.id)


async def show_clicked(office: Office, received: Received, principal: Principal, begin: Begin) -> None:  # noqa: ARG001  # it changes nothing
    """All that the record says, to this person alone."""
    try:
        operation = await operation_of(office, received)
        visible = await find_visible(office.service.ledger, operation.id, principal)
    except ChatopsError as error:
        await refuse(office, received, error)
        return
    shown = drawn(details(visible)).message
    audit = f"Every step: chatops audit show --operation {visible.id}"
    await reply(office, received, Message(text=f"{shown.text}\n{audit}", blocks=(*shown.blocks, blocks.small(audit))))


async def _decidable(office: Office, received: Received, principal: Principal) -> tuple[Operation, Principal] | None:
    """The operation, and who this is just now, if they may decide on it; else None, and they were told why not."""
    operation = None
    try:
        operation = await waiting_of(office, received)
        directory = office.desk.directory
        principal = await directory.principal(received.team, received.user, received.user_team, fresh=True)
        await office.service.approvals.decidable(operation.id, principal, digest=operation.digest)
    except ChatopsError as error:
        await _refuse(office, received, principal, operation, error)
        return None
    return operation, principal


async def _refuse(
    office: Office, received: Received, principal: Principal, operation: Operation | None, error: ChatopsError
) -> None:
    """Tell this person why not; that they were told no is in the audit."""
    ledger = office.service.ledger
    if operation is not None and isinstance(error, Refusal):
        await ledger.trail.note(ledger.event(operation, Kind.DENIED, principal, reason=error.message))
    if operation is not None:
        error = await as_it_is(office, operation, error)
    await refuse(office, received, error)
