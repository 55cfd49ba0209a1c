from pathlib import Path

import pytest

from chatops.errors import ConfigurationError
from chatops.policy.cases import ANSWERS, CASES, Table, answers, check_cases, check_floor, read_table
from chatops.policy.loading import shipped_text
from tests.chatops.policy.stage import SHIPPED, engine_of

TABLE = read_table(Path(CASES), shipped_text(CASES))


def table(text: str) -> Table:
    return read_table(Path("cases.yaml"), text)


def test_shipped_cases_are_answered_as_they_say() -> None:
    assert [each.name for each in answers(engine_of(), TABLE) if not each.passed] == []


def test_shipped_cases_have_names_of_their_own_and_every_answer() -> None:
    assert len({case.name for case in TABLE.cases}) == len(TABLE.cases)
    assert {case.expect for case in TABLE.cases} == set(ANSWERS)


def test_every_shipped_rule_decides_a_case() -> None:
    decided = {rule for each in answers(engine_of(), TABLE) for rule in each.rules}
    assert {rule.id for rule in SHIPPED} <= decided


@pytest.mark.parametrize("missing", [rule.id for rule in SHIPPED])
def test_shipped_rules_without_one_of_them_fail_a_case(missing: str) -> None:
    """Each rule is held by a case: nobody can lose one unseen."""
    engine = engine_of(rules=tuple(rule for rule in SHIPPED if rule.id != missing))
    with pytest.raises(ConfigurationError, match="The policy fails the case"):
        check_cases(engine, TABLE)


def test_answer_stricter_than_a_case_is_fine_for_a_floor_and_looser_is_not() -> None:
    strict = engine_of('@id("no") @message("No.") forbid (principal, action, resource);')
    check_floor(strict, TABLE)
    loose = engine_of(rules=tuple(rule for rule in SHIPPED if rule.id != "confirm-disruptive"))
    with pytest.raises(ConfigurationError, match="must be answered confirmation or stricter, and is answered allow"):
        check_floor(loose, TABLE)


def test_case_fails_by_its_rules_even_where_the_answer_is_right() -> None:
    cases = table("cases: [{name: a, action: delete_instances, expect: approval, rules: [frozen]}]")
    (answered,) = answers(engine_of(), cases)
    assert (answered.answer, answered.passed) == ("approval", False)
    assert "approve-delete" in answered.rules


def test_table_without_people_and_limits_speaks_of_those_of_the_team_file() -> None:
    text = "{}cases: [{{name: a, action: reboot_instances, count: 6, door: mcp, expect: {}}}]"
    assert answers(engine_of(), table(text.format("", "approval")))[0].passed
    assert answers(engine_of(), table(text.format("limits: {small: 6}\n", "confirmation")))[0].passed
    assert answers(engine_of(), table(text.format("people: {alice: [viewer]}\n", "deny")))[0].passed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cases: [{name: a, action: b, expect: allow, cuont: 3}]", "line 1: unknown key cases.0.cuont"),
        ("cases:\n  - name: a\n    action: b\n    expect: maybe", "line 4: cases.0.expect"),
        ("cases: []", "cases: must name at least 1"),
        ("people: {a: [lead]}\ncases: [{name: a, action: b, expect: deny}]", "line 1: people.a.0"),
        ("cases: [", "this is not YAML"),
    ],
)
def test_table_that_cannot_be_read_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        table(text)
    assert message in refused.value.message
    assert refused.value.message.startswith("cases.yaml")
