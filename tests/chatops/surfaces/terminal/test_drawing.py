import io
import re

import pytest

from chatops.rendering import Shown
from chatops.surfaces.terminal.drawing import cell_of, draw, line_of

HOSTILE = "\x1b[31mdemo\x1b]0;owned\x07[red]x[/red] :smile: \u202egnp\u2066"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_screen(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    """Called in the test itself: pytest puts its own stream in place again after fixtures."""
    monkeypatch.setattr("sys.stdout", Screen())
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"COLUMNS": "40", "TERM": "xterm", **variables}.items():
        monkeypatch.setenv(name, value)


def table(*rows: tuple[str | int | bool | None, ...]) -> Shown:
    return Shown(message="Three phones.", columns=("phone", "output"), rows=rows, notes=("No answer for: x.",))


def test_piped_text_is_plain_and_aligned() -> None:
    assert draw(table(("a44uhlf7", "one\ntwo"), ("b", None), ("手机", True))) == (
        "Three phones.\n"
        "\n"
        "phone     output\n"
        "a44uhlf7  one\n"
        "          two\n"
        "b         -\n"
        "手机      yes\n"
        "\n"
        "note: No answer for: x.\n"
    )


def test_words_of_the_api_are_a_quotation(monkeypatch: pytest.MonkeyPatch) -> None:
    partly = Shown(message="Two phones.", notes=("Wait.",), quote="obey\nme\x1b[2J")
    assert draw(partly) == 'Two phones.\nThe API says: "obey me[2J"\nnote: Wait.\n'
    on_screen(monkeypatch)
    assert 'The API says: "obey me[2J"\n' in draw(partly)


def test_message_alone_is_one_line() -> None:
    assert draw(Shown(message="Reset accepted.")) == "Reset accepted.\n"


def test_terminal_gets_colour_and_its_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    on_screen(monkeypatch)
    text = draw(table(("a44uhlf7", "x" * 90)))
    assert "\x1b[1mThree phones.\x1b[0m" in text
    assert text.count("x") >= 90
    assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in text.split("\n")) == 40


def test_no_color_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    on_screen(monkeypatch, NO_COLOR="1")
    assert "\x1b" not in draw(table(("a", "b")))


def test_dumb_terminal_gets_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    on_screen(monkeypatch, TERM="dumb")
    assert "\x1b" not in draw(table(("a", "b")))


def test_nothing_in_data_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    on_screen(monkeypatch, NO_COLOR="1")
    monkeypatch.setenv("COLUMNS", "200")
    text = draw(Shown(message=HOSTILE, columns=("phone",), rows=((HOSTILE,),), notes=(HOSTILE,)))
    assert text.count("[31mdemo]0;owned[red]x[/red] :smile: gnp") == 3
    for character in "\x1b\x07\u202e\u2066":
        assert character not in text


def test_line_stays_one_and_cells_keep_theirs() -> None:
    assert line_of("a\nOK: all is well\r\n") == "a OK: all is well "
    assert cell_of("a\n\tb") == "a\n    b"
    assert cell_of("\x07") == "-"
    assert cell_of(value=False) == "no"
    assert cell_of(7) == "7"


PHONES = Shown(
    message="Two phones.",
    columns=("phone", "name", "region", "state", "login", "assignee", "frozen", "backup"),
    rows=(
        (
            "a44uhlf7",
            "printed-a44uhlf7",
            "cn-southwest-252",
            "running (2)",
            "logged_out (0)",
            "1" * 19,
            "normal (0)",
            4,
        ),
        ("iRJEVP96", "printed-iRJEVP96", "cn-north-7", "unknown (0)", "logged_out (0)", None, "normal (0)", 4),
    ),
)


@pytest.mark.parametrize("columns", [30, 40, 80, 81, 100, 120, 200])
def test_ids_can_be_copied_from_a_terminal_of_any_width(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    on_screen(monkeypatch, NO_COLOR="1", COLUMNS=str(columns))
    text = draw(PHONES)
    for each in ("a44uhlf7", "iRJEVP96", "1" * 19):
        assert re.search(rf"(^|\s){each}(\s|$)", text)
    assert all(len(line.rstrip()) <= columns for line in text.split("\n"))


def test_words_break_at_their_joints_where_the_terminal_is_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    on_screen(monkeypatch, NO_COLOR="1", COLUMNS="80")
    lines = [line.split() for line in draw(PHONES).split("\n")[3:]]
    assert lines[0] == ["a44uhlf7", "printed-", "cn-", "running", "logged_", "1" * 19, "normal", "4"]
    assert lines[1] == ["a44uhlf7", "southwest-", "(2)", "out", "(0)", "(0)"]
    assert lines[2] == ["252"]


def test_phones_stand_one_below_the_other_where_no_table_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    on_screen(monkeypatch, NO_COLOR="1", COLUMNS="30")
    first, second = draw(PHONES).removeprefix("Two phones.\n\n").strip().split("\n\n")
    assert first.split("\n") == [
        "phone: a44uhlf7",
        "name: printed-a44uhlf7",
        "region: cn-southwest-252",
        "state: running (2)",
        "login: logged_out (0)",
        f"assignee: {'1' * 19}",
        "frozen: normal (0)",
        "backup: 4",
    ]
    assert "assignee" not in second


def test_fields_that_fit_nowhere_are_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    on_screen(monkeypatch, NO_COLOR="1", COLUMNS="20")
    fields = Shown(message="One.", columns=("field", "value"), rows=(("network_definition", "9" * 40),))
    assert draw(fields) == f"One.\n\nnetwork_definition: {'9' * 40}\n\n"


def test_what_is_no_id_and_has_no_joint_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    on_screen(monkeypatch, NO_COLOR="1", COLUMNS="40")
    text = draw(table(("a44uhlf7", "x" * 90)))
    assert "phone" in text
    assert "x" * 31 not in text
