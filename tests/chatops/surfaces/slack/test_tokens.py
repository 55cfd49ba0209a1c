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
