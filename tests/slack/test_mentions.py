"""What would call people, lead away, or go unsaid, found in payloads of any kind."""

import pytest

from tests.slack.limits import broadcasts, links, mentions, unsaid
from tests.slack.samples import BUTTON, message, mrkdwn, plain


@pytest.mark.parametrize("call", ["<!channel>", "<!here|here>", "<!everyone>", "a <!CHANNEL> b"])
def test_calls_to_everybody_are_found_where_slack_interprets_them(call: str) -> None:
    assert broadcasts(message(text=call))
    assert broadcasts(message({"type": "section", "text": mrkdwn(call)}))
    assert broadcasts(message({"type": "context", "elements": [mrkdwn(call)]}))
    assert broadcasts(message({"type": "markdown", "text": call}))
    assert broadcasts(message({"type": "section", "text": plain(call)})) == []
    assert broadcasts(message(text=call.replace("<", "&lt;"))) == []
    assert broadcasts({**message(), "link_names": True})


def test_mentions_and_links_are_listed() -> None:
    payload = message(
        {"type": "section", "text": mrkdwn("<@U0BOB> and <!subteam^S0ONCALL|@oncall>, see <https://x.example|here>")},
        {"type": "actions", "elements": [{**BUTTON, "url": "https://y.example"}]},
    )
    assert mentions(payload) == ["U0BOB", "S0ONCALL"]
    assert links(payload) == ["https://x.example", "https://y.example"]


def test_fallback_text_is_held_against_what_the_blocks_say() -> None:
    section = {"type": "section", "text": mrkdwn(":warning: *Reset* 3 phones <!date^1^{date}|then>")}
    button = {"type": "actions", "elements": [BUTTON]}
    assert unsaid(message(section, button, text="Reset 3 phones")) == []
    assert unsaid(message(section, text="Reset")) == ["3", "phones"]
