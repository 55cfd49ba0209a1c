import pytest

from chatops.surfaces.slack.tokens import Unclosed, cleaned, tokens


def test_what_slack_and_keyboards_make_of_words_is_undone() -> None:
    text = cleaned("a \u201cb c\u201d <@U1|bob> <#C1|ops> <mailto:a@b.c|a@b.c> <https://x.y|x> don't \u200bz &amp;amp;")
    assert [each.text for each in tokens(text)] == [
        "a",
        "b c",
        "U1",
        "C1",
        "a@b.c",
        "https://x.y",
        "don't",
        "z",
        "&amp;",
    ]


def test_a_quote_that_is_never_closed_is_pointed_at() -> None:
    with pytest.raises(Unclosed) as caught:
        tokens('a "b')
    assert caught.value.start == 2


def test_parts_stand_between_the_commas_outside_quotes_where_they_were_typed() -> None:
    (token,) = tokens('name="a,b",state=stopped,,x')
    assert [(each.text, each.start, each.end) for each in token.parts] == [
        ("name=a,b", 0, 10),
        ("state=stopped", 11, 24),
        ("x", 26, 27),
    ]
    assert tokens("a b")[0].parts == ()


def test_a_link_that_slack_has_made_of_a_name_is_what_was_typed() -> None:
    assert cleaned("<http://com.demo.app|com.demo.app> <https://x.y/|x.y> <https://x.y/z|more>") == (
        "com.demo.app x.y https://x.y/z"
    )
