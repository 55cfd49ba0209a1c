from typing import Any, cast

import pytest

from chatops.errors import ConsentMissing
from chatops.outcome import Outcome, Status
from chatops.rendering import render
from tools import AnyAction, Endpoint, Table, load_actions

ACTIONS = load_actions()
READABLE = [each for each in ACTIONS.values() if isinstance(each.by, Endpoint) and each.by.listing is None]


def outcome_of(action: AnyAction) -> Outcome:
    example = action.examples[0]
    data: Any = (cast("dict[str, Any]", example.answers or {})).get("data") or {}
    for step in action.by.payload if isinstance(action.by, Endpoint) else ():
        data = data[step]
    result = action.result.model_validate(data)
    result = action.complete(example.params, result) if action.complete else result
    message = action.view.say(example.params, result)
    return Outcome(status=Status.DONE, message=message, action=action, params=example.params, result=result)


@pytest.mark.parametrize("action", READABLE, ids=lambda action: action.name)
def test_printed_answer_is_shown_with_a_sentence_that_stands_alone(action: AnyAction) -> None:
    shown = render(outcome_of(action))
    assert shown.message.endswith(".")
    assert all(len(row) == len(shown.columns) for row in shown.rows)
    if isinstance(action.view, Table):
        assert shown.columns


def test_refusal_shows_its_next_step() -> None:
    error = ConsentMissing("No.", next_step="Go to a terminal.")
    assert render(Outcome(status=Status.REFUSED, message="No.", error=error)).notes == ("Go to a terminal.",)


def test_token_is_not_in_what_is_shown() -> None:
    assert "dee5081f40c83ddea3ded91c387351e9" not in str(render(outcome_of(ACTIONS["get_device_token"])))
