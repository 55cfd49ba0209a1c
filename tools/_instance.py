"""One cloud phone, as the listing describes it."""

from pydantic import AliasChoices, Field

from tools._model import Result
from tools._states import AssignState, CopyState, FrozenState, LoginState, RunState
from tools._text import MaybeLine, ReportedId


class Instance(Result):
    """One cloud phone, as the listing describes it. Absent fields were not asked for, or the API had nothing to say."""

    instance_id: ReportedId
    instance_name: MaybeLine = None
    region: MaybeLine = None
    running_status: RunState | None = None
    login_status: LoginState | None = None
    assign_status: AssignState | None = None
    assign_user: MaybeLine = None
    frozen_status: FrozenState | None = None
    backup_status: CopyState | None = None
    restore_status: CopyState | None = None
    # Whose time these two are is not said: they are passed on as they come (conflict 66).
    backup_time: MaybeLine = Field(default=None, description="As answered; its time zone is not documented")
    restore_time: MaybeLine = Field(default=None, description="As answered; its time zone is not documented")
    instance_sku: MaybeLine = None
    billing_mode: MaybeLine = Field(default=None, description="As answered; its meaning is not documented")
    project_id: MaybeLine = None
    project_name: MaybeLine = None
    phone_id: MaybeLine = Field(default=None, description="As answered; not the id that calls take")
    member_name: MaybeLine = None
    account_name: MaybeLine = None
    region_name: MaybeLine = None
    region_name_en: MaybeLine = None

    @property
    def in_use(self) -> bool:
        """Whether somebody may be using it: a phone of which that is not known counts as in use."""
        return self.login_status is not LoginState.LOGGED_OUT


class InstancePage(Result):
    """One page of the listing (tables 4-68 and 4-69)."""

    rows: tuple[Instance, ...] = Field(default=(), validation_alias=AliasChoices("result", "rows"))
    page_no: int | None = None
    page_size: int | None = None
    total_count: int | None = None
