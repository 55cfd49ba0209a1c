import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatops.surfaces.slack.hiding import hidden


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("install a link=abc region=x", "install a link=••• region=x"),
        ("install a --link abc region=x", "install a --link ••• region=x"),
        ("install a \u2014link abc", "install a \u2014link •••"),
        ("install a LINK='a b' c", "install a LINK=••••• c"),
        ("install a link=\u201ca b", "install a link=••••"),
        ("install link a", "install link a"),
        ("reset https://x/y z", "reset https://••• z"),
        ("reset my-token=abc monkey=abc", "reset my-token=••• monkey=abc"),
        ("token a44uhlf7", "token a44uhlf7"),
    ],
)
def test_what_may_be_a_secret_becomes_dots(line: str, shown: str) -> None:
    assert hidden(line, {"link"}) == shown


@given(st.text(max_size=200))
def test_a_line_stays_as_long_as_it_was(line: str) -> None:
    assert len(hidden(line, {"link"})) == len(line)
