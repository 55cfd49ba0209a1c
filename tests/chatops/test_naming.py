import pytest

from chatops.naming import action_named


@pytest.mark.parametrize("given", ["reboot", "reboot_instances", "reboot-instances"])
def test_an_action_is_named_as_it_is_run(given: str) -> None:
    found = action_named(given)
    assert found is not None
    assert found.name == "reboot_instances"


def test_what_is_no_action_is_not_guessed() -> None:
    assert action_named("rebot") is None
