"""Take phones from a user and wipe the user's data on them."""

from datetime import timedelta

from tools import list_instances
from tools._action import Action, Example
from tools._assignment import AssignmentParams, pairs
from tools._change import Change, Resend, Settled
from tools._endpoint import Batch, Endpoint
from tools._model import Accepted
from tools._risk import Permission, Risk
from tools._text import phones
from tools._view import Receipt

ACTION = Action(
    name="unassign_instances",
    word="unassign",
    doc=__doc__,
    title="Unassign phones",
    # The reference gives no maximum for this list; that of assign applies (conflict 72).
    by=Endpoint(
        method="POST",
        path="/v1/instances/unassign",
        body=pairs,
        empty_answer=True,
        batch=Batch(per_call=100, one_region=True),
    ),
    params=AssignmentParams,
    result=Accepted,
    risk=Risk.DESTRUCTIVE,
    permission=Permission("instances:unassign"),
    change=Change(
        confirm=lambda params, plan: (
            f"Take {phones(plan.count)} from user {params.user_id} and wipe the user's data on them?"
        ),
        undo="Assigning the phones again does not bring the user's data back.",
        verify=list_instances.until_listed(
            lambda params, phone: phone.assign_user != params.user_id,
            within=timedelta(minutes=5),
        ),
        resend=Resend.IF_UNPROCESSED,
        settled=lambda *_: Settled.ACCEPTED,
    ),
    view=Receipt(
        say=lambda params, _: f"Unassignment of {phones(len(params.instance_ids))} from {params.user_id} accepted."
    ),
    examples=(
        Example(
            params=AssignmentParams(instance_ids=("a44uhlf7",), user_id="1123422"),
            sends={"user_instances": [{"instance_id": "a44uhlf7", "user_id": "1123422"}]},
            answers=None,
            source="4.1.9",
        ),
    ),
)
