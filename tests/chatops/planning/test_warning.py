from dataclasses import replace

import pytest

from chatops.planning.warning import warnings_of
from tests.chatops.cloud.world import ACTIONS
from tests.chatops.planning.stage import fleet_of, plan_of, target
from tools import Risk

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
