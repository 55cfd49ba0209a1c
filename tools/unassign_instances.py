"""Take phones from a user and wipe the user's data on them."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import Field

from tools import list_instances
from tools._action import Action, Example
from tools._assignment import assignment_endpoint, pairs_of
from tools._change import Change, Resend, Settled
from tools._endpoint import Body
from tools._instance import Instance
from tools._model import Accepted
from tools._risk import Permission, Risk
from tools._text import phones
from tools._types import Targets, UserId
from tools._view import Receipt


class UnassignParams(Targets):
    """Phones to take back; from whom is read from each phone, unless it is said."""

    user_id: UserId | None = Field(default=None, description="User id; read from the phones if absent")


class OwnedPhones(UnassignParams):
    """The same with the user of each phone, as the API wants it. Made while planning, offered by no door."""

    owners: tuple[tuple[str, str], ...] = Field(default=(), description="Phone and user")


def _fill(params: UnassignParams, owners: Mapping[str, str | None]) -> UnassignParams | None:
    """With the user of each phone; None where these phones belong to nobody, so that there is nothing to take."""
    pairs = tuple((phone, params.user_id or owner) for phone, owner in owners.items() if params.user_id or owner)
    if not pairs:
        return None
    # Not validated again: a filter may have found more phones than one request names.
    return OwnedPhones.model_construct(
        instance_ids=tuple(phone for phone, _ in pairs),
        where=None,
        user_id=params.user_id,
        owners=tuple((phone, owner) for phone, owner in pairs if owner is not None),
    )


def _body(params: UnassignParams) -> Body:
    owners = dict(params.owners) if isinstance(params, OwnedPhones) else {}
    return pairs_of([(owners.get(phone, params.user_id or ""), phone) for phone in params.instance_ids])


def _is_taken(params: UnassignParams, phone: Instance) -> bool:
    return phone.assign_user != params.user_id if params.user_id else not phone.assign_user


def _from(params: UnassignParams) -> str:
    return f"user {params.user_id}" if params.user_id else "their users"


ACTION = Action(
    name="unassign_instances",
    word="unassign",
    doc=__doc__,
    title="Unassign phones",
    # The reference gives no maximum for this list; that of assign applies (conflict 72).
    by=assignment_endpoint("unassign", _body),
    params=UnassignParams,
    result=Accepted,
    risk=Risk.DESTRUCTIVE,
    permission=Permission("instances:unassign"),
    change=Change(
        confirm=lambda params, plan: f"Take {phones(plan.count)} from {_from(params)} and wipe what was saved on them?",
        undo="Assigning the phones again does not bring the user's data back.",
        verify=list_instances.until_listed(
            _is_taken,
            within=timedelta(minutes=5),
        ),
        fill=_fill,
        lost="The listing tells: a phone that shows no user, or another one, was taken back.",
        wipes=True,
        resend=Resend.IF_UNPROCESSED,
        settled=lambda *_: Settled.ACCEPTED,
    ),
    view=Receipt(
        say=lambda params, _: f"Unassignment of {phones(len(params.instance_ids))} from {_from(params)} accepted."
    ),
    examples=(
        Example(
            params=UnassignParams(instance_ids=("a44uhlf7",), user_id="1123422"),
            sends={"user_instances": [{"instance_id": "a44uhlf7", "user_id": "1123422"}]},
            answers=None,
            source="4.1.9",
        ),
    ),
)
