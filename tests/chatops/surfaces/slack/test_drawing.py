from hypothesis import given
from hypothesis import strategies as st

from chatops.outcome import Outcome, Status
from chatops.rendering import FIELDS, Shown
from chatops.surfaces.slack import limits
from chatops.surfaces.slack.blocks import texts
from chatops.surfaces.slack.drawing import drawn, drawn_outcome

CELLS = st.none() | st.booleans() | st.integers() | st.text(max_size=60) | st.just("x" * 4000) | st.just("<!channel>`|")


@given(st.lists(st.tuples(CELLS, CELLS), max_size=150), st.text(max_size=4000), st.booleans())
def test_whatever_is_shown_is_within_limits_and_says_what_is_cut(
    rows: list[tuple[str | int | bool | None, ...]], message: str, fields: bool
) -> None:
    columns = FIELDS if fields else ("phone", "output")
    made = drawn(Shown(message=message, columns=columns, rows=tuple(rows), notes=(message,), quote=message))
    assert 0 < len(made.message.text) <= limits.FALLBACK
    assert "<!channel>" not in made.message.text
    assert len(made.message.blocks) <= limits.MESSAGE_BLOCKS
    for block in made.message.blocks:
        if block["type"] == "table":
            shown = block["rows"]
            assert isinstance(shown, list)
            assert len(shown) <= limits.TABLE_ROWS
            assert texts(block) <= 3 * limits.TABLE_TEXT
    cut = any(str(block).count("Cut: ") for block in made.message.blocks if block["type"] == "context")
    assert cut or made.file is None


def test_a_long_list_is_cut_aloud_and_whole_in_the_file() -> None:
    rows = tuple((f"p{number}", "=1+1") for number in range(300))
    made = drawn(Shown(message="300 phones.", columns=("phone", "name"), rows=rows))
    assert "Cut: 99 of 300 rows" in str(made.message.blocks)
    assert made.file is not None
    assert made.file.count("\n") == 301
    assert "'=1+1" in made.file


def test_an_outcome_has_its_status_as_a_picture_and_a_word() -> None:
    made = drawn_outcome(Outcome(status=Status.REFUSED, message="No.", operation_id="op_1")).message
    assert made.text.startswith("⛔ Refused: No.")
    assert "Operation op_1" in made.text
