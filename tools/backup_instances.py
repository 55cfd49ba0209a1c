"""Back phones up and take them offline.

The data goes to object storage and the hardware is released; prepare_instances brings the phone back.
"""

from datetime import timedelta

from tools import list_instances
from tools._action import Action, Example
from tools._change import Change, Resend, Settled
from tools._endpoint import Batch, Endpoint
from tools._model import Accepted
from tools._risk import Permission, Risk
from tools._states import CopyState
from tools._text import phones
from tools._types import Targets
from tools._view import Receipt


class BackupParams(Targets):
    """Phones to back up. The printed example has another shape than the table; the table is sent (conflict 14)."""


ACTION = Action(
    name="backup_instances",
    word="backup",
    doc=__doc__,
    title="Back phones up",
    by=Endpoint(method="POST", path="/v1/instances/backup", batch=Batch(per_call=100, one_region=True)),
    params=BackupParams,
    result=Accepted,
    risk=Risk.DISRUPTIVE,
    permission=Permission("instances:backup"),
    change=Change(
        confirm=lambda _, plan: f"Back up {phones(plan.count)} and take them offline?",
        undo="prepare_instances brings a backed-up phone back to its user.",
        # No task is documented: the backup is watched through the listing (conflict 15).
        verify=list_instances.until_listed(
            lambda _, phone: phone.backup_status is CopyState.SUCCEEDED,
            within=timedelta(minutes=60),
            left=lambda phone: phone.backup_status is not CopyState.SUCCEEDED,
        ),
        lost="The listing tells: a backup that begins and succeeds after the call was made by it.",
        wipes=False,
        resend=Resend.IF_UNPROCESSED,
        settled=lambda *_: Settled.ACCEPTED,
    ),
    view=Receipt(say=lambda params, _: f"Backup of {phones(len(params.instance_ids))} accepted."),
    examples=(
        Example(
            params=BackupParams(instance_ids=("iRJEVP9",)),
            sends={"instance_ids": ["iRJEVP9"]},
            answers={"error_code": "0", "error_msg": "OK"},
            source="4.3.3",
        ),
    ),
)
