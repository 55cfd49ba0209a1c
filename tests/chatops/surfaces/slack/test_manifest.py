import ast
import json
import re
from pathlib import Path
from typing import Any

from chatops.control import every_action
from chatops.surfaces.slack import manifest as manifest_module
from chatops.surfaces.slack.manifest import SCOPE_OF, SHORTCUT, manifest

NAME_LIMIT = 35  # docs.slack.dev/reference/app-manifest, as are the others
DESCRIPTION_LIMIT = 140
COMMAND_LIMIT, HINT_LIMIT = 2000, 1000
SHORTCUT_NAME_LIMIT, SHORTCUT_DESCRIPTION_LIMIT = 24, 150


def made(public_url: str | None = None) -> dict[str, Any]:
    document = manifest(every_action(), "/phone", public_url)
    assert json.loads(json.dumps(document)) == document
    return document


def addresses(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value.startswith("http") else []
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for child in children for each in addresses(child)]


def test_app_that_asks_for_its_events_names_no_address() -> None:
    document = made()
    assert document["settings"]["socket_mode_enabled"] is True
    assert addresses(document) == []


def test_app_that_is_told_its_events_names_the_public_address_everywhere() -> None:
    document = made("https://phones.example.com/")
    assert document["settings"]["socket_mode_enabled"] is False
    assert set(addresses(document)) == {"https://phones.example.com/slack/events"}
    assert len(addresses(document)) == 4


def test_scopes_are_those_of_what_is_called_and_heard_and_no_more() -> None:
    assert made()["oauth_config"]["scopes"]["bot"] == [
        "app_mentions:read",
        "chat:write",
        "commands",
        "files:write",
        "usergroups:read",
        "users:read",
    ]
    assert "user" not in made()["oauth_config"]["scopes"]
    assert not [scope for scope in SCOPE_OF.values() if scope and "history" in scope]


def test_texts_fit_what_slack_takes() -> None:
    document = made()
    about = document["display_information"]
    (command,) = document["features"]["slash_commands"]
    (shortcut,) = document["features"]["shortcuts"]
    assert len(about["name"]) <= NAME_LIMIT
    assert len(about["description"]) <= DESCRIPTION_LIMIT
    assert len(command["description"]) <= COMMAND_LIMIT
    assert len(command["usage_hint"]) <= HINT_LIMIT
    assert len(shortcut["name"]) <= SHORTCUT_NAME_LIMIT
    assert len(shortcut["description"]) <= SHORTCUT_DESCRIPTION_LIMIT
    assert shortcut["callback_id"] == SHORTCUT


def test_mentions_come_as_ids() -> None:
    (command,) = made()["features"]["slash_commands"]
    assert command["should_escape"] is True


def test_hint_names_words_that_the_registry_knows() -> None:
    (command,) = made()["features"]["slash_commands"]
    known = {action.word for action in every_action().values()} | {"help"}
    assert {part.split()[0] for part in command["usage_hint"].split(" | ")} <= known


_METHOD = re.compile(
    r"(?:apps|auth|bots|chat|conversations|files|reactions|team|usergroups|users|views)(?:\.[a-zA-Z]+)+"
)
_OF_THE_APP_TOKEN = {"apps.connections.open"}


def called() -> set[str]:
    """Every method of the Web API that is named in the code of this door."""
    file = Path(manifest_module.__file__)
    trees = [ast.parse(each.read_text(encoding="utf-8")) for each in file.parent.rglob("*.py") if each != file]
    constants = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {each for each in constants if isinstance(each, str) and _METHOD.fullmatch(each)}


def test_methods_of_the_manifest_are_those_that_the_code_calls() -> None:
    assert called() - _OF_THE_APP_TOKEN == set(SCOPE_OF)
