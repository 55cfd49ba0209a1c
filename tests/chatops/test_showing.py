from chatops.operations.states import RequestState, State, Verification
from chatops.showing import approval, details, document, moment, table
from tests.chatops.operations.test_progress import operation, request


def test_times_are_in_utc_and_say_so() -> None:
    assert moment(0.0) == "1970-01-01T00:00:00+00:00"
    assert moment(None) is None


def test_table_has_a_line_for_each_operation() -> None:
    shown = table((operation("reboot_instances", verification=Verification.NOT_VERIFIABLE),), "1 operation.")
    assert shown.rows == (
        ("op_1", "1970-01-01 00:00:00", "alice", "reboot_instances", 2, "watching", "not verifiable"),
    )


def test_details_leave_out_what_is_not_known_and_say_whether_somebody_looks() -> None:
    shown = {str(name): value for name, value in details(operation("reboot_instances", watch_until=60.0)).rows}
    assert shown["verification"] == "being read until 1970-01-01T00:01:00+00:00, if somebody watches"
    assert "decided by" not in shown
    assert shown["request 0"] == "accepted: 2 phones cn-north-7"


def test_document_has_no_secret_and_the_state_of_every_request() -> None:
    parts = (request(), request(1, RequestState.NEVER_SENT))
    made = document(operation("reboot_instances", State.PARTIAL, *parts, sealed="sealed"))
    assert isinstance(made, dict)
    assert "sealed" not in str(made)
    assert made["status"] == "partial"
    requests = made["requests"]
    assert isinstance(requests, list)
    assert [each["state"] for each in requests if isinstance(each, dict)] == ["accepted", "never_sent"]


def test_whoever_decides_is_told_who_may_as_long_as_somebody_may() -> None:
    waiting = operation("reboot_instances", State.AWAITING_APPROVAL)
    assert approval(waiting, ("bob", "carol")).message.endswith("May decide: bob, carol.")
    assert approval(waiting, ()).message.endswith("May decide: nobody.")
    assert approval(operation("reboot_instances", State.DONE), ("bob",)) == details(
        operation("reboot_instances", State.DONE)
    )
