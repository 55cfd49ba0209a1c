"""What can be done with cloud phones: one module an action. Pure declarations, no input or output.

``ls tools/`` is the feature list. A module here imports pydantic, the standard library, this vocabulary, and at most
another READ action, by which it is verified or of which it is composed.
"""

from tools._action import Action, Compose, Example, Own, compose
from tools._change import (
    Appear,
    Change,
    Eased,
    Follow,
    Planned,
    Resend,
    Settled,
    Until,
    Unverifiable,
    appear,
    follow,
    until,
)
from tools._discovery import AnyAction, called, load_actions, together
from tools._endpoint import Batch, Body, Endpoint, Listing, listing
from tools._instance import Instance
from tools._model import Accepted, NoParams, Params, Result
from tools._risk import Permission, Risk
from tools._secret import OPEN, WIRE, PackageLink, Secret, SecretLink, holds_secret
from tools._states import CopyState, FrozenState, RunState, TaskState
from tools._text import (
    MaybeBlock,
    MaybeLine,
    ReportedBlock,
    ReportedDocument,
    ReportedId,
    ReportedLine,
    clean_text,
    phones,
    safe_text,
)
from tools._types import InstanceId, InstanceIds, RegionId, Targets, TaskId, UserId, is_instance_id
from tools._view import Cell, Fields, Receipt, Table, View
from tools._vocabulary import Chosen, Coded
from tools._where import Where

__all__ = [
    "OPEN",
    "WIRE",
    "Accepted",
    "Action",
    "AnyAction",
    "Appear",
    "Batch",
    "Body",
    "Cell",
    "Change",
    "Chosen",
    "Coded",
    "Compose",
    "CopyState",
    "Eased",
    "Endpoint",
    "Example",
    "Fields",
    "Follow",
    "FrozenState",
    "Instance",
    "InstanceId",
    "InstanceIds",
    "Listing",
    "MaybeBlock",
    "MaybeLine",
    "NoParams",
    "Own",
    "PackageLink",
    "Params",
    "Permission",
    "Planned",
    "Receipt",
    "RegionId",
    "ReportedBlock",
    "ReportedDocument",
    "ReportedId",
    "ReportedLine",
    "Resend",
    "Result",
    "Risk",
    "RunState",
    "Secret",
    "SecretLink",
    "Settled",
    "Table",
    "Targets",
    "TaskId",
    "TaskState",
    "Until",
    "Unverifiable",
    "UserId",
    "View",
    "Where",
    "appear",
    "called",
    "clean_text",
    "compose",
    "follow",
    "holds_secret",
    "is_instance_id",
    "listing",
    "load_actions",
    "phones",
    "safe_text",
    "together",
    "until",
]
