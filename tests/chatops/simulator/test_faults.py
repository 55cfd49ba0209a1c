import pytest

from chatops.simulator.faults import AFTER, DRIFTS, INSTEAD, KINDS, Fault, Faults, fault_from_json


def _taken(
    faults: Faults, operation: str = "reboot", method: str = "POST", path: str = "/v1/instances/reboot"
) -> list[str]:
    return [fault.kind for fault in faults.take(operation, method, path)]


def test_a_fault_strikes_as_often_as_it_was_told_to() -> None:
    faults = Faults()
    faults.add(Fault(kind="throttled", times=2))
    assert [_taken(faults) for _ in range(3)] == [["throttled"], ["throttled"], []]
    assert len(faults) == 0


def test_a_fault_without_number_strikes_until_it_is_cleared() -> None:
    faults = Faults()
    faults.add(Fault(kind="html"))
    assert [_taken(faults) for _ in range(3)] == [["html"]] * 3
    faults.clear()
    assert _taken(faults) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind="html", operation="sku"),
        Fault(kind="html", method="GET"),
        Fault(kind="html", path="/v1/instances/tasks/*"),
    ],
)
def test_a_fault_spares_and_survives_requests_that_are_not_meant(fault: Fault) -> None:
    faults = Faults()
    faults.add(fault)
    assert _taken(faults) == []
    assert len(faults) == 1


def test_a_path_is_matched_as_a_glob() -> None:
    assert Fault(kind="html", path="/v1/instances/tasks/*").matches("task", "GET", "/v1/instances/tasks/abc")


def test_of_two_answers_in_its_place_only_the_first_is_used_up() -> None:
    faults = Faults()
    for kind in ("slow", "throttled", "html"):
        faults.add(Fault(kind=kind, times=1))
    assert _taken(faults) == ["slow", "throttled"]
    assert _taken(faults) == ["html"]


def test_every_kind_is_told_how_it_strikes() -> None:
    assert list(KINDS) == [*INSTEAD, *AFTER, "slow", "expired_token", "clock_skew"]
    assert len(set(KINDS)) == len(KINDS)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "object"),
        ({}, "kind"),
        ({"kind": "explosion"}, "unknown kind"),
        ({"kind": "html", "surprise": 1}, "unknown key"),
        ({"kind": "html", "times": "1"}, "wrong type: times"),
        ({"kind": "html", "times": True}, "wrong type: times"),
        ({"kind": "page_drift", "drift": "sideways"}, "unknown drift"),
        ({"kind": "raw", "body_base64": "?"}, "base64|padded"),
        ({"kind": "html", "times": 0}, "times must be 1 or more, not 0"),
        ({"kind": "error", "status": 99}, "status must be 200 to 599, or 0, not 99"),
        ({"kind": "error", "status": 600}, "status"),
        ({"kind": "slow", "seconds": -1}, "seconds must be 0 to 1e.09, not -1"),
        ({"kind": "slow", "seconds": float("inf")}, "seconds"),
        ({"kind": "clock_skew", "seconds": float("nan")}, "seconds"),
        ({"kind": "clock_skew", "seconds": 1e300}, "seconds"),
        ({"kind": "oversized", "size": -1}, "size"),
        ({"kind": "oversized", "size": 1 << 40}, "size"),
        ({"kind": "throttled", "retry_after": "1\r\nX: 1"}, "retry_after must be printable ASCII"),
        ({"kind": "raw", "content_type": "text/plain\n"}, "content_type"),
    ],
)
def test_a_fault_that_would_never_strike_is_refused(value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fault_from_json(value)


def test_a_fault_is_read_from_json() -> None:
    read = fault_from_json({"kind": "slow", "seconds": 2, "times": None, "operation": "sku"})
    assert read == Fault(kind="slow", seconds=2, operation="sku")


def test_all_drifts_are_faults() -> None:
    assert [Fault(kind="page_drift", drift=drift).drift for drift in DRIFTS] == list(DRIFTS)
