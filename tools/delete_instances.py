"""Unsubscribe phones for good.

Yearly and monthly subscriptions only; pay-per-use phones cannot be deleted.
"""

from datetime import timedelta

from pydantic import Field

from tools import list_instances
from tools._action import Action, Example
from tools._change import Change, Resend, Settled
from tools._endpoint import Batch, Endpoint
from tools._model import Accepted
from tools._risk import Permission, Risk
from tools._text import phones
from tools._types import InstanceIds, Targets
from tools._view import Receipt


class DeleteParams(Targets):
    """Phones to give up."""

    instance_ids: InstanceIds = Field(default=(), serialization_alias="instanceIdList", description="Phones, 1-500 ids")


ACTION = Action(
    name="delete_instances",
    word="delete",
    doc=__doc__,
    title="Delete phones",
    by=Endpoint(method="POST", path="/v1/instances/delete", batch=Batch(per_call=100, one_region=False)),
    params=DeleteParams,
    result=Accepted,
    risk=Risk.DESTRUCTIVE,
    permission=Permission("instances:delete"),
    change=Change(
        confirm=lambda _, plan: f"Delete {phones(plan.count)} and all that is on them, for good?",
        undo="Nothing brings a deleted phone back.",
        # Whether the call is all or nothing is not documented: the listing says what is left (conflict 57).
        verify=list_instances.until_listed(
            lambda *_: False,
            within=timedelta(minutes=10),
            gone=True,
        ),
        lost="The listing tells: a phone that is gone was deleted.",
        wipes=True,
        resend=Resend.IF_UNPROCESSED,
        settled=lambda *_: Settled.ACCEPTED,
    ),
    view=Receipt(say=lambda params, _: f"Deletion of {phones(len(params.instance_ids))} accepted."),
    examples=(
        Example(
            params=DeleteParams(instance_ids=("XvH39QVW",)),
            sends={"instanceIdList": ["XvH39QVW"]},
            answers={"data": None, "error_code": "0", "error_msg": "OK"},
            source="4.2.3",
        ),
    ),
)
