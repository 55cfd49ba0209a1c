import pytest
from jsonschema import Draft202012Validator
from mcp import types

from chatops.errors import ConsentMissing, OutcomeUnknown, UpstreamThrottled
from chatops.outcome import Outcome, Status
from chatops.surfaces.mcp.answers import answer, internal_error
from chatops.surfaces.mcp.schemas import output_schema
from tools import AnyAction, load_actions

ACTIONS = load_actions()


def text_of(result: types.CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, types.TextContent)
    return content.text


@pytest.mark.parametrize("status", Status)
def test_assistant_is_told_of_an_error_exactly_where_the_contract_says_so(status: Status) -> None:
    result = answer(Outcome(status=status, message="Said."))
    fine = set(Status) - {Status.PARTIAL, Status.FAILED, Status.UNKNOWN, Status.REFUSED, Status.INVALID}
    assert result.is_error is (status not in fine)
    assert result.structured_content == {"status": status.value, "message": "Said."}


@pytest.mark.parametrize(
    "error",
    [
        ConsentMissing("Nobody here.", next_step="Go to a terminal."),
        OutcomeUnknown("Perhaps.", request_ids=["a", "b"], upstream_code="CPS.9001"),
        UpstreamThrottled("Too many.", retry_after=2.5),
    ],
)
def test_every_error_is_an_answer_of_the_declared_shape(error: ConsentMissing | OutcomeUnknown) -> None:
    action = ACTIONS["reset_instances"]
    result = answer(Outcome(status=Status.FAILED, message=error.message, action=action, error=error))
    Draft202012Validator(output_schema(action)).validate(result.structured_content)
    assert error.message in text_of(result)
    assert error.next_step in text_of(result)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_own_failure_names_the_log_entry_and_never_calls_a_change_undone(action: AnyAction) -> None:
    result = internal_error(action, "call-7")
    Draft202012Validator(output_schema(action)).validate(result.structured_content)
    assert result.structured_content is not None
    assert result.structured_content["status"] == ("failed" if action.change is None else "unknown")
    assert result.is_error
    assert "call-7" in text_of(result)
