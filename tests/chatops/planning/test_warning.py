from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chatops.planning.warning import too_late, warnings_of
from tests.chatops.cloud.world import ACTIONS
from tests.chatops.planning.stage import fleet_of, plan_of, target
from tools import PackageLink, Risk

CHANGES = [name for name, action in ACTIONS.items() if action.risk is not Risk.READ]


def test_phones_in_use_are_counted() -> None:
    targets = [*fleet_of(17), *(target(f"u{number}", in_use=True) for number in range(3))]
    assert plan_of("reboot_instances", targets).warnings == ("3 of 20 phones in use, or possibly in use.",)


def test_frozen_phones_are_said_to_spoil_the_request() -> None:
    targets = [target("a", frozen=True), target("b", frozen=True), target("c")]
    assert plan_of("reboot_instances", targets).warnings == (
        "2 of 3 phones frozen: the API will refuse the whole request they stand in.",
    )


@pytest.mark.parametrize("action", ["reset_instances", "delete_instances", "unassign_instances"])
def test_what_wipes_says_how_many_have_no_backup(action: str) -> None:
    bare = [target("a", backup=None), target("b", backup="failed"), target("c", backup="running"), target("d")]
    assert plan_of(action, bare).warnings == ("No backup on record for 3 of 4 phones.",)


@pytest.mark.parametrize("action", ["reboot_instances", "backup_instances", "set_video"])
def test_what_wipes_nothing_says_nothing_of_backups(action: str) -> None:
    assert plan_of(action, [target(backup=None)]).warnings == ()


def test_whether_something_wipes_is_what_its_declaration_says() -> None:
    reboot = ACTIONS["reboot_instances"]
    assert reboot.change is not None
    wiping = replace(reboot, change=replace(reboot.change, wipes=True))
    bare = [target(backup=None)]
    assert warnings_of(wiping, reboot.examples[0].params, bare) == ("No backup on record for 1 of 1 phone.",)
    assert {name for name, each in ACTIONS.items() if each.change is not None and each.change.wipes} == {
        "delete_instances",
        "reset_instances",
        "unassign_instances",
    }


@pytest.mark.parametrize("action", ["assign_instances", "unassign_instances", "prepare_instances"])
def test_phones_of_somebody_else_than_the_user_named_are_counted(action: str) -> None:
    targets = [target("a", assignee="7"), target("b", assignee="9"), target("c", assignee=None)]
    assert plan_of(action, targets, user_id="9").warnings == ("1 of 3 phones assigned to somebody else than 9.",)


def test_unknown_region_is_said() -> None:
    assert plan_of("reboot_instances", [target(region=None)]).warnings == ("The region of 1 of 1 phone is not known.",)


def test_worst_stands_first() -> None:
    (use, frozen, backup, region) = plan_of(
        "reset_instances", [target(in_use=True, frozen=True, backup=None, region=None)]
    ).warnings
    assert "in use" in use
    assert "frozen" in frozen
    assert "backup" in backup
    assert "region" in region


@pytest.mark.parametrize("action", CHANGES)
def test_phone_at_rest_with_a_backup_needs_no_warning(action: str) -> None:
    user = getattr(ACTIONS[action].examples[0].params, "user_id", None)
    targets = [] if action == "create_instances" else [target(assignee=user)]
    assert plan_of(action, targets).warnings == ()


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
EARLY = "The signed link expires at 2026-11-24T12:20+00:00; an approval may come up to 30 min from now, after that."
PAST = "The signed link expired at 2026-11-24T11:00+00:00: what it leads to can no longer be downloaded."


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (f"Expires={NOON.timestamp() + 1200:.0f}&Signature=S3cr3t", [EARLY]),
        (f"AccessKeyId=A&Expires={NOON.timestamp() - 3600:.0f}&Signature=S3cr3t", [PAST]),
        ("X-Amz-Date=20261124T115000Z&X-Amz-Expires=1800&X-Amz-Signature=S3cr3t", [EARLY]),
        ("X-Obs-Date=20261124T105000Z&X-Obs-Expires=600&X-Obs-Signature=S3cr3t", [PAST]),
        (f"Expires={NOON.timestamp() + 1800:.0f}", []),
        ("X-Amz-Date=20261124T115000Z&X-Amz-Expires=86400", []),
        ("X-Amz-Date=yesterday&X-Amz-Expires=1800", []),
        ("X-Amz-Expires=1800", []),
        ("Expires=" + "9" * 400, []),
        ("Expires=soon", []),
        ("", []),
    ],
)
def test_link_that_expires_before_an_approval_has_to_be_given_is_said(query: str, said: list[str]) -> None:
    install = ACTIONS["install_app"]
    link = PackageLink(f"https://storage.example.com/app.apk?{query}")
    params = install.examples[0].params.model_copy(update={"link": link})
    assert [*too_late(install, params, NOON, timedelta(minutes=30))] == said


def test_change_whose_params_do_not_expire_needs_no_warning() -> None:
    reboot = ACTIONS["reboot_instances"]
    assert too_late(reboot, reboot.examples[0].params, NOON, timedelta(minutes=30)) == ()
