from dataclasses import replace

import pytest
from pydantic import JsonValue

from chatops.operations.by_phone import by_phone, rows
from chatops.operations.states import RequestState, State
from tests.chatops.operations.test_progress import operation, request, seen
from tools import load_actions

ACTIONS = load_actions()
JOBS: JsonValue = {
    "data": {"task_id": "t", "jobs": [{"job_id": "j1", "instance_id": "a"}, {"job_id": "j2", "instance_id": "b"}]}
}


def test_phones_stand_with_their_failures_first() -> None:
    parts = (
        replace(request(), targets=("a", "b", "c", "d")),
        replace(request(1, RequestState.FAILED), targets=("z",)),
        replace(request(2, RequestState.NEVER_SENT), targets=("y",)),
        replace(request(3, RequestState.UNKNOWN), targets=("x",)),
    )
    made = operation(
        "reboot_instances", State.PARTIAL, *parts, verified=seen("a", "b", left=("a", "c")), consumed_at=1.0
    )
    assert by_phone(made, ACTIONS["reboot_instances"]) == (
        ("z", "failed"),
        ("b", "not seen as it was to be"),
        ("d", "not seen as it was to be"),
        ("x", "not seen as it was to be"),
        ("c", "seen on its way"),
        ("y", "never sent"),
        ("a", "verified"),
    )


def test_job_that_failed_is_told_as_its_phone() -> None:
    made = operation(
        "start_command", State.DONE, request(result=JOBS), verified=seen("j1", failed=("j2",)), consumed_at=1.0
    )
    assert by_phone(made, ACTIONS["start_command"]) == (("b", "failed"), ("a", "verified"))


@pytest.mark.parametrize(("action", "word"), [("run_command", "accepted"), ("gone_instances", "accepted")])
def test_what_cannot_be_read_is_told_as_it_was_answered(action: str, word: str) -> None:
    assert by_phone(operation(action, State.DONE), ACTIONS.get(action)) == (("a", word), ("b", word))


def test_nothing_is_known_before_anything_was_sent() -> None:
    planned = request(0, RequestState.PLANNED)
    made = operation("reboot_instances", State.AWAITING_APPROVAL, planned, consumed_at=None)
    assert by_phone(made, ACTIONS["reboot_instances"]) == ()


def test_phones_of_an_order_are_told_where_they_are_named() -> None:
    bought: JsonValue = {"data": {"phones": [{"instance_id": "n1"}, {"instance_id": "n2"}]}}
    order = replace(request(result=bought), targets=())
    made = operation("create_instances", State.WATCHING, order, verified=seen("n1"), consumed_at=1.0)
    assert by_phone(made, ACTIONS["create_instances"]) == (("n2", "not seen as it was to be"), ("n1", "verified"))
    lost = replace(request(), targets=())
    assert by_phone(operation("create_instances", State.WATCHING, lost), ACTIONS["create_instances"]) == ()


def test_many_phones_are_cut_after_the_failures_and_counted() -> None:
    known = (("z", "failed"), *((f"p{number:02}", "verified") for number in range(60)))
    shown = rows(known, "--json")
    assert shown[0] == ("phone z", "failed")
    assert (len(shown), shown[-1]) == (51, ("more phones", "11 phones; --json has all of them"))
