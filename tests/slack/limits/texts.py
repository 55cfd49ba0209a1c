"""Text objects, options, confirmation dialogs, rich text."""

from typing import Any

from tests.slack.limits.checks import (
    Check,
    Findings,
    anything,
    at_least_one,
    boolean,
    listed,
    one_of,
    shaped,
    string,
    tagged,
    whole,
)

URL = string(3000)
IDENTIFIER = string(255)


def plain(most: int) -> Check:
    """``plain_text`` alone."""
    return tagged({"plain_text": shaped({"type": anything, "text": string(most)}, {"emoji": boolean})})


def either(most: int) -> Check:
    """``plain_text`` or ``mrkdwn``."""
    plain_text = shaped({"type": anything, "text": string(most)}, {"emoji": boolean})
    mrkdwn = shaped({"type": anything, "text": string(most)}, {"verbatim": boolean})
    return tagged({"plain_text": plain_text, "mrkdwn": mrkdwn})


CONFIRM = shaped(
    {"title": plain(100), "text": either(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)
OPTION = shaped({"text": plain(75), "value": string(150)}, {"description": plain(75)})
# Checkboxes and radio buttons take mrkdwn too, an overflow menu links.
RICH_OPTION = shaped({"text": either(75), "value": string(150)}, {"description": either(75)})
LINK_OPTION = shaped({"text": plain(75), "value": string(150)}, {"description": plain(75), "url": URL})
OPTION_GROUP = shaped({"label": plain(75), "options": listed(OPTION, 100)}, {})

_STYLE = shaped({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), boolean))
_TYPED = {"type": anything}
_PARTS = tagged(
    {
        "text": shaped({**_TYPED, "text": string(12000)}, {"style": _STYLE}),
        "link": shaped({**_TYPED, "url": URL}, {"text": string(12000), "unsafe": boolean, "style": _STYLE}),
        "user": shaped({**_TYPED, "user_id": IDENTIFIER}, {"style": _STYLE}),
        "usergroup": shaped({**_TYPED, "usergroup_id": IDENTIFIER}, {"style": _STYLE}),
        "channel": shaped({**_TYPED, "channel_id": IDENTIFIER}, {"style": _STYLE}),
        "emoji": shaped({**_TYPED, "name": string(100)}, {"unicode": string(100), "style": _STYLE}),
        "date": shaped(
            {**_TYPED, "timestamp": whole(0, 10**11), "format": string(255)}, {"url": URL, "fallback": string(255)}
        ),
        "broadcast": shaped({**_TYPED, "range": one_of("here", "channel", "everyone")}, {}),
        "color": shaped({**_TYPED, "value": string(20)}, {}),
    }
)
_SECTION = shaped({**_TYPED, "elements": listed(_PARTS, 1000)}, {})
_BORDERED = shaped({**_TYPED, "elements": listed(_PARTS, 1000)}, {"border": whole(0, 1)})
_LIST = shaped(
    {**_TYPED, "style": one_of("bullet", "ordered"), "elements": listed(tagged({"rich_text_section": _SECTION}), 1000)},
    {"indent": whole(0, 8), "offset": whole(0, 10**6), "border": whole(0, 1)},
)
RICH_TEXT = shaped(
    {
        **_TYPED,
        "elements": listed(
            tagged(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_preformatted": _BORDERED,
                    "rich_text_quote": _BORDERED,
                    "rich_text_list": _LIST,
                }
            ),
            1000,
        ),
    },
    {"block_id": IDENTIFIER},
)
IMAGE_FIELDS = {"alt_text": string(2000), "image_url": URL, "slack_file": anything}
IMAGE_ELEMENT = shaped({**_TYPED, "alt_text": string(2000)}, {**IMAGE_FIELDS}, at_least_one("image_url", "slack_file"))


def initial_among_options(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
    """What is chosen at first is one of what can be chosen."""
    groups = value.get("option_groups") or []
    offered = [*(value.get("options") or []), *(one for group in groups for one in group.get("options", []))]
    initial = [value["initial_option"]] if value.get("initial_option") else value.get("initial_options") or []
    yield from (f"{where}: {option!r} is chosen but not offered" for option in initial if option not in offered)
    values = [option.get("value") for option in offered if isinstance(option, dict)]
    if len(set(values)) != len(values):
        yield f"{where}: two options have the same value"
