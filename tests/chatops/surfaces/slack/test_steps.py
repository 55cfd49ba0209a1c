import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatops.briefing import FirstRead
from chatops.errors import UpstreamUnavailable
from chatops.outcome import Outcome, Status
from chatops.runbooks import Runbook, WrittenCall, load_runbooks
from chatops.surfaces.slack import limits, steps
from chatops.surfaces.slack.blocks import texts
from tests.chatops.surfaces.slack.nasty import nasty
from tests.chatops.surfaces.slack.seen import sound
from tests.chatops.surfaces.slack.test_hostile import whole_or_cut

RUNBOOKS = load_runbooks()
CALL = WrittenCall.read("list_instances region=cn-north-7", line=1)


@pytest.mark.parametrize("runbook", RUNBOOKS.values(), ids=lambda runbook: runbook.name)
def test_every_runbook_is_shown_whole_with_its_steps_as_a_list_and_calls_as_code(runbook: Runbook) -> None:
    made = steps.steps(runbook, {})
    sound(made)
    shown = str(made.blocks)
    assert "rich_text_list" in shown
    assert shown.count("'code': True") == runbook.text.count("`") // 2
    assert "`" not in shown


@given(nasty)
def test_what_was_said_with_a_runbook_is_data(text: str) -> None:
    whole_or_cut(steps.steps(RUNBOOKS["incident_triage"], {"symptom": text}))


@settings(max_examples=60)
@given(st.lists(nasty, min_size=1, max_size=6))
def test_what_was_read_first_is_within_limits(said: list[str]) -> None:
    reads = [
        FirstRead(call=CALL, problem=said[0]),
        *(
            FirstRead(
                call=CALL,
                outcome=Outcome(
                    status=Status.PLANNED,
                    message=each,
                    plan={"targets": [{"instance_id": each, "name": each}] * 30},
                    error=UpstreamUnavailable(each, next_step=each) if each else None,
                ),
            )
            for each in said
        ),
    ]
    made = steps.read_first(reads)
    whole_or_cut(made)
    assert sum(map(texts, made.blocks)) < limits.MESSAGE_TEXT + limits.SECTION_TEXT


def test_runbooks_are_listed_with_their_arguments() -> None:
    shown = steps.listed(RUNBOOKS.values(), "/phone")
    assert shown.rows[0][0] == "app_rollout"
    assert "region" in str(shown.rows[0][2])
    assert steps.listed((), "/phone").message == "Your roles include no runbook."
