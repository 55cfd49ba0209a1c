import pytest

from tools import Permission, Risk


def test_risks_rise() -> None:
    assert sorted(Risk, reverse=True) == [Risk.DESTRUCTIVE, Risk.DISRUPTIVE, Risk.CHANGE, Risk.READ]


@pytest.mark.parametrize("text", ["instances:read", "a:b"])
def test_permission_is_a_text(text: str) -> None:
    assert Permission(text) == text
    assert {Permission(text)} == {text}


@pytest.mark.parametrize(
    "text", ["", "read", "a:", ":b", "a:b:c", "A:b", "a b:c", "a_b:c", "a:b\n", "*:*", "instances:*"]
)
def test_text_of_another_form_is_no_permission(text: str) -> None:
    with pytest.raises(ValueError, match="noun:verb"):
        Permission(text)
