"""List cloud phones by name, region, state, assignee or time.

Rows are brief unless detail is set. Prefer filters to reading everything.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    PlainSerializer,
    SerializationInfo,
    StringConstraints,
    model_validator,
)

from tools._action import Action, Example
from tools._change import Until, until
from tools._endpoint import Endpoint, listing
from tools._instance import Instance, InstancePage
from tools._model import Params, Result
from tools._risk import Permission, Risk
from tools._secret import is_for_wire
from tools._states import RunState
from tools._text import phones
from tools._types import InstanceId, RegionId
from tools._view import Cell, Table
from tools._vocabulary import Chosen
from tools._where import is_named

P = TypeVar("P", bound=Params)


def _utc(moment: datetime, info: SerializationInfo) -> str:
    """The API wants UTC without a zone: 2023-08-15 14:30:45."""
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S" if is_for_wire(info) else "%Y-%m-%dT%H:%M:%SZ")


_FIRST_YEAR, _LAST_YEAR = 1970, 9998


def _writable(moment: datetime) -> datetime:
    """A year of four digits, in UTC as well: others cannot be written as the API wants them."""
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(f"the year must be {_FIRST_YEAR} to {_LAST_YEAR}")
    return moment


_Moment = Annotated[AwareDatetime, AfterValidator(_writable), PlainSerializer(_utc)]
_NamePattern = Annotated[str, StringConstraints(min_length=1, max_length=128)]
_NOBODY = "none"


class ListInstancesParams(Params):
    """Which phones to list."""

    instance_id: InstanceId | None = Field(default=None, description="One phone")
    name: _NamePattern | None = Field(
        default=None, serialization_alias="instance_name", description="Name; * stands for anything"
    )
    region: RegionId | None = Field(default=None, description="Such as cn-north-7")
    state: Chosen[RunState] | None = Field(default=None, description="Run state")
    assignee: InstanceId | None = Field(default=None, description="User id, or none")
    since: _Moment | None = Field(
        default=None, serialization_alias="query_start_time", description="ISO time with zone; API time filter"
    )
    until: _Moment | None = Field(default=None, serialization_alias="query_end_time", description="See since")
    # The printed URL spells it poolSceneTag; the table's name is sent (conflict 4).
    scene: Literal["CLOUD_APP", "CLOUD_PHONE"] | None = Field(
        default=None, serialization_alias="pool_scene_tag", description="Resource pool"
    )
    detail: bool = Field(default=False, description="All fields of each phone")
    limit: Annotated[int, Field(ge=1, le=500)] = Field(default=20, description="Rows to answer")
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = Field(default=0, description="Rows to skip")

    @model_validator(mode="after")
    def _times_in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError("since is after until")
        return self


class EveryInstance(ListInstancesParams):
    """All phones, for counting; no door offers this."""

    detail: bool = Field(default=True, description="All fields of each phone")
    limit: Annotated[int, Field(ge=1)] = Field(default=10_000_000, description="Rows to answer")


class InstanceList(Result):
    """Some of the phones that match."""

    instances: tuple[Instance, ...]
    matched: int | None = Field(description="Phones that match; absent if that is not known")
    complete: bool = Field(description="False if pages could not be read: more phones may match")
    next_offset: int | None = Field(default=None, description="Offset of the next rows; absent at the end")


_BRIEF = frozenset(
    {
        "instance_id",
        "instance_name",
        "region",
        "running_status",
        "login_status",
        "assign_user",
        "frozen_status",
        "backup_status",
    }
)


def _matches(params: ListInstancesParams, phone: Instance) -> bool:
    """Whether the phone is asked for. The reference does not say whether the API's filters are exact (conflict 79)."""
    checks = (
        params.instance_id in (None, phone.instance_id),
        params.name is None or is_named(phone, params.name),
        params.region in (None, phone.region),
        params.state in (None, phone.running_status),
        params.assignee is None or params.assignee == (phone.assign_user or _NOBODY),
    )
    return all(checks)


def _filters_here(params: ListInstancesParams) -> bool:
    return any(each is not None for each in (params.name, params.region, params.state, params.assignee))


def _needed(params: ListInstancesParams) -> int | None:
    everything = isinstance(params, EveryInstance) or _filters_here(params)
    return None if everything else params.offset + params.limit


def _join(params: ListInstancesParams, rows: Sequence[Instance], total: int | None, complete: bool) -> InstanceList:
    matching = [phone for phone in rows if _matches(params, phone)]
    window = matching[params.offset : params.offset + params.limit]
    matched = len(matching) if _filters_here(params) or params.instance_id else total
    behind = params.offset + len(window)
    return InstanceList(
        instances=tuple(phone if params.detail else _brief(phone) for phone in window),
        matched=matched,
        complete=complete,
        next_offset=behind if window and matched is not None and behind < matched else None,
    )


