from collections.abc import Callable, Iterator

import pytest

from chatops.errors import ConfigurationError
from chatops.policy import Deny, Kept, NeedsConfirmation, PolicyEngine, PolicyHolder, Reloaded
from chatops.policy.holder import differences
from chatops.team import Limits, Person, Team
from tests.chatops.policy.stage import SHIPPED, TEAM, call, engine_of

NO = '@id("no") @message("No.") forbid (principal, action, resource);'


def loads(*steps: PolicyEngine | ConfigurationError) -> Callable[[], PolicyEngine]:
    """What each load finds, in turn."""
    rest: Iterator[PolicyEngine | ConfigurationError] = iter(steps)

    def load() -> PolicyEngine:
        found = next(rest)
        if isinstance(found, ConfigurationError):
            raise found
        return found

    return load


def test_reload_puts_the_new_rules_in_force_and_says_what_is_other() -> None:
    holder = PolicyHolder(loads(engine_of(), engine_of(NO), engine_of()))
    assert isinstance(holder.decide(call()), NeedsConfirmation)
    assert holder.reload() == Reloaded(changes=("rule no: added",))
    assert isinstance(holder.decide(call()), Deny)
    assert holder.reload() == Reloaded(changes=("rule no: removed",))


def test_reload_that_fails_keeps_what_is_in_force_and_returns_why() -> None:
    broken = ConfigurationError("a.cedar, line 3: rule x: unles")
    holder = PolicyHolder(loads(engine_of(NO), broken, engine_of()))
    before = holder.engine
    assert holder.reload() == Kept(error=broken)
    assert holder.engine is before
    assert isinstance(holder.decide(call()), Deny)
    assert isinstance(holder.reload(), Reloaded)


def test_start_fails_where_a_reload_would() -> None:
    with pytest.raises(ConfigurationError, match="broken"):
        PolicyHolder(loads(ConfigurationError("broken")))


def test_differences_name_rules_limits_and_people() -> None:
    other = TEAM.model_copy(
        update={
            "people": {**TEAM.people, "bob": Person(roles=("operator",)), "eve": Person()},
            "limits": Limits(small=9),
        }
    )
    changed = engine_of(
        '@id("frozen") @message("x") forbid (principal, action, resource);', rules=SHIPPED[:3], team=other
    )
    assert differences(engine_of(rules=SHIPPED[:4]), changed) == (
        "rule frozen: changed",
        "limit small: 5 became 9",
        "person bob: approver, operator became operator",
        "person eve: nobody became no roles",
    )


def test_same_policy_differs_in_nothing() -> None:
    assert differences(engine_of(), engine_of()) == ()


def test_differences_name_identities_groups_settings_and_windows() -> None:
    before = Team.model_validate({"people": {"alice": {"terminal": ["alice"]}}, "oidc_groups": {"oncall": ["viewer"]}})
    window = {"from": "2026-11-24T00:00:00Z", "until": "2026-11-25T00:00:00Z", "reason": "launch"}
    after = Team.model_validate(
        {
            "people": {"alice": {"terminal": ["al"], "slack": ["T1:U1"]}},
            "oidc_groups": {"oncall": ["operator"]},
            "terminal": {"may_approve": True},
            "approvals": {"expire_after": "1h"},
            "freeze": [window],
        }
    )
    assert differences(engine_of(team=before), engine_of(team=after)) == (
        "group oncall: viewer became operator",
        "slack T1:U1: nobody became alice",
        "terminal al: nobody became alice",
        "terminal alice: alice became nobody",
        "approvals.expire_after: 0:30:00 became 1:00:00",
        "terminal.may_approve: False became True",
        "window 2026-11-24T00:00+00:00 to 2026-11-25T00:00+00:00: added",
    )
    reasoned = after.model_copy(update={"freeze": (after.freeze[0].model_copy(update={"reason": "sale"}),)})
    (changed,) = differences(engine_of(team=after), engine_of(team=reasoned))
    assert changed.endswith("changed")
