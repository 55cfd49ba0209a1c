import json
import re

import pytest
from pydantic import BaseModel, JsonValue, ValidationError

from chatops.mistakes import mistake
from chatops.team import Team
from tools import load_actions

ACTIONS = load_actions()
LIBRARY = re.compile(r"[Ii]nput should|valid (tuple|string|number|array|dict)|instance of|[Tt]uple|parse|timezone info")
VALUES: list[JsonValue] = [
    5, -1, 105, 10**9, 2**70, 1.5, True, None, "", "x", "x" * 5000, "2026-13-01", "2026-01-01T00:00:00", "\n",
    [], [5], ["x"] * 600, {}, {"a": 1},
]  # fmt: skip

NESTED: list[JsonValue] = [{"a": {"roles": 5, "terminal": 5}}, [{"from": 5, "until": "x", "reason": 5}]]


@pytest.mark.parametrize("name", list(ACTIONS))
def test_no_argument_of_any_action_is_refused_in_words_of_the_library(name: str) -> None:
    action = ACTIONS[name]
    given = action.examples[0].params.model_dump(mode="json", exclude_unset=True)
    for field in action.params.model_fields:
        for value in VALUES:
            for said in told(action.params, {**given, field: value}):
                assert not LIBRARY.search(said), (field, value)


@pytest.mark.parametrize("name", list(Team.model_fields))
def test_no_key_of_the_team_file_is_refused_in_words_of_the_library(name: str) -> None:
    for value in [*VALUES, *NESTED]:
        for said in told(Team, {name: value}):
            assert not LIBRARY.search(said), value


def test_values_are_not_repeated() -> None:
    assert all("S3cr3t" not in said for said in told(Team, {"limits": "S3cr3t", "terminal": {"trust": "S3cr3t"}}))


def told(model: type[BaseModel], given: JsonValue) -> list[str]:
    try:
        model.model_validate_json(json.dumps(given))
    except ValidationError as error:
        return [mistake(each) for each in error.errors(include_url=False, include_input=False)]
    return []
