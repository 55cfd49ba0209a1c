from hypothesis import given
from hypothesis import strategies as st

from chatops.surfaces.slack import blocks, limits
from chatops.surfaces.slack.speaking import message_of
from tests.chatops.surfaces.slack.nasty import nasty
from tests.chatops.surfaces.slack.seen import payload, sound
from tests.slack.limits import message_findings


def test_text_says_what_the_blocks_show_and_not_what_is_pressed() -> None:
    made = message_of(
        [
            blocks.header("Reset"),
            blocks.named([("a", blocks.span("<1>")), ("until", blocks.moment(0))]),
            blocks.table(["phone", "state"], [["p1", ""]]),
            blocks.divider(),
            blocks.small("print"),
            blocks.preformatted("one\ntwo"),
            blocks.actions("row", blocks.button("Go", "go", "1")),
        ]
    )
    said = ["Reset", "a: &lt;1&gt;", "until: 1970-01-01 00:00 UTC", "phone | state", "p1 | -", "print", "one", "two"]
    assert made.text.split("\n") == said
    sound(made)


def test_text_that_does_not_fit_is_cut_aloud_and_never_within_an_escape() -> None:
    made = message_of([blocks.preformatted("&" * 3000)])
    assert made.text.endswith("&amp;\n… and more in the message itself")
    assert len(made.text) <= limits.FALLBACK
    assert not message_findings(payload(made))


@given(st.lists(nasty, min_size=1, max_size=5))
def test_whatever_stands_in_blocks_is_said(texts: list[str]) -> None:
    sound(message_of([blocks.paragraph(text[:150]) for text in texts]))


def test_a_message_of_nothing_has_a_text() -> None:
    assert message_of([]).text == "-"
