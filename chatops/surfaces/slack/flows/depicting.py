"""An operation as one of its cards shows it, and how new that is."""

from chatops.operations.progress import ending, is_going_on, progress
from chatops.operations.records import Operation
from chatops.operations.seeing import Seen
from chatops.operations.states import AWAITING, ENDED, RequestState, State
from chatops.surfaces.slack import cards
from chatops.surfaces.slack.flows.office import Office
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.messages import Posted
from tools import AnyAction

ASKED, APPROVAL, DIRECT, STRAY = "asked", "approval", "direct", "stray"
"""Kinds of cards: where it was asked, where approvals are asked for, to one who may approve, and found when pressed."""

RESULT, FILE = "result", "file"
"""Kinds of what stands in their threads."""

CARDS = frozenset({ASKED, APPROVAL, DIRECT, STRAY})
_STEP = 1_000_000
_TICK = 30
_SETTLED = frozenset(RequestState) - {RequestState.PLANNED, RequestState.SENT}
_RANKS = {State.APPROVED: 2, State.RUNNING: 3, State.WATCHING: 4}


def version_of(operation: Operation, time: float) -> int:
    """How new this state is: never less for a later one, but for phones that fall back while they are watched."""
    if operation.state in AWAITING:
        return _STEP
    if operation.state in ENDED:
        return (6 if is_over(operation) else 5) * _STEP
    rank = _RANKS[operation.state] * _STEP
    if operation.state is State.RUNNING:
        return rank + sum(each.state in _SETTLED for each in operation.requests)
    if operation.state is State.WATCHING:
        seen = Seen.read(operation.verified)
        began = operation.settled_at if operation.settled_at is not None else time
        return rank + 50 * len(seen.reached | seen.failed) + min(49, int(max(0.0, time - began)) // _TICK)
    return rank


def is_over(operation: Operation) -> bool:
    """Whether nothing becomes of it any more."""
    return operation.state in ENDED and not is_going_on(operation)


def card_of(office: Office, operation: Operation, posted: Posted, time: float) -> Message:
    """What this card shows of the operation as it is now."""
    action = office.service.actions[operation.action]
    if operation.state is State.AWAITING_CONFIRMATION:
        return cards.confirmation_card(operation, action, must_type=must_type(operation))
    if operation.state is not State.AWAITING_APPROVAL:
        return cards.state_card(operation, action, _far(operation, action, time))
    able = office.service.people.approvers(operation.person, operation.approver_roles)
    if posted.kind == ASKED and posted.channel != approvals_channel(office):
        return cards.waiting_card(operation, action, able)
    return cards.approval_card(operation, action, able, why=_why(operation))


def message_about(
    office: Office, operation: Operation, kind: str, channel: str, *, of: str = "", thread: str | None = None
) -> Posted:
    """A message about this operation that may be there already; ``of`` tells several of a kind apart."""
    key = f"op:{operation.id}:{of or kind}"
    return Posted(team=office.desk.team_id, key=key, kind=kind, channel=channel, operation=operation.id, thread=thread)


def approvals_channel(office: Office) -> str:
    """The channel of our workspace in which approvals are asked for; empty where there is none."""
    team, _, channel = (office.service.people.team.approvals.channel or "").partition(":")
    return channel if team == office.desk.team_id else ""


def must_type(operation: Operation) -> bool:
    """Whether a yes has to be typed."""
    asks = operation.plan.get("asks")
    return isinstance(asks, dict) and asks.get("must_type") is True


def to_type(operation: Operation) -> str:
    """What has to be typed: the id of the one phone, or how many there are."""
    phones = [each for request in operation.requests for each in request.targets]
    return phones[0] if len(phones) == 1 else str(operation.count)


def _why(operation: Operation) -> str:
    asks = operation.plan.get("asks")
    return str(asks.get("why") or "") if isinstance(asks, dict) else ""


def _far(operation: Operation, action: AnyAction, time: float) -> str:
    return progress(operation, action, time).what if is_going_on(operation) else ending(operation, action)
