"""Assign phones to a user.

Only unassign_instances takes this back, and that wipes the user's data.
"""

from datetime import timedelta

from tools import list_instances
from tools._action import Action, Example
from tools._assignment import AssignmentParams, assignment_endpoint, pairs
from tools._change import Change, Resend, Settled
from tools._model import Accepted
from tools._risk import Permission, Risk
from tools._text import phones
from tools._view import Receipt

ACTION = Action(
    name="assign_instances",
    word="assign",
    doc=__doc__,
    title="Assign phones",
    by=assignment_endpoint("assign", pairs),
    params=AssignmentParams,
    result=Accepted,
    risk=Risk.DISRUPTIVE,
    permission=Permission("instances:assign"),
    change=Change(
        confirm=lambda params, plan: f"Assign {phones(plan.count)} to user {params.user_id}?",
        undo="unassign_instances takes the phones back and wipes what the user saved on them.",
        verify=list_instances.until_listed(
            lambda params, phone: phone.assign_user == params.user_id,
            within=timedelta(minutes=2),
        ),
        lost="The listing tells: a phone that shows the user was assigned.",
        wipes=False,
        resend=Resend.IF_UNPROCESSED,
        settled=lambda *_: Settled.ACCEPTED,
    ),
    view=Receipt(
        say=lambda params, _: f"Assignment of {phones(len(params.instance_ids))} to {params.user_id} accepted."
    ),
    examples=(
        Example(
            params=AssignmentParams(instance_ids=("a44uhlf7",), user_id="1123422"),
            sends={"user_instances": [{"instance_id": "a44uhlf7", "user_id": "1123422"}]},
            answers=None,
            source="4.1.8",
        ),
    ),
)
