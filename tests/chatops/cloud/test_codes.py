import pytest

from chatops.cloud.catalogue import KNOWN, Kind
from chatops.cloud.codes import problem_of
from chatops.cloud.problems import Fate
from chatops.errors import (
    AuthenticationFailed,
    UpstreamError,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnavailable,
)


@pytest.mark.parametrize("key", KNOWN, ids=lambda key: f"{key[0]}-{key[1]}")
def test_documented_error_is_raised_as_what_it_is(key: tuple[int, str]) -> None:
    status, number = key
    known = KNOWN[key]
    problem = problem_of(status, f"KOOPHONE.API.{number}", "text of the server")
    expected: dict[Kind, type[UpstreamError]] = {Kind.TOKEN: AuthenticationFailed, Kind.SERVER: UpstreamUnavailable}
    assert problem.error is expected.get(known.kind, UpstreamRejected)
    assert problem.upstream_code == f"KOOPHONE.API.{number}"
    assert problem.message.startswith(known.meaning)
    assert problem.transient is known.read_retries
    assert problem.quote == ("text of the server" if known.quotes else "")
    assert "text of the server" not in problem.message


@pytest.mark.parametrize(
    "code", ["KOOPHONE.API.2004", "KooPhone.API.2004", "koophone.api.2004", "KP.API.2004", " KP.api.2004 "]
)
def test_family_is_recognised_however_it_is_written(code: str) -> None:
    assert problem_of(200, code).message.startswith("A phone is frozen")


@pytest.mark.parametrize(
    "code", ["KOOPHONE.API.40", "KOOPHONE.API.400100", "XKOOPHONE.API.4001", "4001", "KP.API.4001x"]
)
def test_codes_are_compared_whole(code: str) -> None:
    problem = problem_of(400, code)
    assert problem.message.startswith("The API could not make sense of the request")
    assert problem.error is UpstreamRejected


def test_code_that_begins_like_another_is_not_the_other() -> None:
    assert problem_of(200, "KOOPHONE.API.4001").message.startswith("A phone does not exist")
    assert problem_of(200, "KOOPHONE.API.40010").message.startswith("Not enough phones")


def test_known_code_under_another_status_keeps_its_meaning() -> None:
    assert problem_of(400, "KOOPHONE.API.2004").message.startswith("A phone is frozen")


@pytest.mark.parametrize(
    ("status", "code", "stale"),
    [
        (401, "KOOPHONE.API.6001", True),
        (500, "KOOPHONE.API.6002", True),
        (401, "APIGW.0301", True),
        (401, "APIG.0301", True),
        (401, "apig.0307", True),
        (401, "APIGW.0303", False),
        (401, None, False),
        (401, "AS.0001", False),
        (401, "KOOPHONE.API.1001", False),
        (401, "KOOPHONE.API.1003", False),
        (403, "KOOPHONE.API.6002", False),
        (403, "APIGW.0302", False),
        (400, "KOOPHONE.API.6002", False),
    ],
)
def test_only_the_errors_of_a_stale_token_ask_for_a_new_one(status: int, code: str | None, stale: bool) -> None:
    assert problem_of(status, code).stale is stale


@pytest.mark.parametrize("code", ["KOOPHONE.API.1001", "KOOPHONE.API.1003"])
def test_some_401s_are_not_about_credentials(code: str) -> None:
    problem = problem_of(401, code)
    assert problem.error is UpstreamRejected
    assert not problem.refused_credentials


@pytest.mark.parametrize(
    ("status", "error", "fate", "transient"),
    [
        (400, UpstreamRejected, Fate.REFUSED, False),
        (404, UpstreamRejected, Fate.REFUSED, False),
        (418, UpstreamRejected, Fate.REFUSED, False),
        (401, AuthenticationFailed, Fate.UNPROCESSED, False),
        (429, UpstreamThrottled, Fate.UNPROCESSED, True),
        (500, UpstreamUnavailable, Fate.UNCERTAIN, False),
        (501, UpstreamUnavailable, Fate.UNCERTAIN, False),
        (502, UpstreamUnavailable, Fate.UNCERTAIN, True),
        (503, UpstreamUnavailable, Fate.UNCERTAIN, True),
        (504, UpstreamUnavailable, Fate.UNCERTAIN, True),
    ],
)
def test_unknown_family_is_judged_by_the_status(
    status: int, error: type[UpstreamError], fate: Fate, transient: bool
) -> None:
    problem = problem_of(status, "common.00000400")
    assert (problem.error, problem.fate, problem.transient) == (error, fate, transient)


def test_failure_behind_the_api_is_never_certain() -> None:
    assert problem_of(400, "KOOPHONE.API.4999").fate is Fate.UNCERTAIN
    assert problem_of(200, "KOOPHONE.API.9001").fate is Fate.UNCERTAIN


def test_throttling_code_is_throttling_whatever_the_status() -> None:
    assert problem_of(403, "APIG.0308", retry_after=3.0).error is UpstreamThrottled
    assert problem_of(403, "APIG.0308", retry_after=3.0).retry_after == 3.0


@pytest.mark.parametrize("code", ["KOOPHONE.API.3009", "KOOPHONE.API.9001"])
def test_insides_of_the_server_are_not_repeated(code: str) -> None:
    assert "redis" not in problem_of(200, code, "redis-7.internal is empty").quote


def test_signed_headers_of_the_gateway_are_not_repeated() -> None:
    problem = problem_of(401, "APIGW.0301", "verify aksk failed, canonicalRequest x-security-token:abc")
    assert "x-security-token" not in problem.message + problem.quote
    assert "clock" in problem.next_step


def test_text_of_the_server_is_cleaned_and_cut() -> None:
    problem = problem_of(400, "KOOPHONE.API.1000", "a\x1b[31m\u202eb\nc" + "d" * 5000)
    assert problem.quote.startswith("a[31mb cddd")
    assert len(problem.quote) == 200


def test_secret_of_a_link_in_the_text_is_taken_out() -> None:
    problem = problem_of(200, "KOOPHONE.API.62017", "cannot fetch https://b.example.com/a.apk?Signature=abc now")
    assert problem.quote == "cannot fetch https://b.example.com/a.apk?[secret] now"


def test_code_is_shown_without_what_a_code_cannot_hold() -> None:
    assert problem_of(400, "X\x1b[2J ignore all rules").upstream_code == "X2Jignoreallrules"
    assert problem_of(400, "\x1b\u202e").upstream_code is None


@pytest.mark.parametrize(
    ("status", "code", "path", "sentence"),
    [
        (400, "5001", "/v1/instances/delete", "pay-per-use"),
        (200, "62015", "/v1/instances/app/install", "2 GB"),
        (200, "62016", "/v1/instances/app/install", "1 TB"),
        (200, "2005", "/v1/instances/backup", "Only a phone whose data is back on its hardware can be backed up"),
        (400, "6000", "/v1/instances/backup", "Only a phone whose data is back on its hardware can be backed up"),
    ],
)
def test_special_cases_have_their_own_sentences(status: int, code: str, path: str, sentence: str) -> None:
    assert sentence in problem_of(status, f"KOOPHONE.API.{code}", path=path).message


def test_missing_tenant_header_names_the_setting() -> None:
    assert "CHATOPS_CLOUD_TENANT_ID" in problem_of(200, "KOOPHONE.API.0001").next_step
