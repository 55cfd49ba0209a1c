from chatops.roles import ROLE_NAMES, ROLES, permissions_of, roles_with
from tools import load_actions


def test_every_permission_of_an_action_is_held_by_some_role() -> None:
    for action in load_actions().values():
        assert roles_with(action.permission), action.name


def test_no_role_holds_a_permission_that_no_action_needs() -> None:
    needed = {action.permission for action in load_actions().values()}
    for role in ROLE_NAMES:
        assert ROLES[role] <= needed


def test_viewer_reads_and_changes_nothing() -> None:
    for action in load_actions().values():
        if action.permission in permissions_of(["viewer"]):
            assert action.change is None


def test_operator_may_all_that_a_viewer_may() -> None:
    assert permissions_of(["viewer"]) < permissions_of(["operator"])


def test_approver_and_admin_may_ask_for_nothing() -> None:
    assert permissions_of(["approver", "admin"]) == frozenset()


def test_device_tokens_are_not_for_viewers() -> None:
    assert roles_with("tokens:issue") == ("operator",)
