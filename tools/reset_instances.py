"""Reset phones to factory state: everything on them is erased.

The API answers as soon as it has accepted the call.
"""

from datetime import timedelta

from tools import query_status
from tools._action import Action, Example
from tools._change import Change, Resend, Settled
from tools._endpoint import Batch, Endpoint
from tools._model import Accepted
from tools._risk import Permission, Risk
from tools._text import phones
from tools._types import Targets
from tools._view import Receipt


class ResetParams(Targets):
    """Phones to erase."""


ACTION = Action(
    name="reset_instances",
    word="reset",
    doc=__doc__,
    title="Reset phones",
    by=Endpoint(method="POST", path="/v1/instances/batch-reset", batch=Batch(per_call=100, one_region=True)),
    params=ResetParams,
    result=Accepted,
    risk=Risk.DESTRUCTIVE,
    permission=Permission("instances:reset"),
    change=Change(
        confirm=lambda _, plan: f"Erase everything on {phones(plan.count)}?",
        undo="Nothing restores a reset phone, except a backup taken before.",
        verify=query_status.until_running_again(within=timedelta(minutes=10)),
        lost="The status tells: a phone that leaves its running state and comes back was reset.",
        wipes=True,
        resend=Resend.IF_UNPROCESSED,
        # One code for up to a hundred phones: accepted is all it says (conflict 58).
        settled=lambda *_: Settled.ACCEPTED,
    ),
    view=Receipt(say=lambda params, _: f"Reset of {phones(len(params.instance_ids))} accepted."),
    examples=(
        Example(
            params=ResetParams(instance_ids=("a44uhlf7", "efjy72gs")),
            sends={"instance_ids": ["a44uhlf7", "efjy72gs"]},
            answers={"error_code": "0", "error_msg": "ok"},
            source="4.1.6",
        ),
    ),
)
