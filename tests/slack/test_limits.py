"""The validator takes what Slack documents, and nothing beyond its limits."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.models import blocks as sdk

from tests.slack import JsonObject
from tests.slack.limits import message_findings, options_findings, view_findings
from tests.slack.samples import (
    ALERT,
    ANYWHERE,
    CELL,
    HOME,
    INPUT_ELEMENTS,
    MODAL,
    ONLY_MESSAGES,
    TASK,
    asking,
    message,
    mrkdwn,
    option,
    plain,
)

BLOCKS = {**ANYWHERE, **ONLY_MESSAGES}


def text(count: int) -> str:
    return "x" * count


def many(item: JsonObject) -> Callable[[int], list[JsonObject]]:
    return lambda count: [copy.deepcopy(item) for _ in range(count)]


def options(count: int) -> list[JsonObject]:
    return [option(str(number)) for number in range(count)]


def buttons(count: int) -> list[JsonObject]:
    return [{"type": "button", "action_id": f"go{number}", "text": plain()} for number in range(count)]


def elements(name: str) -> JsonObject:
    return ANYWHERE[f"input of {name}"]


def changed(sample: JsonObject, path: tuple[str | int, ...], value: object) -> JsonObject:
    """The sample with one value replaced."""
    new = copy.deepcopy(sample)
    place: Any = new
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return new


# Sample, where in it, how to make a value of a size, and the largest size.
Limit = tuple[JsonObject, tuple[str | int, ...], Callable[[int], object], int]
OF_BLOCKS: list[Limit] = [
    (ANYWHERE["section"], ("block_id",), text, 255),
    (ANYWHERE["section"], ("text", "text"), text, 3000),
    (ANYWHERE["section"], ("fields",), many(mrkdwn()), 10),
    (ANYWHERE["section"], ("fields", 0, "text"), text, 2000),
    (ANYWHERE["section"], ("accessory", "text", "text"), text, 75),
    (ANYWHERE["section"], ("accessory", "value"), text, 2000),
    (ANYWHERE["section"], ("accessory", "url"), text, 3000),
    (ANYWHERE["section"], ("accessory", "action_id"), text, 255),
    (ANYWHERE["section"], ("accessory", "accessibility_label"), text, 75),
    (ANYWHERE["section"], ("accessory", "visible_to_user_ids"), lambda n: ["U0"] * n, 10),
    (ANYWHERE["section"], ("accessory", "confirm", "title", "text"), text, 100),
    (ANYWHERE["section"], ("accessory", "confirm", "text", "text"), text, 300),
    (ANYWHERE["section"], ("accessory", "confirm", "confirm", "text"), text, 30),
    (ANYWHERE["section"], ("accessory", "confirm", "deny", "text"), text, 30),
    (ANYWHERE["header"], ("text", "text"), text, 150),
    (ANYWHERE["image"], ("alt_text",), text, 2000),
    (ANYWHERE["image"], ("image_url",), text, 3000),
    (ANYWHERE["image"], ("title", "text"), text, 2000),
    (ANYWHERE["context"], ("elements",), many(mrkdwn()), 10),
    (ANYWHERE["actions"], ("elements",), buttons, 25),
    (ANYWHERE["actions"], ("elements", 2, "options"), options, 5),
    (elements("static_select"), ("label", "text"), text, 2000),
    (elements("static_select"), ("hint", "text"), text, 2000),
    (elements("static_select"), ("element", "placeholder", "text"), text, 150),
    (elements("multi_static_select"), ("element", "options"), options, 100),
    (elements("grouped_select"), ("element", "option_groups", 0, "label", "text"), text, 75),
    (elements("multi_static_select"), ("element", "options", 0, "text", "text"), text, 75),
    (elements("multi_static_select"), ("element", "options", 0, "value"), text, 150),
    (elements("multi_static_select"), ("element", "options", 0, "description", "text"), text, 75),
    (elements("radio_buttons"), ("element", "options"), options, 10),
    (elements("plain_text_input"), ("element", "initial_value"), text, 3000),
    (elements("plain_text_input"), ("element", "max_length"), int, 3000),
    (ONLY_MESSAGES["markdown"], ("text",), text, 12_000),
    (ONLY_MESSAGES["table"], ("rows",), lambda n: [[CELL]] * n, 100),
    (ONLY_MESSAGES["table"], ("rows",), lambda n: [[CELL] * n], 20),
    (ONLY_MESSAGES["table"], ("rows",), lambda n: [[{"type": "raw_text", "text": text(n)}]], 10_000),
    (ONLY_MESSAGES["data_table"], ("rows",), lambda n: [[CELL]] * n, 101),
    (ONLY_MESSAGES["data_table"], ("page_size",), int, 100),
    (ONLY_MESSAGES["card"], ("title", "text"), text, 150),
    (ONLY_MESSAGES["card"], ("body", "text"), text, 200),
    (ONLY_MESSAGES["carousel"], ("elements",), many({"type": "card", "title": plain()}), 10),
    (ONLY_MESSAGES["container"], ("title", "text"), text, 150),
    (ONLY_MESSAGES["container"], ("child_blocks",), many({"type": "divider"}), 10),
    (ONLY_MESSAGES["plan"], ("tasks",), many(TASK), 50),
]
OF_MESSAGES: list[Limit] = [
    (message(), ("text",), text, 4000),
    (message(), ("blocks",), many({"type": "divider"}), 50),
    (message(), ("blocks",), lambda n: [{"type": "markdown", "text": text(size)} for size in (6000, n)], 6000),
    (message(), ("blocks",), many(ONLY_MESSAGES["table"]), 1),
]
OF_VIEWS: list[Limit] = [
    (MODAL, ("title", "text"), text, 24),
    (MODAL, ("submit", "text"), text, 24),
    (MODAL, ("close", "text"), text, 24),
    (MODAL, ("private_metadata",), text, 3000),
    (MODAL, ("callback_id",), text, 255),
    (MODAL, ("external_id",), text, 255),
    (MODAL, ("blocks",), many({"type": "divider"}), 100),
    (MODAL, ("blocks", 0, "text", "text"), text, 200),
    (HOME, ("blocks",), many({"type": "divider"}), 100),
]


def named(limit: Limit) -> str:
    return f"{limit[0].get('type', 'message')}.{'.'.join(map(str, limit[1]))}<={limit[3]}"


@pytest.mark.parametrize("name", BLOCKS)
def test_every_documented_block_is_taken_in_a_message(name: str) -> None:
    assert message_findings(message(BLOCKS[name])) == []


@pytest.mark.parametrize("name", ANYWHERE)
def test_blocks_of_every_surface_are_taken_in_forms_and_home_tabs(name: str) -> None:
    assert view_findings({**MODAL, "blocks": [ANYWHERE[name], ALERT]}) == []
    assert view_findings({**HOME, "blocks": [ANYWHERE[name]]}) == []


def test_blocks_of_messages_are_refused_in_forms_and_the_other_way_round() -> None:
    for name in ("table", "data_table", "markdown", "container"):
        assert view_findings({**MODAL, "blocks": [ONLY_MESSAGES[name]]})
    assert message_findings(message(ALERT))
    assert view_findings({**HOME, "blocks": [ALERT]})
    assert view_findings({**MODAL, "blocks": [ONLY_MESSAGES["carousel"]]})


@pytest.mark.parametrize("limit", OF_BLOCKS, ids=named)
def test_limit_of_a_block_is_the_largest_taken(limit: Limit) -> None:
    sample, path, make, most = limit
    assert message_findings(message(changed(sample, path, make(most)))) == []
    assert message_findings(message(changed(sample, path, make(most + 1))))


@pytest.mark.parametrize("limit", OF_MESSAGES, ids=named)
def test_limit_of_a_message_is_the_largest_taken(limit: Limit) -> None:
    sample, path, make, most = limit
    assert message_findings(changed(sample, path, make(most))) == []
    assert message_findings(changed(sample, path, make(most + 1)))


@pytest.mark.parametrize("limit", OF_VIEWS, ids=named)
def test_limit_of_a_view_is_the_largest_taken(limit: Limit) -> None:
    sample, path, make, most = limit
    assert view_findings(changed(sample, path, make(most))) == []
    assert view_findings(changed(sample, path, make(most + 1)))


def held_at(sample: JsonObject, path: tuple[str | int, ...]) -> JsonObject:
    """The object at a place of a sample."""
    held: Any = sample
    for step in path:
        held = held[step]
    assert isinstance(held, dict)
    return held


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:  # noqa: ANN401  # JSON
    """Every object within a sample."""
    found = [path] if isinstance(value, dict) else []
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*found, *(place for name, entry in entries for place in places(entry, (*path, name)))]


@pytest.mark.parametrize("name", BLOCKS)
def test_unknown_fields_and_empty_texts_are_refused_wherever_they_stand(name: str) -> None:
    for place in places(BLOCKS[name]):
        assert message_findings(message(changed(BLOCKS[name], (*place, "colour"), "red"))), place
        held = held_at(BLOCKS[name], place)
        if isinstance(held.get("text"), str):
            assert message_findings(message(changed(BLOCKS[name], (*place, "text"), ""))), place


@pytest.mark.parametrize("name", BLOCKS)
def test_nonsense_is_found_and_never_breaks_the_validator(name: str) -> None:
    """A bug of the product is a finding with its place, not an error of the fake."""
    wrong: list[object] = [None, 3, "", [], {}, [None], {"type": []}]
    for nonsense in wrong:
        assert message_findings(message(text="x") | {"blocks": [nonsense]})
        for place in places(BLOCKS[name]):
            for field in list(held_at(BLOCKS[name], place)):
                broken = changed(BLOCKS[name], (*place, field), nonsense)
                assert all(isinstance(finding, str) for finding in message_findings(message(broken)))
                assert all(isinstance(finding, str) for finding in view_findings({**MODAL, "blocks": [broken]}))


@pytest.mark.parametrize(
    "block",
    [
        {"type": "unheard_of"},
        {"text": plain()},
        {"type": "section"},
        {"type": "header", "text": mrkdwn()},
        {"type": "actions", "elements": []},
        {"type": "actions", "elements": [INPUT_ELEMENTS["plain_text_input"]]},
        asking({"type": "button", "action_id": "go", "text": plain()}),
        asking({"type": "number_input", "action_id": "ask"}),
        asking({**INPUT_ELEMENTS["static_select"], "initial_option": option("other")}),
        asking({**INPUT_ELEMENTS["multi_static_select"], "options": [option(), option()]}),
        asking({**INPUT_ELEMENTS["plain_text_input"], "min_length": 301}),
        {"type": "table", "rows": [[CELL], [CELL, CELL]]},
        {"type": "container", "child_blocks": [{"type": "divider"}]},
        {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": plain(), "style": "primery"}]},
    ],
    ids=json.dumps,
)
def test_malformed_block_is_refused(block: JsonObject) -> None:
    assert message_findings(message(block))


def test_ids_stand_once() -> None:
    divider = {"type": "divider", "block_id": "same"}
    assert message_findings(message(divider, divider))
    assert message_findings(message({"type": "actions", "elements": [*buttons(1), *buttons(1)]}))
    twice = [{"type": "actions", "elements": buttons(1)} for _ in range(2)]
    assert message_findings(message(*twice)) == []


def test_message_needs_a_fallback_text_and_a_form_with_inputs_a_submit_button() -> None:
    for empty in ("", "  \n"):
        assert message_findings(message({"type": "divider"}, text=empty))
    without = {name: value for name, value in MODAL.items() if name != "submit"}
    assert view_findings({**without, "blocks": [asking(INPUT_ELEMENTS["static_select"])]})
    both = [{**asking(INPUT_ELEMENTS["static_select"]), "block_id": name} for name in "ab"]
    assert any("focus" in finding for finding in view_findings({**MODAL, "blocks": both}))


def test_view_is_not_larger_than_slack_takes() -> None:
    blocks = [{"type": "section", "text": mrkdwn(text(3000))} for _ in range(90)]
    assert view_findings({**MODAL, "blocks": blocks})


def test_suggestions_are_at_most_a_hundred_options() -> None:
    assert options_findings({"options": options(100)}) == []
    assert options_findings({"options": []}) == []
    assert options_findings({"options": options(101)})
    assert options_findings({})
    assert options_findings({"option_groups": [{"label": plain(), "options": options(3)}]}) == []


def test_everything_the_sdks_models_write_is_taken() -> None:
    """Of the SDK's own classes, not of samples typed here."""
    choice = sdk.Option(value="a", text="A")
    written = [
        sdk.SectionBlock(text="three phones", fields=["a", "b"]),
        sdk.HeaderBlock(text="Reset"),
        sdk.DividerBlock(),
        sdk.ContextBlock(elements=[sdk.MarkdownTextObject(text="*a*")]),
        sdk.ActionsBlock(
            elements=[
                sdk.ButtonElement(text="Go", action_id="go", value="1", style="danger"),
                sdk.StaticSelectElement(action_id="select", options=[choice]),
                sdk.OverflowMenuElement(action_id="more", options=[choice]),
            ]
        ),
        sdk.InputBlock(label="Why", element=sdk.PlainTextInputElement(action_id="why", max_length=300)),
        sdk.MarkdownBlock(text="# a"),
        sdk.TableBlock(rows=[[{"type": "raw_text", "text": "a"}]]),
        sdk.CardBlock(title="a", body="b"),
        sdk.PlanBlock(title="a", tasks=[sdk.TaskCardBlock(task_id="1", title="b", status="pending")]),
    ]
    assert message_findings(message(*(block.to_dict() for block in written))) == []
