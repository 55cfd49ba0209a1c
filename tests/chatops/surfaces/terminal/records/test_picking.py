from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest
from pydantic import JsonValue

from chatops.audit import open_trail
from chatops.pickups import Pickups
from chatops.store import open_database
from tests.chatops.conftest import person
from tests.chatops.surfaces.terminal.conftest import AtTerminal
from tests.chatops.surfaces.terminal.records.conftest import As

SECRET = "dee5081f40c83ddea3ded91c387351e9"


@pytest.fixture
def left(environment: Mapping[str, str]) -> str:
    """The id of a token that waits for alice."""
    folder = Path(environment["CHATOPS_STATE_DIR"])

    async def leave() -> str:
        database = open_database(f"sqlite:///{folder / 'chatops.db'}", state_key=None, folder=folder)
        try:
            async with open_trail(database) as trail:
                content: dict[str, JsonValue] = {"device_token": SECRET, "external": {"address": "10.83.71.187"}}
                kept = await Pickups(database=database, trail=trail).leave(person(), "get_device_token", content)
                return kept.id
        finally:
            database.close()

    return anyio.run(leave)


@pytest.mark.process
def test_person_at_a_terminal_gets_it_once(left: str, at_terminal: AtTerminal) -> None:
    first = at_terminal("pickup", left)
    assert first.end()[0] == 0
    assert f"device_token: {SECRET}" in first.seen
    assert "external.address: 10.83.71.187" in first.seen
    again = at_terminal("pickup", left)
    assert again.end()[0] == 3
    assert "was picked up before" in again.seen


def test_pipe_gets_nothing_and_it_goes_on_waiting(left: str, as_person: As) -> None:
    ended = as_person("alice", "pickup", left)
    assert ended.code == 2
    assert SECRET not in ended.out + ended.err
    assert "left where it is" in ended.err


@pytest.mark.process
def test_another_person_is_refused(left: str, at_terminal: AtTerminal) -> None:
    foreign = at_terminal("pickup", left, person="dan")
    assert foreign.end()[0] == 3
    assert "There is nothing to pick up" in foreign.seen
    assert SECRET not in foreign.seen
