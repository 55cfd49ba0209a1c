import json

import pytest

from chatops.runbooks import load_runbooks
from tests.chatops.surfaces.terminal.conftest import Chatops

RUNBOOKS = load_runbooks()


@pytest.mark.parametrize("words", [("runbooks",), ("runbooks", "list")])
def test_list_has_every_runbook_with_what_it_asks_for(chatops: Chatops, words: tuple[str, ...]) -> None:
    ended = chatops(*words)
    assert ended.code == 0
    assert ended.out.startswith("8 runbooks.")
    for name, runbook in RUNBOOKS.items():
        assert name in ended.out
        assert ", ".join(runbook.arguments) in ended.out


@pytest.mark.parametrize("words", [("runbooks", "--json"), ("runbooks", "list", "--json")])
def test_list_is_one_object_for_programs(chatops: Chatops, words: tuple[str, ...]) -> None:
    answer = json.loads(chatops(*words).out)
    assert answer["status"] == "done"
    assert [each["name"] for each in answer["data"]["runbooks"]] == list(RUNBOOKS)
    assert answer["data"]["runbooks"][0]["arguments"][0]["kind"] == "package"


@pytest.mark.parametrize("name", ["safe_reset", "safe-reset"])
def test_one_is_shown_as_text_with_words_in_capitals_to_fill_in(chatops: Chatops, name: str) -> None:
    ended = chatops("runbooks", "show", name)
    assert ended.code == 0
    assert ended.out == f"Safe reset\n\n{RUNBOOKS['safe_reset'].text_with({})}"
    assert "instance_ids=INSTANCE_ID" in ended.out
    answer = json.loads(chatops("runbooks", "show", name, "--json").out)
    assert (answer["data"]["name"], answer["data"]["text"]) == ("safe_reset", RUNBOOKS["safe_reset"].text_with({}))


def test_neither_credentials_nor_a_team_file_are_needed(chatops: Chatops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHATOPS_CLOUD_ACCESS_KEY")
    monkeypatch.delenv("CHATOPS_TEAM_FILE")
    assert chatops("runbooks", "show", "fleet_health").code == 0


def test_unknown_one_is_refused_with_where_to_look(chatops: Chatops) -> None:
    ended = chatops("runbooks", "show", "\x1b[2Jsafe")
    assert ended.code == 2
    assert "There is no runbook '\\x1b[2Jsafe'. chatops runbooks lists them." in ended.err
    assert ended.out == ""


def test_unknown_one_is_an_object_for_programs(chatops: Chatops) -> None:
    answer = json.loads(chatops("runbooks", "show", "safe", "--json").out)
    assert answer["status"] == "invalid"
