from dataclasses import replace

import pytest
from pydantic import JsonValue

from chatops.operations.progress import ending, progress
from chatops.operations.records import Operation, Request
from chatops.operations.states import RequestState, State, Verification
from tests.chatops.operations.keeping import record
from tools import load_actions

ACTIONS = load_actions()


def request(number: int = 0, state: RequestState = RequestState.ACCEPTED, result: JsonValue = None) -> Request:
    return Request(
        operation="op_1",
        number=number,
        state=state,
        region="cn-north-7",
        targets=("a", "b"),
        sent_at=1.0,
        settled_at=2.0,
        request_ids=(),
        result=result,
        error=None,
    )


def operation(action: str, state: State = State.WATCHING, *requests: Request, **more: object) -> Operation:
    return record(
        **{
            "state": state,
            "action": action,
            "risk": "DISRUPTIVE",
            "count": 2,
            "consumed_at": 1.0,
            "settled_at": 2.0,
            "requests": requests or (request(),),
            **more,
        }
    )


def seen(*reached: str, left: tuple[str, ...] = (), failed: tuple[str, ...] = ()) -> JsonValue:
    return {"left": [*left], "reached": [*reached], "failed": [*failed]}


def told(made: Operation) -> str:
    return progress(made, ACTIONS.get(made.action), 5.0).what


def filled(made: Operation) -> tuple[float, float | None]:
    said = progress(made, ACTIONS.get(made.action), 5.0)
    return said.done, said.total


def test_before_and_while_it_is_sent_the_requests_count() -> None:
    assert told(operation("reboot_instances", State.APPROVED)) == "approved, about to be sent"
    parts = (
        request(),
        request(1, RequestState.FAILED),
        request(2, RequestState.SENT),
        request(3, RequestState.PLANNED),
    )
    sending = operation("reboot_instances", State.RUNNING, *parts)
    assert told(sending) == "sending, 2 of 4 requests answered"


@pytest.mark.parametrize(
    ("verified", "count"),
    [(None, 0), (seen("a", "b"), 0), (seen("a", "b", left=("a",)), 1), (seen("a", "b", left=("a", "b", "c")), 2)],
)
def test_phone_counts_once_it_was_seen_leaving_and_arriving(verified: JsonValue, count: int) -> None:
    assert told(operation("reboot_instances", verified=verified)) == f"{count} of 2 phones verified"


def test_phone_that_need_not_be_seen_leaving_counts_when_it_has_arrived() -> None:
    assert told(operation("assign_instances", verified=seen("a"))) == "1 of 2 phones verified"


def test_phones_of_requests_that_failed_are_not_waited_for() -> None:
    parts = (request(), request(1, RequestState.FAILED))
    assert told(operation("assign_instances", State.WATCHING, *parts, verified=seen("a", "b"))).endswith(
        "2 of 2 phones verified"
    )


def test_bar_is_that_of_the_requests_and_then_of_the_phones() -> None:
    assert filled(operation("reboot_instances", State.APPROVED)) == (0, None)
    sending = operation("reboot_instances", State.RUNNING, request(), request(1, RequestState.SENT))
    assert filled(sending) == (1, 2)
    assert filled(operation("assign_instances", verified=seen("a"))) == (1, 2)


def test_bar_of_one_phone_or_an_order_is_that_of_the_time_it_is_watched() -> None:
    one = replace(request(), targets=("a",))
    assert filled(operation("assign_instances", State.WATCHING, one, watch_until=12.0)) == (3, 10)
    assert filled(operation("create_instances", watch_until=4.0)) == (2, 2)
    assert filled(operation("create_instances")) == (0, None)
    assert told(operation("create_instances", watch_until=12.0)).endswith("looked for, 7 s left")


def test_jobs_of_a_task_count_as_their_phones() -> None:
    jobs: JsonValue = {
        "data": {"task_id": "t", "jobs": [{"job_id": "j1", "instance_id": "a"}, {"job_id": "j2", "instance_id": "b"}]}
    }
    made = operation("start_command", State.WATCHING, request(result=jobs), verified=seen("j1", failed=("j2",)))
    assert told(made) == "1 of 2 phones verified, 1 failed"


def test_phones_of_an_order_are_looked_for_and_counted_where_they_are_named() -> None:
    assert told(operation("create_instances")) == "the phones of the order are looked for"
    assert told(operation("create_instances", verified=seen("the order"))) == "the phones of the order were found"
    phones: JsonValue = {"data": {"phones": [{"instance_id": "n1"}, {"instance_id": "n2"}]}}
    made = operation("create_instances", State.WATCHING, request(result=phones), verified=seen("n1"))
    assert told(made) == "1 of 2 phones verified"


def test_action_that_is_no_more_is_told_as_well() -> None:
    assert told(operation("gone_instances", verified=seen("a"))) == "1 of 2 phones verified"


@pytest.mark.parametrize(
    ("verification", "sentence"),
    [
        (None, ""),
        (Verification.NOT_VERIFIABLE, ""),
        (Verification.VERIFIED, "Verified: 1 of 2 phones verified."),
        (Verification.MISMATCH, "Mismatch, it did not come about everywhere: 1 of 2 phones verified."),
        (Verification.UNKNOWN, "Unknown whether it took effect: 1 of 2 phones verified."),
    ],
)
def test_end_is_told_where_something_was_to_be_read(verification: Verification | None, sentence: str) -> None:
    made = operation("assign_instances", State.DONE, verification=verification, verified=seen("a"))
    assert ending(made, ACTIONS["assign_instances"]) == sentence
