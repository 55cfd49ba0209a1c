import pytest

from chatops.surfaces.terminal.explaining import examples, explain
from tools import AnyAction, load_actions

ACTIONS = load_actions()


@pytest.mark.parametrize("action", ACTIONS.values(), ids=lambda action: action.name)
def test_help_names_risk_permission_role_and_what_undoes_it(action: AnyAction) -> None:
    text = explain(action)
    assert f"Risk: {action.risk.name}" in text
    assert f"Permission: {action.permission}, which comes with the role" in text
    assert (action.change is None) or action.change.undo in text
    assert examples(action).count(f"chatops run {action.word}") == len(action.examples)


def test_what_lowers_the_risk_is_said() -> None:
    assert "Some arguments lower it to CHANGE" in explain(ACTIONS["run_command"])
    assert "Some arguments" not in explain(ACTIONS["reset_instances"])
