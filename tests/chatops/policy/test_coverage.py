from dataclasses import replace

import pytest

from chatops.errors import ConfigurationError
from chatops.policy import PolicyEngine
from chatops.roles import ROLE_NAMES, ROLES
from tests.chatops.policy.coverage import check_coverage
from tests.chatops.policy.stage import ACTIONS, SHIPPED, engine_of
from tools import Permission


def without(*ids: str) -> PolicyEngine:
    return engine_of(rules=tuple(rule for rule in SHIPPED if rule.id not in ids))


def test_shipped_rules_and_roles_say_the_same() -> None:
    check_coverage(engine_of())
    assert {action.permission for action in ACTIONS.values()} <= {p for role in ROLE_NAMES for p in ROLES[role]}


def test_permission_that_the_rules_forgot_is_found() -> None:
    with pytest.raises(
        ConfigurationError, match=r"do not permit \w+ to the role operator, and roles\.py says otherwise"
    ):
        check_coverage(without("operators-act"))


def test_new_action_with_a_permission_of_nobody_is_found() -> None:
    orphan = replace(ACTIONS["reboot_instances"], name="shake_instances", permission=Permission("instances:shake"))
    with pytest.raises(ConfigurationError, match="no role holds instances:shake, which shake_instances needs"):
        check_coverage(replace(engine_of(), actions={**ACTIONS, orphan.name: orphan}))


def test_permission_that_the_rules_give_away_is_found() -> None:
    generous = '@id("all") @message("x") permit (principal in Role::"admin", action, resource);'
    with pytest.raises(ConfigurationError, match=r"the rules permit \w+ to the role admin"):
        check_coverage(engine_of(generous))


@pytest.mark.parametrize(
    ("rules", "action"),
    [
        (("confirm-disruptive",), "assign_instances, which is DISRUPTIVE"),
        (("type-destructive",), "install_app, which is DESTRUCTIVE"),
        (("type-destructive", "approve-delete"), "delete_instances, which is DESTRUCTIVE"),
        (("type-destructive", "approve-order"), "create_instances, which is DESTRUCTIVE"),
    ],
)
def test_dangerous_action_that_nobody_is_asked_about_is_found(rules: tuple[str, ...], action: str) -> None:
    name = action.partition(",")[0]
    engine = replace(without(*rules), actions={name: ACTIONS[name]})
    with pytest.raises(ConfigurationError, match=f"no rule asks for a consent to {action}"):
        check_coverage(engine)


@pytest.mark.parametrize("door", ["slack", "terminal"])
@pytest.mark.parametrize(
    ("rule", "action"), [("confirm-disruptive", "reboot_instances"), ("type-destructive", "install_app")]
)
def test_dangerous_action_that_nobody_is_asked_about_at_one_door_is_found(rule: str, action: str, door: str) -> None:
    (asks,) = (each for each in SHIPPED if each.id == rule)
    elsewhere = asks.text.rstrip().removesuffix(";") + f' unless {{ context.door == Door::"{door}" }};'
    others = tuple(each for each in SHIPPED if each.id != rule)
    engine = replace(engine_of(elsewhere, rules=others), actions={action: ACTIONS[action]})
    with pytest.raises(ConfigurationError, match=f"no rule asks for a consent to {action}.* at the door {door}"):
        check_coverage(engine)
