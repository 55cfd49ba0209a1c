import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from chatops.cloud.envelope import NO_ANSWER, NO_CODE, Opened, open_answer
from chatops.cloud.problems import AttemptFailed, Fate, Problem
from chatops.cloud.received import Received
from chatops.errors import (
    AuthenticationFailed,
    UpstreamContractBroken,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnavailable,
)


def received(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Received:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Received(status=status, headers=headers or {}, body=raw)


def opened(body: object, status: int = 200, **options: object) -> Opened:
    payload = options.get("payload")
    return open_answer(
        received(body, status),
        payload=payload if isinstance(payload, tuple) else (),
        empty_answer=bool(options.get("empty_answer")),
    )


def problem(body: object, status: int = 200) -> Problem:
    with pytest.raises(AttemptFailed) as caught:
        opened(body, status)
    return caught.value.problem


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("code", ["0", 0, " 0 "])
def test_any_2xx_with_code_zero_is_a_success(status: int, code: object) -> None:
    assert opened({"data": {"a": 1}, "error_code": code}, status) == Opened(payload={"a": 1})


@pytest.mark.parametrize("code", ["1", "00", 1, -1, "ok"])
def test_any_other_code_is_a_no(code: object) -> None:
    assert problem({"data": {"a": 1}, "error_code": code}).error is UpstreamRejected


@pytest.mark.parametrize("code", [True, False, 0.0, ["0"], {"a": "0"}])
def test_code_that_is_none_leaves_it_open_what_happened(code: object) -> None:
    found = problem({"data": {"a": 1}, "error_code": code})
    assert (found.error, found.fate) == (UpstreamContractBroken, Fate.UNCERTAIN)


@pytest.mark.parametrize("rest", [{}, {"error_code": None}, {"error_code": ""}])
def test_missing_code_with_data_is_a_success_with_a_warning(rest: dict[str, object]) -> None:
    assert opened({"data": {"a": 1}, **rest}) == Opened(payload={"a": 1}, warnings=(NO_CODE,))


@pytest.mark.parametrize("body", [{}, {"error_code": ""}, {"data": None}, {"error_msg": "ok"}])
def test_answer_that_says_nothing_breaks_the_contract(body: dict[str, object]) -> None:
    assert problem(body).error is UpstreamContractBroken


@pytest.mark.parametrize("body", [[], "0", 0, None, True])
def test_answer_that_is_no_object_breaks_the_contract(body: object) -> None:
    assert problem(body).error is UpstreamContractBroken


def test_error_code_inside_data_counts_as_well() -> None:
    assert problem({"data": {"error_code": "KOOPHONE.API.2004"}}).message.startswith("A phone is frozen")
    assert problem({"error_code": "0", "data": {"error_code": "KOOPHONE.API.2004"}}).error is UpstreamRejected
    assert problem({"error_code": "KOOPHONE.API.2004", "data": {"error_code": "0"}}).error is UpstreamRejected
    assert opened({"data": {"error_code": "0", "a": 1}}).warnings == ()


def test_text_of_the_server_never_decides() -> None:
    assert opened({"data": {}, "error_code": "0", "error_msg": "failed"}) == Opened(payload={})
    assert problem({"data": {}, "error_code": "1", "error_msg": "ok"}).error is UpstreamRejected


def test_paging_fields_are_found_at_the_top_and_inside_data() -> None:
    inside = {"result": [], "page_no": 1, "page_size": 100, "total_count": 72}
    assert opened({"data": inside, "error_code": "0"}).payload == inside
    top = {"data": {"result": [], "total_count": 1}, "page_no": 1, "page_size": 100, "total_count": 72}
    assert opened({**top, "error_code": "0"}).payload == inside


def test_result_below_data_is_found_at_either_depth() -> None:
    task: JsonValue = {"task_id": "t"}
    assert opened({"data": {"data": task}, "error_code": "0"}, payload=("data",)).payload == task
    assert opened({"data": task, "error_code": "0"}, payload=("data",)).payload == task


@pytest.mark.parametrize("data", [None, "", "ok", 7])
def test_data_that_is_no_object_is_no_payload(data: object) -> None:
    assert opened({"data": data, "error_code": "0"}).payload is None


def test_paging_without_data_is_an_empty_page() -> None:
    assert opened({"data": None, "total_count": 0, "error_code": "0"}).payload == {"total_count": 0}


def test_empty_body_is_a_success_where_the_reference_prints_none() -> None:
    assert opened(b"", empty_answer=True) == Opened(payload=None, warnings=(NO_ANSWER,))
    assert opened(b"", 204) == Opened(payload=None, warnings=(NO_ANSWER,))
    assert opened({}, empty_answer=True).warnings == (NO_CODE,)
    assert problem(b"").error is UpstreamContractBroken


@pytest.mark.parametrize("body", [{"fault": {"message": "no"}}, {"result": "rejected"}, {"error_msg": "x", "why": 1}])
def test_answer_without_a_code_that_says_something_else_is_no_success(body: object) -> None:
    with pytest.raises(AttemptFailed) as caught:
        opened(body, empty_answer=True)
    assert caught.value.problem.fate is Fate.UNCERTAIN


@pytest.mark.parametrize(("code", "worth_it"), [("9000", False), ("9999", False), ("9002", True), ("9003", True)])
def test_only_codes_that_pass_are_worth_repeating(code: str, worth_it: bool) -> None:
    told = problem({"error_code": f"KOOPHONE.API.{code}", "error_msg": ""}, 500).exception([])
    assert told.retryable is worth_it


@pytest.mark.parametrize(
    "body",
    [
        {"error_code": "APIGW.0101", "error_msg": "unknown"},
        {"errorCode": "APIGW.0101", "errorMsg": "unknown"},
        {"code": "APIGW.0101", "message": "unknown"},
        {"error": {"code": "APIGW.0101", "message": "unknown", "title": "Not Found"}},
        {"fault": {"error_code": "APIGW.0101", "error_msg": "unknown"}},
        {"error_code": "0", "fault": {"error_code": "APIGW.0101", "error_msg": "unknown"}},
    ],
)
def test_shape_of_any_gateway_is_read(body: dict[str, object]) -> None:
    found = problem(body, 404)
    assert found.upstream_code == "APIGW.0101"
    assert found.message.startswith("The gateway knows no such call")
    assert found.quote == "unknown"


def test_error_object_of_iam_in_a_2xx_is_an_error() -> None:
    assert problem({"error": {"code": 401, "message": "no"}}).upstream_code == "401"


def test_request_id_of_the_gateway_is_told() -> None:
    assert problem({"error_code": "APIGW.0101", "request_id": "b3f2c0a1"}, 404).message.endswith(
        "Gateway request b3f2c0a1."
    )
    assert "\n" not in problem({"error_code": "APIGW.0101", "request_id": "a\nb"}, 404).message


@pytest.mark.parametrize("body", [b"<html>", b"{", b"\xff", b""])
def test_unreadable_error_of_the_server_side_is_judged_by_its_status(body: bytes) -> None:
    found = problem(body, 502)
    assert (found.error, found.transient, found.fate) == (UpstreamUnavailable, True, Fate.UNCERTAIN)
    assert problem(body, 429).error is UpstreamThrottled


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_unreadable_no_is_a_broken_contract_and_still_a_no(status: int) -> None:
    found = problem(b"<html>", status)
    assert (found.error, found.fate) == (UpstreamContractBroken, Fate.REFUSED)


def test_empty_no_is_judged_by_its_status() -> None:
    assert problem(b"", 404).message.startswith("The API knows no such address")
    assert problem(b"", 401).error is AuthenticationFailed


@pytest.mark.parametrize("status", [200, 302])
def test_unreadable_yes_is_a_broken_contract_and_uncertain(status: int) -> None:
    found = problem(b"<html>", status)
    assert (found.error, found.fate) == (UpstreamContractBroken, Fate.UNCERTAIN)


def test_redirect_with_a_readable_body_is_no_success() -> None:
    assert problem({"data": {"a": 1}, "error_code": "0"}, 302).error is UpstreamContractBroken


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["0", "KP.API.9001"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["data", "error_code", "error", "code", "error_msg", "total_count"]), inner)
    ),
    max_leaves=8,
)


@given(body=st.binary(max_size=64) | VALUES.map(lambda value: json.dumps(value).encode()), status=st.integers(200, 599))
def test_any_answer_is_opened_or_is_a_problem(body: bytes, status: int) -> None:
    try:
        found = opened(body, status)
    except AttemptFailed as failed:
        said = failed.problem.message
    else:
        said = "".join(found.warnings)
        assert 200 <= status < 300
        assert found.payload is None or isinstance(found.payload, (dict, list))
    assert said == "" or said.isprintable()
