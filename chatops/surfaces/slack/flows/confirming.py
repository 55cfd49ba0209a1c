"""Whoever has asked says yes or no to their own plan."""

from collections.abc import Mapping

from chatops.consent import Reply, Verdict
from chatops.errors import ChatopsError, PermissionMissing, Refusal
from chatops.operations.records import Operation
from chatops.outcome import Outcome
from chatops.principal import Principal
from chatops.surfaces.slack import cards
from chatops.surfaces.slack.flows.asked_about import as_it_is, waiting_of
from chatops.surfaces.slack.flows.depicting import ASKED, to_type
from chatops.surfaces.slack.flows.living import follow, refresh
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.flows.opening import open_form
from chatops.surfaces.slack.flows.pressed import filled_in, held_by
from chatops.surfaces.slack.flows.replying import reply, said
from chatops.surfaces.slack.flows.running import LaterAsker
from chatops.surfaces.slack.flows.telling import error_message
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.received import Received


async def confirm_clicked(office: Office, received: Received, principal: Principal, begin: Begin) -> None:
    """Yes to a plan that asks for no more than a click."""
    await _answer(office, received, principal, begin, Reply(verdict=Verdict.YES))


async def decline_clicked(office: Office, received: Received, principal: Principal, begin: Begin) -> None:
    """No."""
    await _answer(office, received, principal, begin, Reply(verdict=Verdict.NO))


async def confirm_form_clicked(office: Office, received: Received, principal: Principal, begin: Begin) -> None:  # noqa: ARG001  # a form may be opened twice
    """Open the form in which the count, or the id, has to be typed."""
    try:
        operation = await _asked(office, received, principal)
    except ChatopsError as error:
        await refuse(office, received, error)
        return
    action = office.service.actions[operation.action]
    await open_form(office, received, cards.confirmation_form(operation, action, to_type(operation)))


async def check_confirm(office: Office, received: Received, principal: Principal) -> Mapping[str, str]:
    """Whether what was typed is what had to be; everything else is told afterwards."""
    try:
        operation = await _asked(office, received, principal)
    except Refusal:
        return {}
    wanted = to_type(operation)
    typed = filled_in(received, cards.TYPED)
    return {} if typed == wanted else {cards.TYPED: f"Type {wanted} to go on. Nothing was sent."}


async def confirm_submitted(office: Office, received: Received, principal: Principal, begin: Begin) -> None:
    """Yes to a plan whose count, or id, had to be typed; it is compared once more."""
    typed, reason = filled_in(received, cards.TYPED), filled_in(received, cards.REASON)
    try:
        operation = await _asked(office, received, principal)
    except ChatopsError as error:
        await refuse(office, received, error)
        return
    is_right = typed == to_type(operation)
    await _answer(office, received, principal, begin, Reply(verdict=Verdict.YES, typed=is_right, reason=reason))


async def _answer(office: Office, received: Received, principal: Principal, begin: Begin, answer: Reply) -> None:
    try:
        operation = await _asked(office, received, principal)
    except ChatopsError as error:
        await refuse(office, received, error)
        return
    await begin()
    outcome = await office.service.executor.confirm_stored(principal, operation.id, answer, LaterAsker())
    await refresh(office, operation.id)
    if outcome.operation_id not in (None, operation.id):
        await _ask_anew(office, received, operation, outcome)
    elif outcome.error is not None:
        await reply(office, received, error_message(await as_it_is(office, operation, outcome.error)))


async def _ask_anew(office: Office, received: Received, operation: Operation, outcome: Outcome) -> None:
    """The phones have changed: the new plan is shown where the old one stands."""
    posted = await office.desk.messages.of_operation(operation.id)
    card = next((each for each in posted if each.kind == ASKED), None)
    channel, thread = (card.channel, card.thread or "") if card is not None else (received.channel, "")
    await reply(office, received, said(outcome.message))
    await follow(
        office, Place(channel=channel or received.user, user=received.user, thread=thread), outcome.operation_id or ""
    )


async def _asked(office: Office, received: Received, principal: Principal) -> Operation:
    """The operation whose question was put to this person and waits for an answer.

    Raises:
        Refusal: none does, or it is somebody else's.

    """
    operation = await waiting_of(office, received)
    if operation.person != principal.person:
        raise PermissionMissing(
            f"{operation.person} has asked for {operation.id}; only they can answer this question.",
            next_step=f"Ask for it yourself: {office.command} help",
        )
    return operation


async def refuse(office: Office, received: Received, error: ChatopsError) -> None:
    """Tell this person why not, and draw the card as it has to be by now."""
    await reply(office, received, error_message(error))
    held = held_by(received)
    if held is not None:
        await refresh(office, held.operation)