def chosen(params: EveryInstance, everything: Sequence[Instance], *, complete: bool) -> InstanceList:
    """Those of a listing that was read before."""
    return _join(params, everything, len(everything), complete)


def _brief(phone: Instance) -> Instance:
    return phone.model_copy(update={name: None for name in Instance.model_fields if name not in _BRIEF})


def _query(params: ListInstancesParams) -> frozenset[str]:
    """A name with * is matched here only: the API documents no pattern."""
    return frozenset({"name"}) if params.name is not None and "*" in params.name else frozenset()


def _say(params: ListInstancesParams, result: InstanceList) -> str:
    shown, matched = len(result.instances), result.matched
    if not shown:
        return "No phone matches." if params.offset == 0 else "No further phone matches."
    if result.next_offset is None:
        return f"{phones(matched if matched is not None else shown)}; {shown} shown."
    return f"{phones(matched or shown)}; {shown} shown. For the next ones: offset={result.next_offset}."


def _cells(result: InstanceList) -> list[tuple[Cell, ...]]:
    return [
        (
            phone.instance_id,
            phone.instance_name,
            phone.region,
            phone.running_status and phone.running_status.shown,
            phone.login_status and phone.login_status.shown,
            phone.assign_user,
            phone.frozen_status and phone.frozen_status.shown,
            phone.backup_status and phone.backup_status.shown,
        )
        for phone in result.instances
    ]


def _warn(_: ListInstancesParams, result: InstanceList) -> list[str]:
    return [] if result.complete else ["Not every page of the listing could be read: more phones may match."]


ACTION = Action(
    name="list_instances",
    word="list",
    doc=__doc__,
    title="List phones",
    by=Endpoint(
        method="GET",
        path="/v1/instances/batch-query",
        request_id_in_query=True,
        local=frozenset({"region", "state", "assignee", "detail", "limit", "offset"}),
        local_when=_query,
        listing=listing(
            InstancePage,
            page_size=100,
            rows=lambda page: page.rows,
            total=lambda page: page.total_count,
            key=lambda phone: phone.instance_id,
            needed=_needed,
            join=_join,
        ),
    ),
    params=ListInstancesParams,
    result=InstanceList,
    risk=Risk.READ,
    permission=Permission("instances:read"),
    change=None,
    view=Table(
        say=_say,
        columns=("phone", "name", "region", "state", "login", "assignee", "frozen", "backup"),
        cells=_cells,
    ),
    warn=_warn,
    examples=(
        Example(
            params=ListInstancesParams(scene="CLOUD_PHONE"),
            sends=None,
            answers={
                "data": {
                    "result": [
                        {
                            "instance_id": "5srn5hL8",
                            "instance_name": "CCTEST-00001",
                            "region": "cn-north-7",
                            "instance_sku": "专业版 | 8 核 | 16GB | 10GB 存储 | 最高分辨率 720p",
                            "frozen_status": 0,
                            "running_status": 1,
                            "login_status": 0,
                            "assign_status": 1,
                            "assign_user": "1008600000097131912",
                            "billing_mode": "1",
                            "project_id": "9d71ec45aef04d84a991c12250227b5c",
                            "project_name": "cn-north-7",
                            "phone_id": "null",
                            "member_name": "test",
                            "account_name": "hhh@cs02.huaweiapaas.com",
                            "region_name": "华北-乌兰察布-二零三",
                            "region_name_en": "CN North-Ulanqab203",
                            "backup_status": 0,
                            "backup_time": "2024-05-24 17:34:58",
                            "restore_status": 0,
                            "restore_time": "2024-05-24 20:34:58",
                        }
                    ]
                },
                "page_no": 1,
                "page_size": 100,
                "total_count": 72,
                "error_code": "0",
                "error_msg": "OK",
            },
            source="4.1.10",
        ),
    ),
)


def until_listed(
    reached: Callable[[P, Instance], bool],
    *,
    within: timedelta,
    left: Callable[[Instance], bool] | None = None,
    gone: bool = False,
) -> Until[P]:
    """Verified through this listing, which takes one id at a time."""
    return until(
        ACTION,
        ask=lambda _, ids: ListInstancesParams(instance_id=ids[0]),
        rows=lambda result: result.instances,
        reached=reached,
        left=left,
        within=within,
        per_call=1,
        gone=gone,
    )
