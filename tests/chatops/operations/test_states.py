from chatops.carrying import STATUS_OF
from chatops.operations.states import AWAITING, ENDED, OPEN, State


def test_every_state_is_open_or_ended() -> None:
    assert set(State) == OPEN | ENDED
    assert not OPEN & ENDED
    assert AWAITING <= OPEN


def test_every_state_has_a_status_for_the_doors() -> None:
    assert set(STATUS_OF) == set(State)
    assert all(STATUS_OF[each].value == each.value for each in ENDED)
