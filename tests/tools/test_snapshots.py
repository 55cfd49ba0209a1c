import json
import os
from pathlib import Path

import pytest

from chatops.control import every_action
from chatops.surfaces.mcp.listing import tool

SNAPSHOTS = Path(__file__).parent / "snapshots"
SWITCH = "UPDATE_SNAPSHOTS"
ACTIONS = every_action()


@pytest.mark.parametrize("name", ACTIONS)
def test_what_a_model_sees_of_an_action_is_what_was_agreed(name: str) -> None:
    file = SNAPSHOTS / f"{name}.json"
    seen = tool(ACTIONS[name]).model_dump(mode="json", by_alias=True, exclude_none=True)
    text = json.dumps(seen, indent=2, ensure_ascii=False) + "\n"
    if os.environ.get(SWITCH) == "1":
        file.write_text(text, encoding="utf-8")
    agreed = file.read_text(encoding="utf-8") if file.exists() else ""
    assert text == agreed, f"{file.name} differs. If that is meant: {SWITCH}=1 make test, and look at the difference."


def test_every_snapshot_is_of_an_action() -> None:
    assert sorted(file.stem for file in SNAPSHOTS.iterdir()) == sorted(ACTIONS)
