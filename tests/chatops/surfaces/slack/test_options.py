import pytest

from chatops.surfaces.slack.options import Grammar, Unread

FREEZE = Grammar(
    example='freeze --reason "bad image" --for 30m',
    valued=("reason", "for", "region"),
    flags=("quietly",),
    required=("reason", "for"),
)
OP = Grammar(example="op op_1", words=("the id",))


@pytest.mark.parametrize(
    "typed",
    [
        '--reason "bad image" --for 30m --quietly',
        "--reason=“bad image” for=30m —quietly",
        '--quietly reason="bad image" --for=30m',
    ],
)
def test_options_are_read_as_people_and_their_keyboards_write_them(typed: str) -> None:
    given = FREEZE.read("freeze", typed, "/phone")
    assert given.values == {"reason": "bad image", "for": "30m"}
    assert given.flags == {"quietly"}


def test_words_by_themselves_are_read_where_there_is_a_place() -> None:
    assert OP.read("op", "op_1", "/phone").words == ("op_1",)


@pytest.mark.parametrize(
    ("typed", "problem", "marked"),
    [
        ("--reason bad image --for 30m", "put quotes around", "image"),
        ("--reason bad", "--for is missing", "bad"),
        ("", "--reason and --for are missing", ""),
        ("--raeson bad --for 30m", "did you mean reason or region?", "--raeson"),
        ("--reason bad --for", "--for needs a value", "--for"),
        ("--for 1m --for 2m --reason x", "for stands there twice", "--for"),
        ('--reason "bad', "never closed", '"'),
        ("--reason x --for 1m zone=1", "there is no option 'zone'", "zone=1"),
    ],
)
def test_what_cannot_be_read_is_pointed_at_with_a_line_that_works(typed: str, problem: str, marked: str) -> None:
    with pytest.raises(Unread) as raised:
        FREEZE.read("freeze", typed, "/phone")
    found = raised.value.found
    assert problem in found.problem
    assert found.example == '/phone freeze --reason "bad image" --for 30m'
    line, mark = found.pointed.split("\n")
    assert line.startswith("/phone freeze")
    if marked:
        assert line[mark.index("^") :].startswith(marked)
