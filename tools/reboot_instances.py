"""Reboot phones: whoever uses one is interrupted."""

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


class RebootParams(Targets):
    """Phones to reboot. The reference gives no length for these ids; that of all other calls applies (conflict 60)."""


ACTION = Action(
    name="reboot_instances",
    word="reboot",
    doc=__doc__,
    title="Reboot phones",
    by=Endpoint(method="POST", path="/v1/instances/reboot", batch=Batch(per_call=100, one_region=True)),
    params=RebootParams,
    result=Accepted,
    risk=Risk.DISRUPTIVE,
    permission=Permission("instances:reboot"),
    change=Change(
        confirm=lambda _, plan: f"Reboot {phones(plan.count)}?",
        undo="The phones come back by themselves; what was running on them is gone.",
        verify=query_status.until_running_again(within=timedelta(minutes=5)),
        lost="The status tells: a phone that leaves its running state and comes back was rebooted.",
        wipes=False,
        resend=Resend.IF_UNPROCESSED,
        settled=lambda *_: Settled.ACCEPTED,
    ),
    view=Receipt(say=lambda params, _: f"Reboot of {phones(len(params.instance_ids))} accepted."),
    examples=(
        Example(
            params=RebootParams(instance_ids=("a44uhlf7",)),
            sends={"instance_ids": ["a44uhlf7"]},
            answers={"error_code": "0", "error_msg": "OK"},
            source="4.1.11",
        ),
    ),
)
