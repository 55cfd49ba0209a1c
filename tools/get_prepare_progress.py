"""Read how far a phone's preparation is.

Ask again until it is normal (ready to stream) or failed.
"""

from pydantic import AliasChoices, Field

from tools._action import Action, Example
from tools._endpoint import Endpoint
from tools._model import Params, Result
from tools._risk import Permission, Risk
from tools._states import ProgressState
from tools._types import InstanceId, UserId
from tools._view import Fields


class ProgressParams(Params):
    """Which phone, for which user."""

    instance_id: InstanceId = Field(description="Phone")
    user_id: UserId = Field(description="User id")


class Progress(Result):
    """How far the phone is."""

    status: ProgressState
    waiting_count: int | None = Field(
        default=None,
        validation_alias=AliasChoices("waitingCount", "waiting_count"),
        # The reference calls it a waiting time and names it a count (conflict 41).
        description="As answered; whether it counts phones or time is not documented",
    )


ACTION = Action(
    name="get_prepare_progress",
    word="progress",
    doc=__doc__,
    title="Preparation progress",
    by=Endpoint(method="POST", path="/v1/instances/prepare-progress"),
    params=ProgressParams,
    result=Progress,
    risk=Risk.READ,
    permission=Permission("instances:read"),
    change=None,
    view=Fields(
        say=lambda params, result: f"Preparation of {params.instance_id}: {result.status.shown}.",
        fields=lambda result: {"state": result.status.shown, "waiting": result.waiting_count},
    ),
    examples=(
        Example(
            params=ProgressParams(user_id="1008600000104285462", instance_id="iRJEVP9"),
            sends={"instance_id": "iRJEVP9", "user_id": "1008600000104285462"},
            answers={"data": {"status": 0, "waitingCount": 0}, "error_code": "0", "error_msg": "OK"},
            source="4.3.2",
        ),
    ),
)
