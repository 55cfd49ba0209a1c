import pytest

from chatops.control import every_action
from chatops.surfaces.mcp.listing import tool
from tools import AnyAction, Own, Risk

ACTIONS = every_action()


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_all_four_hints_follow_from_the_risk(action: AnyAction) -> None:
    hints = tool(action).annotations
    assert hints is not None
    assert hints.read_only_hint is (action.risk is Risk.READ)
    assert hints.idempotent_hint is (action.risk is Risk.READ)
    assert hints.destructive_hint is (action.risk in (Risk.DISRUPTIVE, Risk.DESTRUCTIVE))
    assert hints.open_world_hint is not isinstance(action.by, Own)


def test_description_is_summary_and_details_on_one_line() -> None:
    assert tool(ACTIONS["run_command"]).description == (
        "Run a shell command on phones and wait for the answer. For slow commands use start_command. No pipes or "
        "quotes. At most 1,024 bytes of output come back per phone. Commands that only read, such as ls, getprop or "
        "df, need no confirmation."
    )
    assert tool(ACTIONS["query_status"]).description == "Read the run state of phones."
