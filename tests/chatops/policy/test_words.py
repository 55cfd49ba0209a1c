from chatops.policy import in_words
from chatops.team import Limits
from tests.chatops.conftest import policy_for, team

TEXT = in_words(policy_for(team(limits={"small": 3})))


def test_every_rule_stands_there_once() -> None:
    for rule in policy_for(team()).rules:
        assert TEXT.count(f"\n- {rule.id}: ") == 1


def test_limits_are_those_in_force_and_the_rest_of_a_sentence_is_for_any_call() -> None:
    assert "- small: 3\n" in TEXT
    assert "ACTION on COUNT phones through an assistant (more than 3) needs another person's approval." in TEXT
    assert "{" not in TEXT


def test_every_limit_is_named() -> None:
    assert all(f"\n- {name}: " in TEXT for name in Limits.model_fields)


def test_what_a_rule_does_stands_above_it() -> None:
    assert TEXT.index("Permits:") < TEXT.index("- viewers-read:") < TEXT.index("Refuses:")
    assert TEXT.index("Asks another person for an approval:") < TEXT.index("- approve-order:")
