"""What is true of every action of the service's own, whatever it does."""

import subprocess
import sys

import pytest

from chatops.control import every_action, load_control
from chatops.roles import ROLE_NAMES, roles_with
from tools import AnyAction, Own, Risk, load_actions

CONTROL = load_control()
EVERY_ACTION = pytest.mark.parametrize("action", CONTROL.values(), ids=CONTROL)


def test_own_actions_are_these_and_approving_is_not_among_them() -> None:
    assert list(CONTROL) == [
        "cancel_operation",
        "explain_decision",
        "get_operation",
        "list_approvals",
        "list_operations",
        "whoami",
    ]


def test_all_actions_are_those_on_phones_and_the_own_ones_in_alphabetical_order() -> None:
    assert list(every_action()) == sorted([*load_actions(), *CONTROL])


@EVERY_ACTION
def test_they_are_over_our_own_state_and_for_everybody_with_a_role(action: AnyAction) -> None:
    assert isinstance(action.by, Own)
    assert roles_with(action.permission) == ROLE_NAMES
    assert action.risk is (Risk.CHANGE if action.name == "cancel_operation" else Risk.READ)
    assert 10 < len(action.summary) < 80


@pytest.mark.process
def test_declarations_are_read_without_store_and_client() -> None:
    """A list of actions and a help text must answer at once."""
    program = (
        "import sys\nfrom chatops.control import every_action\nevery_action()\n"
        "heavy = {'sqlalchemy', 'httpx2', 'cedarpy', 'mcp', 'cryptography'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
