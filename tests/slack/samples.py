"""A correct sample of every kind of block and element, as Slack's documentation shows them."""

from collections.abc import Mapping

from tests.slack import JsonObject


def plain(text: str = "Reset") -> JsonObject:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str = "*Reset*") -> JsonObject:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "soft") -> JsonObject:
    return {"text": plain("Softly"), "value": value, "description": plain("slower")}


CONFIRM: JsonObject = {
    "title": plain("Sure?"),
    "text": mrkdwn("3 phones"),
    "confirm": plain("Reset"),
    "deny": plain("No"),
    "style": "danger",
}
BUTTON: JsonObject = {
    "type": "button",
    "action_id": "go",
    "text": plain(),
    "value": "op-1",
    "style": "danger",
    "url": "https://example.com",
    "confirm": CONFIRM,
    "accessibility_label": "Reset 3 phones",
    "visible_to_user_ids": ["U0BOB"],
}
IMAGE: JsonObject = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a chart"}
RICH_TEXT: JsonObject = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Reset ", "style": {"bold": True}},
                {"type": "user", "user_id": "U0BOB"},
                {"type": "emoji", "name": "wave"},
                {"type": "link", "url": "https://example.com", "text": "here"},
                {"type": "date", "timestamp": 1720710212, "format": "{date_num}", "fallback": "then"},
            ],
        },
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a b"}], "border": 0},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "indent": 0,
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
        },
    ],
}
_ASKED: JsonObject = {"action_id": "ask", "placeholder": plain("Choose"), "focus_on_load": True}
SELECT: JsonObject = {"type": "static_select", **_ASKED, "options": [option()], "initial_option": option()}
EXTERNAL: JsonObject = {"type": "external_select", **_ASKED, "min_query_length": 0}
GROUPED: JsonObject = {
    "type": "static_select",
    **_ASKED,
    "option_groups": [{"label": plain("Regions"), "options": [option()]}],
}

INPUT_ELEMENTS: Mapping[str, JsonObject] = {
    "plain_text_input": {
        "type": "plain_text_input",
        **_ASKED,
        "initial_value": "",
        "multiline": True,
        "min_length": 1,
        "max_length": 300,
    },
    "number_input": {"type": "number_input", **_ASKED, "is_decimal_allowed": False, "min_value": "1"},
    "email_text_input": {"type": "email_text_input", **_ASKED},
    "url_text_input": {"type": "url_text_input", **_ASKED},
    "static_select": SELECT,
    "grouped_select": GROUPED,
    "external_select": EXTERNAL,
    "users_select": {"type": "users_select", **_ASKED, "initial_user": "U0BOB"},
    "multi_static_select": {"type": "multi_static_select", **_ASKED, "options": [option()], "max_selected_items": 2},
    "multi_external_select": {"type": "multi_external_select", **_ASKED, "initial_options": [option()]},
    "multi_users_select": {"type": "multi_users_select", **_ASKED},
    "checkboxes": {"type": "checkboxes", "action_id": "ask", "options": [option()], "initial_options": [option()]},
    "radio_buttons": {"type": "radio_buttons", "action_id": "ask", "options": [option()]},
    "datepicker": {"type": "datepicker", **_ASKED, "initial_date": "2026-11-24"},
    "timepicker": {"type": "timepicker", **_ASKED, "initial_time": "03:12"},
    "datetimepicker": {"type": "datetimepicker", "action_id": "ask", "initial_date_time": 1764000000},
}


def asking(element: JsonObject) -> JsonObject:
    return {"type": "input", "block_id": "ask", "label": plain("How"), "hint": plain("Softly"), "element": element}


ANYWHERE: Mapping[str, JsonObject] = {
    "section": {"type": "section", "block_id": "plan", "text": mrkdwn(), "fields": [mrkdwn()], "accessory": BUTTON},
    "header": {"type": "header", "text": plain()},
    "divider": {"type": "divider"},
    "image": {**IMAGE, "title": plain()},
    "context": {"type": "context", "elements": [mrkdwn(), IMAGE, plain()]},
    "actions": {
        "type": "actions",
        "elements": [BUTTON, EXTERNAL, {"type": "overflow", "action_id": "more", "options": [option()]}],
    },
    "rich_text": RICH_TEXT,
    **{f"input of {name}": asking(element) for name, element in INPUT_ELEMENTS.items()},
}
CARD: JsonObject = {
    "type": "card",
    "title": mrkdwn(),
    "subtitle": mrkdwn(),
    "body": mrkdwn(),
    "icon": IMAGE,
    "actions": [BUTTON],
}
CELL: JsonObject = {"type": "raw_text", "text": "a44uhlf7"}
TASK: JsonObject = {
    "type": "task_card",
    "task_id": "1",
    "title": "Reset",
    "status": "in_progress",
    "details": RICH_TEXT,
}
ONLY_MESSAGES: Mapping[str, JsonObject] = {
    "table": {
        "type": "table",
        "rows": [[CELL, {"type": "raw_number", "value": 3}], [CELL, RICH_TEXT]],
        "column_settings": [{"align": "right", "is_wrapped": True}, None],
    },
    "data_table": {"type": "data_table", "caption": "Phones", "rows": [[CELL], [CELL]], "page_size": 10},
    "markdown": {"type": "markdown", "text": "# Reset"},
    "plan": {"type": "plan", "title": "Reset", "tasks": [TASK]},
    "task_card": TASK,
    "container": {"type": "container", "title": plain(), "child_blocks": [{"type": "divider"}], "width": "wide"},
    "context_actions": {
        "type": "context_actions",
        "elements": [{"type": "icon_button", "action_id": "go", "icon": "trash", "text": plain()}],
    },
    "card": CARD,
    "carousel": {"type": "carousel", "elements": [CARD]},
}
ALERT: JsonObject = {"type": "alert", "text": mrkdwn(), "level": "warning"}
MODAL: JsonObject = {
    "type": "modal",
    "callback_id": "reset",
    "external_id": "op-1",
    "private_metadata": "op-1",
    "title": plain(),
    "submit": plain(),
    "close": plain(),
    "notify_on_close": True,
    "blocks": [ALERT],
}
HOME: JsonObject = {"type": "home", "callback_id": "home", "private_metadata": "", "blocks": [{"type": "divider"}]}


def message(*blocks: JsonObject, text: str = "Reset 3 phones") -> JsonObject:
    return {"channel": "C0OPS", "text": text, "blocks": list(blocks)}
