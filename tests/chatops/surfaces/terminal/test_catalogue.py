import json

import anyio
import pytest

from chatops.app import load_configuration, open_executor
from chatops.control import every_action
from chatops.principal import Surface
from tests.chatops.surfaces.terminal.conftest import Chatops


@pytest.mark.parametrize("person", ["alice", "vera", "nobody"])
def test_catalogue_is_what_the_executor_offers(chatops: Chatops, monkeypatch: pytest.MonkeyPatch, person: str) -> None:
    monkeypatch.setenv("CHATOPS_AS", person)

    async def offered() -> list[str]:
        configuration = load_configuration()
        async with open_executor(configuration) as executor:
            return [action.name for action in executor.offered(configuration.principal(Surface.TERMINAL))]

    answer = json.loads(chatops("actions", "--json").out)
    assert [each["name"] for each in answer["data"]["actions"]] == anyio.run(offered)
    assert (answer["status"], answer["data"]["person"]) == ("done", person)


def test_credentials_are_not_needed(chatops: Chatops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHATOPS_CLOUD_ACCESS_KEY")
    monkeypatch.delenv("CHATOPS_CLOUD_SECRET_KEY")
    ended = chatops("actions")
    assert ended.code == 0
    assert "alice (operator) may run 25 of 25 actions." in ended.out
    for action in every_action().values():
        assert f"{action.name} " in ended.out
