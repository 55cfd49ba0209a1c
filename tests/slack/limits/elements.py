"""Interactive elements, and in which blocks they may stand."""

from collections.abc import Mapping
from typing import Any

from tests.slack.limits.checks import (
    Check,
    Findings,
    anything,
    boolean,
    exactly_one,
    listed,
    matching,
    one_of,
    shaped,
    string,
    tagged,
    whole,
)
from tests.slack.limits.texts import (
    CONFIRM,
    IDENTIFIER,
    IMAGE_ELEMENT,
    LINK_OPTION,
    OPTION,
    OPTION_GROUP,
    RICH_OPTION,
    RICH_TEXT,
    URL,
    initial_among_options,
    plain,
)

_NAMED: Mapping[str, Check] = {"type": anything, "action_id": IDENTIFIER}
_LABEL = {"accessibility_label": string(75)}
_FOCUS = {"focus_on_load": boolean}
_ASKING = {**_FOCUS, "placeholder": plain(150)}
_CONFIRMED = {**_ASKING, "confirm": CONFIRM}
_SEVERAL = {"max_selected_items": whole(1, 10**6)}
_OPTIONS = {"options": listed(OPTION, 100), "option_groups": listed(OPTION_GROUP, 100)}
_DISPATCH = {"dispatch_action_config": shaped({"trigger_actions_on": listed(anything, 2)}, {})}
_IDENTIFIERS = listed(IDENTIFIER, 100)


def _lengths_in_order(value: Any, where: str) -> Findings:  # noqa: ANN401  # JSON of any shape
    if value.get("min_length", 0) > value.get("max_length", 3000):
        yield f"{where}: min_length is above max_length"


_BUTTON = shaped(
    {"type": anything, "action_id": IDENTIFIER, "text": plain(75)},
    {
        **_LABEL,
        "url": URL,
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "visible_to_user_ids": listed(IDENTIFIER, 10),
        "agent_prompt": string(4000),
    },
)
_TEXT_INPUT = shaped(
    _NAMED,
    {
        **_ASKING,
        **_DISPATCH,
        "initial_value": string(3000, 0),
        "multiline": boolean,
        "min_length": whole(0, 3000),
        "max_length": whole(1, 3000),
    },
    _lengths_in_order,
)
_NUMBER_INPUT = shaped(
    {**_NAMED, "is_decimal_allowed": boolean},
    {**_ASKING, **_DISPATCH, "initial_value": string(100), "min_value": string(100), "max_value": string(100)},
)
_ONE_TEXT = shaped(_NAMED, {**_ASKING, **_DISPATCH, "initial_value": string(3000)})
_CHOICES = {**_FOCUS, "confirm": CONFIRM}

SELECTS: Mapping[str, Check] = {
    "static_select": shaped(
        _NAMED,
        {**_CONFIRMED, **_OPTIONS, "initial_option": OPTION},
        exactly_one("options", "option_groups"),
        initial_among_options,
    ),
    "external_select": shaped(_NAMED, {**_CONFIRMED, "min_query_length": whole(0, 1000), "initial_option": OPTION}),
    "users_select": shaped(_NAMED, {**_CONFIRMED, "initial_user": IDENTIFIER}),
    "channels_select": shaped(_NAMED, {**_CONFIRMED, "initial_channel": IDENTIFIER, "response_url_enabled": boolean}),
    "conversations_select": shaped(
        _NAMED,
        {
            **_CONFIRMED,
            "initial_conversation": IDENTIFIER,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": anything,
        },
    ),
}
MULTI_SELECTS: Mapping[str, Check] = {
    "multi_static_select": shaped(
        _NAMED,
        {**_CONFIRMED, **_OPTIONS, **_SEVERAL, "initial_options": listed(OPTION, 100)},
        exactly_one("options", "option_groups"),
        initial_among_options,
    ),
    "multi_external_select": shaped(
        _NAMED,
        {**_CONFIRMED, **_SEVERAL, "min_query_length": whole(0, 1000), "initial_options": listed(OPTION, 100)},
    ),
    "multi_users_select": shaped(_NAMED, {**_CONFIRMED, **_SEVERAL, "initial_users": _IDENTIFIERS}),
    "multi_channels_select": shaped(_NAMED, {**_CONFIRMED, **_SEVERAL, "initial_channels": _IDENTIFIERS}),
    "multi_conversations_select": shaped(
        _NAMED,
        {
            **_CONFIRMED,
            **_SEVERAL,
            "initial_conversations": _IDENTIFIERS,
            "default_to_current_conversation": boolean,
            "filter": anything,
        },
    ),
}
_PICKERS: Mapping[str, Check] = {
    "checkboxes": shaped(
        {**_NAMED, "options": listed(RICH_OPTION, 10)},
        {**_CHOICES, "initial_options": listed(RICH_OPTION, 10)},
        initial_among_options,
    ),
    "radio_buttons": shaped(
        {**_NAMED, "options": listed(RICH_OPTION, 10)},
        {**_CHOICES, "initial_option": RICH_OPTION},
        initial_among_options,
    ),
    "datepicker": shaped(_NAMED, {**_CONFIRMED, "initial_date": matching(r"\d{4}-\d{2}-\d{2}")}),
    "timepicker": shaped(_NAMED, {**_CONFIRMED, "initial_time": matching(r"[0-2]\d:[0-5]\d"), "timezone": string(100)}),
    "datetimepicker": shaped(_NAMED, {**_CHOICES, "initial_date_time": whole(10**9, 10**10 - 1)}),
}
_PRESSED: Mapping[str, Check] = {
    "button": _BUTTON,
    "overflow": shaped({**_NAMED, "options": listed(LINK_OPTION, 5)}, {"confirm": CONFIRM}),
    "workflow_button": shaped(
        {**_NAMED, "text": plain(75), "workflow": anything}, {**_LABEL, "style": one_of("primary", "danger")}
    ),
}
_INPUTS: Mapping[str, Check] = {
    "plain_text_input": _TEXT_INPUT,
    "number_input": _NUMBER_INPUT,
    "email_text_input": _ONE_TEXT,
    "url_text_input": _ONE_TEXT,
    "rich_text_input": shaped(_NAMED, {**_ASKING, **_DISPATCH, "initial_value": RICH_TEXT}),
    "file_input": shaped(_NAMED, {"filetypes": listed(string(20), 100), "max_files": whole(1, 10)}),
}
_PICKERS_OF_SECTIONS = {name: check for name, check in _PICKERS.items() if name != "datetimepicker"}
_FEEDBACK = shaped({"text": plain(75), "value": string(2000)}, {**_LABEL})

IN_SECTION = tagged({**_PRESSED, **SELECTS, **MULTI_SELECTS, **_PICKERS_OF_SECTIONS, "image": IMAGE_ELEMENT})
IN_ACTIONS = tagged({**_PRESSED, **SELECTS, **_PICKERS})
IN_INPUT = tagged({**_INPUTS, **SELECTS, **MULTI_SELECTS, **_PICKERS})
IN_CONTEXT_ACTIONS = tagged(
    {
        "feedback_buttons": shaped({**_NAMED, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {}),
        "icon_button": shaped(
            {**_NAMED, "icon": one_of("trash"), "text": plain(75)},
            {**_LABEL, "value": string(2000), "confirm": CONFIRM, "visible_to_user_ids": listed(IDENTIFIER, 10)},
        ),
    }
)
BUTTONS = tagged({"button": _BUTTON})
