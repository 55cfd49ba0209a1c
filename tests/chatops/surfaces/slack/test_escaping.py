from hypothesis import given
from hypothesis import strategies as st

from chatops.surfaces.slack.escaping import date, escaped, line, lines


@given(st.text(max_size=300), st.integers(10, 200))
def test_no_text_is_empty_too_long_or_markup(text: str, limit: int) -> None:
    for made in (line(text, limit), lines(text, limit), escaped(text, limit)):
        assert 0 < len(made) <= limit
    assert "\n" not in line(text, limit)
    assert not set("<>") & set(escaped(text, limit))


def test_dates_are_in_the_zone_of_the_reader() -> None:
    assert date(0.5) == "<!date^0^{date_short_pretty} {time}|1970-01-01 00:00 UTC>"
