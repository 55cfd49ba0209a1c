import re
from pathlib import Path

import pytest

from chatops.errors import ConfigurationError
from chatops.policy.reading import check_unique, read_text
from chatops.policy.rule import Obligation
from tests.chatops.policy.stage import SHIPPED, rules_of

ALL = "(principal, action, resource)"


def test_rule_is_read_with_its_annotations() -> None:
    (rule,) = rules_of(
        f'@id("a-b") @obligation("approval") @approvers("admin,approver") @message("{{count}} phones.") forbid {ALL};'
    )
    assert (rule.id, rule.permits, rule.message) == ("a-b", False, "{count} phones.")
    assert (rule.obligation, rule.approvers) == (Obligation.APPROVAL, ("approver", "admin"))
    assert not rule.refuses


def test_approver_approves_unless_a_rule_says_otherwise() -> None:
    (rule,) = rules_of(f'@id("a") @obligation("approval") @message("x") forbid {ALL};')
    assert rule.approvers == ("approver",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # Cedar takes any annotation, so a slip in one would make a condition an unconditional refusal, or nothing.
        (f'@id("a") @message("x") @oblgation("approval") forbid {ALL};', "rule a: @oblgation means nothing here"),
        (f'@id("a") @message("x") @obligation("aproval") forbid {ALL};', "there is no @obligation 'aproval'"),
        (f'@id("a") @message("x") @obligation forbid {ALL};', "there is no @obligation ''"),
        (f'@id("a") @message("x") @obligation("typed") permit {ALL};', "a permit cannot ask for a consent"),
        (f'@id("a") @message("x") @approvers("admin") forbid {ALL};', "@approvers belongs to an approval"),
        (
            f'@id("a") @message("x") @obligation("typed") @approvers("admin") forbid {ALL};',
            "@approvers belongs to an approval",
        ),
        (
            f'@id("a") @message("x") @obligation("approval") @approvers("lead") forbid {ALL};',
            "there is no role 'lead'",
        ),
        (f'@id("a") forbid {ALL};', "it has no @message"),
        (f'@id("a") @message("  ") forbid {ALL};', "it has no @message"),
        (f'@id("a") @message("{{cuont}} phones") forbid {ALL};', "{cuont} in its @message means nothing"),
        (f'@id("a") @message("{{limits.small}}") forbid {ALL};', "{limits.small} in its @message means nothing"),
        (f'@message("x") forbid {ALL};', "a rule without @id: it has no usable @id"),
        (f'@id("A b") @message("x") forbid {ALL};', "it has no usable @id"),
        # Parse errors of Cedar say neither line nor rule.
        (f'@id("a") @message("x") forbid {ALL} unles {{ true }};', "rule a: invalid policy condition: unles"),
        (f'@id("a") @message("x") forbid {ALL}', "unexpected end of input"),
        ('@id("a") @message("x") forbid (principal == ?principal, action, resource);', "it has slots"),
        # Words that do not exist.
        ('@id("a") @message("x") forbid (principal in Role::"laed", action, resource);', "laed"),
        ('@id("a") @message("x") forbid (principal, action == Action::"reset_phones", resource);', "reset_phones"),
        (
            '@id("a") @message("x") forbid (principal, action == Action::"instances:reset", resource);',
            "unable to find an applicable action",
        ),
        (f'@id("a") @message("x") forbid {ALL} when {{ context.cuont > 3 }};', "cuont"),
        (f'@id("a") @message("x") forbid {ALL} when {{ context.fleet.phones > 3 }};', "optional attribute"),
        (f'@id("a") @message("x") forbid {ALL} when {{ context.risk == Risk::"destroy" }};', "destroy"),
        (f'@id("a") @message("x") forbid {ALL} when {{ context.door == Door::"irc" }};', "irc"),
        (f'@id("a") @message("x") forbid {ALL} when {{ context.count > "3" }};', "unexpected type"),
    ],
)
def test_rule_that_cannot_be_used_is_refused_with_its_place(text: str, message: str) -> None:
    before = f'@id("fine") @message("x")\nforbid {ALL};\n\n'
    with pytest.raises(ConfigurationError, match=re.escape(message)) as refused:
        rules_of(before + text)
    assert refused.value.message.startswith("extra.cedar, line 4: ")
    assert refused.value.next_step


def test_two_rules_with_one_id_are_refused() -> None:
    twice = rules_of(f'@id("frozen") @message("x") forbid {ALL};')
    with pytest.raises(
        ConfigurationError, match=r"extra\.cedar, line 1: rule frozen: the id is taken .*default\.cedar"
    ):
        check_unique((*SHIPPED, *twice))


def test_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "long").write_text("x" * 11, encoding="utf-8")
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match="is larger than 10 bytes"):
        read_text(tmp_path / "long", 10)
    with pytest.raises(ConfigurationError, match="is not UTF-8 text"):
        read_text(tmp_path / "bytes", 10)
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        read_text(tmp_path / "none", 10)
