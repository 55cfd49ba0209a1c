import pytest

from chatops.surfaces.terminal.fitting import broken, widths_within

COLUMNS = ("phone", "name")
ROWS = [["a44uhlf7", "demo-printed"], ["b", "专专"]]


@pytest.mark.parametrize(
    ("width", "fitting"),
    [
        (100, ([8, 12], 2)),
        (22, ([8, 12], 2)),
        (20, ([8, 10], 2)),
        (17, ([8, 7], 2)),
        (16, ([8, 7], 1)),
        (15, None),
    ],
)
def test_ids_are_whole_and_the_rest_gets_what_is_left(width: int, fitting: tuple[list[int], int] | None) -> None:
    assert widths_within(COLUMNS, ROWS, width) == fitting


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("demo-printed", 12, ["demo-printed"]),
        ("demo-printed", 8, ["demo-", "printed"]),
        ("cn-southwest-252 a", 10, ["cn-", "southwest-", "252 a"]),
        ("demo-00012", 8, ["demo-", "00012"]),
        ("2026-11-24", 8, ["2026-11-24"]),
        ("one\ntwo", 2, ["one", "two"]),
    ],
)
def test_words_break_at_joints_and_nowhere_else(text: str, width: int, lines: list[str]) -> None:
    assert broken(text, width).split("\n") == lines
