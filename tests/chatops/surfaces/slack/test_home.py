from chatops.operations.states import State
from chatops.surfaces.slack import limits
from chatops.surfaces.slack.home import Home, home_view
from tests.chatops.operations.test_progress import operation


def test_a_full_home_is_within_limits_and_says_what_it_leaves_out() -> None:
    many = tuple(operation("reboot_instances", State.AWAITING_APPROVAL, id=f"op_{each}") for each in range(50))
    view = home_view(Home(waiting=many, recent=many, words=("list",), fleet=(("phones", "12"),), freezes=("x",) * 50))
    shown = view["blocks"]
    assert isinstance(shown, list)
    assert len(shown) <= limits.VIEW_BLOCKS
    assert str(shown).count("And 40 more.") == 2


def test_an_empty_home_says_so() -> None:
    assert "Nothing waits for you." in str(home_view(Home(waiting=(), recent=(), words=(), fleet=())))
