import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from chatops.errors import ConfigurationError
from chatops.policy import Deny, NeedsApproval, NeedsConfirmation, loading
from chatops.policy.loading import load_policy
from tests.chatops.policy.stage import ACTIONS, SHIPPED, TEAM, assisted, call

NIGHT = """
@id("no-reboots-at-noon")
@message("{action} waits until 13:00 UTC.")
forbid (principal, action in Action::"instances:reboot", resource) when { context.hour == 12 };
"""


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return tmp_path


def test_shipped_rules_load() -> None:
    engine = load_policy(None, TEAM, actions=ACTIONS)
    assert [rule.id for rule in engine.rules] == [rule.id for rule in SHIPPED]
    assert isinstance(engine.decide(call()), NeedsConfirmation)


def test_rules_of_a_folder_refuse_more(tmp_path: Path) -> None:
    engine = load_policy(folder(tmp_path, a__cedar=NIGHT, notes__txt="permit", b__md="x"), TEAM, actions=ACTIONS)
    # The shipped cases reboot at noon: stricter than they say is fine.
    assert engine.decide(call()) == Deny(
        rules=("no-reboots-at-noon",), sentence="reboot_instances waits until 13:00 UTC."
    )


def test_rules_of_a_folder_ask_for_more(tmp_path: Path) -> None:
    text = """
    @id("a") @obligation("approval") @message("Ask.")
    forbid (principal, action, resource) when { context.regions.contains("cn-north-7") }
    unless { context has consent && context.consent.kind == Consent::"approval" };
    """
    engine = load_policy(folder(tmp_path, a__cedar=text), TEAM, actions=ACTIONS)
    assert isinstance(engine.decide(call()), NeedsApproval)
    assert isinstance(engine.decide(call(regions=frozenset())), NeedsConfirmation)


def test_rule_of_a_folder_cannot_permit(tmp_path: Path) -> None:
    text = '@id("me") @message("x") permit (principal == Person::"eve", action, resource);'
    with pytest.raises(ConfigurationError, match=r"a\.cedar, line 1: rule me: only the shipped rules permit"):
        load_policy(folder(tmp_path, a__cedar=text), TEAM, actions=ACTIONS)


def test_rule_of_a_folder_cannot_take_the_id_of_a_shipped_one(tmp_path: Path) -> None:
    text = '@id("frozen") @message("x") forbid (principal, action, resource) when { false };'
    with pytest.raises(ConfigurationError, match="the id is taken"):
        load_policy(folder(tmp_path, a__cedar=text), TEAM, actions=ACTIONS)


def test_broken_file_names_itself_and_the_rule(tmp_path: Path) -> None:
    where = re.escape(str(tmp_path / "b.cedar"))
    with pytest.raises(ConfigurationError, match=f"{where}, line 2: rule b: invalid policy condition"):
        load_policy(
            folder(
                tmp_path,
                a__cedar=NIGHT,
                b__cedar='\n@id("b") @message("x") forbid (principal, action, resource) wen {};',
            ),
            TEAM,
            actions=ACTIONS,
        )


def test_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file") as refused:
        load_policy(tmp_path / "none", TEAM, actions=ACTIONS)
    assert "CHATOPS_POLICY_DIR" in refused.value.next_step


def test_folder_of_very_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "FILES_LIMIT", 1)
    with pytest.raises(ConfigurationError, match="more than 1 policy files"):
        load_policy(folder(tmp_path, a__cedar=NIGHT, b__cedar=""), TEAM, actions=ACTIONS)


def test_cases_of_the_folder_are_checked_exactly(tmp_path: Path) -> None:
    case = "cases: [{name: noon, action: reboot_instances, now: 2026-01-05T12:00:00Z, expect: %s}]"
    load_policy(folder(tmp_path, a__cedar=NIGHT, cases__yaml=case % "deny"), TEAM, actions=ACTIONS)
    with pytest.raises(ConfigurationError, match="fails the case 'noon': it must be answered confirmation"):
        load_policy(folder(tmp_path, cases__yaml=case % "confirmation"), TEAM, actions=ACTIONS)


@pytest.mark.parametrize("name", ["a.cedar", "cases.yaml", "."])
@pytest.mark.parametrize("mode", [0o775, 0o757])
def test_start_refuses_what_others_may_write(tmp_path: Path, name: str, mode: int) -> None:
    case = "cases: [{name: noon, action: reboot_instances, expect: deny}]"
    folder(tmp_path, a__cedar=NIGHT, cases__yaml=case).chmod(0o755)
    load_policy(tmp_path, TEAM, actions=ACTIONS)
    (tmp_path / name).chmod(mode)
    with pytest.raises(ConfigurationError, match="Others may write"):
        load_policy(tmp_path, TEAM, actions=ACTIONS)


def test_start_refuses_what_belongs_to_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    owner = tmp_path.stat().st_uid
    load_policy(tmp_path, TEAM, actions=ACTIONS)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    if owner == 0:
        os.chown(tmp_path, 12345, -1)
    with pytest.raises(ConfigurationError, match="belongs to somebody else"):
        load_policy(tmp_path, TEAM, actions=ACTIONS)


def test_start_refuses_a_link_to_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "a.cedar").symlink_to(tmp_path / "gone")
    with pytest.raises(ConfigurationError, match=r"a\.cedar cannot be read"):
        load_policy(tmp_path, TEAM, actions=ACTIONS)


def test_new_action_under_a_known_permission_needs_no_new_rule() -> None:
    more = replace(ACTIONS["reboot_instances"], name="restart_instances")
    engine = load_policy(None, TEAM, actions={**ACTIONS, more.name: more})
    facts = replace(assisted(count=6), action="restart_instances")
    assert engine.decide(facts).rules == ("confirm-disruptive", "approve-disruptive-many")
