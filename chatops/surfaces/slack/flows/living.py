"""An operation on its cards: posted where it was asked and to those who may approve, and drawn again when it changes.

The store is the truth. Whatever is not drawn here, for any reason, the watch draws.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace

from chatops.errors import SlackError, SlackRejected, StoreUnavailable
from chatops.operations.records import Operation
from chatops.operations.states import State
from chatops.store import now
from chatops.surfaces.slack.flows.attaching import list_phones
from chatops.surfaces.slack.flows.depicting import (
    APPROVAL,
    ASKED,
    CARDS,
    DIRECT,
    approvals_channel,
    card_of,
    message_about,
    version_of,
)
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.messages import Posted

_LOG = logging.getLogger(__name__)
_NO_PLACE = frozenset({"not_in_channel", "channel_not_found", "is_archived"})


async def follow(office: Office, place: Place, operation_id: str) -> None:
    """Show this operation there from now on, and ask those who may approve it, where it needs that.

    Where the app may not write there, it is shown to whoever asked, in a direct message.

    Raises:
        SlackError: nothing is shown there, or nobody knows whether it is.
        StoreUnavailable: the store cannot say what there is to show.

    """
    operation = await office.service.ledger.find(operation_id)
    if operation is None:
        return
    new = message_about(office, operation, ASKED, place.channel, thread=place.thread or None)
    try:
        await post_card(office, operation, new)
    except SlackRejected as error:
        if error.upstream_code not in _NO_PLACE:
            raise
        await post_card(office, operation, message_about(office, operation, ASKED, place.user))
    await ask_others(office, operation)


async def refresh(office: Office, operation_id: str) -> None:
    """Draw all cards of an operation as it is now, before other edits. What fails is left to the watch."""
    try:
        operation = await office.service.ledger.find(operation_id)
        messages = await office.desk.messages.of_operation(operation_id)
        time = await office.service.database.read(now)
    except StoreUnavailable as error:
        _LOG.warning("%s is drawn later: %s", operation_id, error.message)
        return
    if operation is not None:
        draw(office, operation, messages, time)


def draw(office: Office, operation: Operation, messages: tuple[Posted, ...], time: float) -> None:
    """Let every card that shows something older show the operation as it is."""
    version = version_of(operation, time)
    for each in messages:
        if each.kind in CARDS and each.ts is not None and each.version < version:
            card = card_of(office, operation, each, time)
            office.desk.outgoing.edit(each, card, version=version, is_urgent=operation.state is not State.WATCHING)


async def post_card(office: Office, operation: Operation, new: Posted, *, waits: bool = True) -> Posted:
    """Post a card of this operation, or find it."""
    time = await office.service.database.read(now)
    card = card_of(office, operation, new, time)
    return await office.desk.outgoing.post(replace(new, version=version_of(operation, time)), card, waits=waits)


async def ask_others(office: Office, operation: Operation) -> bool:
    """Ask those who may approve, each once, wherever they can be asked; False where somebody could not be asked."""
    if operation.state is not State.AWAITING_APPROVAL:
        return True
    posted = await office.desk.messages.of_operation(operation.id)
    there = {each.key for each in posted if each.ts is not None or each.losses}
    well = True
    for new in wanted(office, operation, posted):
        if new.key not in there:
            well = await _tried(office, operation, new) and well
    return await list_phones(office, operation) and well


def wanted(office: Office, operation: Operation, posted: tuple[Posted, ...]) -> Iterator[Posted]:
    """The cards with which an approval is asked for: in the channel of approvals, and to each who may approve."""
    channel, people = approvals_channel(office), office.service.people
    if channel and not any(each.kind == ASKED and each.channel == channel for each in posted):
        yield message_about(office, operation, APPROVAL, channel)
    for person in people.approvers(operation.person, operation.approver_roles):
        for identity in people.team.people[person].slack:
            team, _, user = identity.partition(":")
            if team == office.desk.team_id:
                yield message_about(office, operation, DIRECT, user, of=f"dm:{person}:{user}")
                break


async def _tried(office: Office, operation: Operation, new: Posted) -> bool:
    try:
        await post_card(office, operation, new, waits=False)
    except SlackError as error:
        _LOG.warning("%s is asked for elsewhere only: %s", operation.id, error.message)
        return False
    return True
