from chatops.control import every_action
from chatops.roles import ROLE_NAMES, ROLES, permissions_of, roles_with


def test_every_permission_of_an_action_is_held_by_some_role() -> None:
    for action in every_action().values():
        assert roles_with(action.permission), action.name


def test_no_role_holds_a_permission_that_no_action_needs() -> None:
    needed = {action.permission for action in every_action().values()}
    for role in ROLE_NAMES:
        assert ROLES[role] <= needed


def test_viewer_reads_and_changes_nothing() -> None:
    for action in every_action().values():
        if action.permission in permissions_of(["viewer"]):
            assert action.change is None


def test_operator_may_all_that_a_viewer_may() -> None:
    assert permissions_of(["viewer"]) < permissions_of(["operator"])


def test_approver_and_admin_may_ask_for_nothing_but_what_was_asked_before() -> None:
    assert permissions_of(["approver", "admin"]) == {"operations:read", "operations:cancel"}
    assert permissions_of(["viewer"]) > permissions_of(["approver"])


def test_device_tokens_are_not_for_viewers() -> None:
    assert roles_with("tokens:issue") == ("operator",)
