from dataclasses import replace
from itertools import pairwise

import pytest

from chatops.operations.records import Request
from chatops.operations.states import RequestState, State, Verification
from chatops.surfaces.slack.flows.depicting import is_over, to_type, version_of
from chatops.surfaces.slack.flows.resulting import result_of
from chatops.surfaces.slack.messages import OVER
from tests.chatops.operations.test_progress import operation
from tools import load_actions

ACTION = load_actions()["reset_instances"]


def request(number: int, state: RequestState, *targets: str, error: str | None = None) -> Request:
    return Request(
        operation="op_1",
        number=number,
        state=state,
        region="cn-north-7",
        targets=targets,
        sent_at=None,
        settled_at=None,
        request_ids=(),
        result=None,
        error=None if error is None else {"message": error},
    )


def test_later_states_are_newer() -> None:
    made = operation("reset_instances", State.AWAITING_APPROVAL)
    sent = (request(0, RequestState.ACCEPTED, "a"), request(1, RequestState.SENT, "b"))
    watching = replace(made, state=State.WATCHING, settled_at=100.0, watch_until=700.0)
    course = [
        (made, 0.0),
        (replace(made, state=State.APPROVED), 0.0),
        (replace(made, state=State.RUNNING, requests=(replace(sent[0], state=RequestState.SENT), sent[1])), 0.0),
        (replace(made, state=State.RUNNING, requests=sent), 0.0),
        (watching, 100.0),
        (watching, 140.0),
        (replace(watching, verified={"reached": ["a"]}), 140.0),
        (replace(watching, verified={"reached": ["a", "b"]}), 100.0),
        (replace(watching, state=State.UNKNOWN), 150.0),
        (replace(made, state=State.DONE, verification=Verification.VERIFIED), 150.0),
    ]
    versions = [version_of(each, time) for each, time in course]
    assert all(before < after for before, after in pairwise(versions)), versions
    assert versions[-1] < OVER


@pytest.mark.parametrize("state", [State.DECLINED, State.EXPIRED, State.CANCELLED, State.REFUSED])
def test_what_was_never_sent_is_over(state: State) -> None:
    assert is_over(operation("reset_instances", state))


def test_one_phone_is_confirmed_by_its_id_and_several_by_their_number() -> None:
    made = operation("reset_instances", State.AWAITING_CONFIRMATION, count=2)
    assert to_type(replace(made, requests=(request(0, RequestState.PLANNED, "a"),))) == "a"
    assert to_type(replace(made, requests=(request(0, RequestState.PLANNED, "a", "b"),))) == "2"


def test_failures_come_first_and_all_of_many_is_a_file() -> None:
    many = tuple(f"phone{number}" for number in range(200))
    made = operation(
        "reset_instances",
        State.PARTIAL,
        consumed_at=1.0,
        requests=(
            request(0, RequestState.ACCEPTED, *many),
            request(1, RequestState.FAILED, "bad", error="no such phone"),
        ),
    )
    drawn = result_of(made, ACTION)
    assert drawn.file is not None
    assert drawn.file.splitlines()[1].startswith("bad,cn-north-7,failed,no such phone")
    assert len(drawn.file.splitlines()) == 202


def test_what_was_taken_and_did_not_come_about_is_not_well() -> None:
    made = operation("reset_instances", State.DONE, verification=Verification.MISMATCH, consumed_at=1.0)
    text = result_of(made, ACTION).message.text
    assert text.startswith("⚠️")
    assert "✅" not in text
