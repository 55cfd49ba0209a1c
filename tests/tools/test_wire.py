"""The headers of every call, as they stand on the wire: what the reference's tables and the signature want."""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import pytest

from chatops.cloud import AccessKey, CloudClient, Password
from chatops.cloud.signing import UNSIGNED_PAYLOAD, authorization, canonical_request
from chatops.errors import UpstreamError
from chatops.simulator import PROJECT_ID, SECRET_KEY, SECURITY_TOKEN
from tests.chatops.cloud.world import (
    ACTIONS,
    KEY,
    OK,
    TEMPORARY_KEY,
    USER,
    Clock,
    Reply,
    Scripted,
    Seen,
    ask,
    reply,
    scripted,
)
from tests.reference.calls import CALLS
from tests.tools.stage import Stage, example_arguments

pytestmark = pytest.mark.anyio

NAMES = [call.name for call in CALLS]
SIGNED = re.compile(r"SDK-HMAC-SHA256 Access=(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})")
TOKEN = {"token": {"issued_at": "2025-08-27T00:00:00Z", "expires_at": "2025-08-28T00:00:00Z"}}
REQUEST_ID = re.compile(r"[0-9a-f]{32}")


def token_reply(header: str = "X-Subject-Token") -> Reply:
    return reply(TOKEN, status=201, headers={header: "the-token"})


async def asked(client: CloudClient, name: str) -> None:
    """Asks; what comes back does not matter here."""
    with suppress(UpstreamError):
        await ask(client, ACTIONS[name])


async def seen_with(name: str, credentials: AccessKey | Password = KEY) -> Seen:
    """The last request of this call, as it stood on the wire."""
    first = [token_reply()] if isinstance(credentials, Password) else []
    async with scripted(*first, reply(OK), credentials=credentials) as (client, said):
        await asked(client, name)
    return said.seen[-1]


def proof(seen: Seen) -> tuple[str, list[str], str]:
    found = SIGNED.fullmatch(seen.headers["authorization"])
    assert found is not None
    return found.group(1), found.group(2).split(";"), found.group(3)


def check_signature(seen: Seen, secret_key: str) -> None:
    """Signs again what stood on the wire, with nothing but the headers that it says are signed."""
    access_key, names, _ = proof(seen)
    method, target, _ = seen.line.split(" ")
    path, _, query = target.partition("?")
    headers = {name: seen.headers[name] for name in names}
    again = authorization(
        access_key, secret_key, method=method, path=path, query=query, headers=headers, body=seen.body or None
    )
    assert again == seen.headers["authorization"]


@pytest.mark.requirement("header:content-type", "header:content-length", "header:host", "header:x-request-id")
@pytest.mark.parametrize("credentials", [KEY, USER], ids=["key", "token"])
@pytest.mark.parametrize("name", NAMES)
async def test_every_call_has_the_headers_of_the_tables(name: str, credentials: AccessKey | Password) -> None:
    seen = await seen_with(name, credentials)
    assert seen.headers["content-type"] == "application/json"
    assert re.fullmatch(r"127\.0\.0\.1:\d+", seen.headers["host"])
    assert REQUEST_ID.fullmatch(seen.headers["x-request-id"])
    if not seen.line.startswith("GET"):
        assert seen.headers["content-length"] == str(len(seen.body))
    assert "x-tenant-id" not in seen.headers
    assert seen.line.split(" ")[1].startswith("/v1/instances/")


@pytest.mark.requirement("header:authorization", "header:x-sdk-date", "header:x-project-id")
@pytest.mark.parametrize("name", NAMES)
async def test_signed_call_carries_a_proof_over_host_date_project_and_content_type(name: str) -> None:
    seen = await seen_with(name)
    access_key, names, _ = proof(seen)
    assert access_key == KEY.access_key
    assert names == sorted({"content-type", "host", "x-project-id", "x-sdk-date"})
    assert seen.headers["x-sdk-date"] == "20250827T130640Z"
    assert seen.headers["x-project-id"] == PROJECT_ID
    assert not {"x-auth-token", "x-security-token", "x-sdk-content-sha256"} & set(seen.headers)
    check_signature(seen, SECRET_KEY)


@pytest.mark.requirement("header:x-security-token")
async def test_temporary_key_sends_its_security_token_and_signs_it() -> None:
    seen = await seen_with("query_status", TEMPORARY_KEY)
    assert seen.headers["x-security-token"] == SECURITY_TOKEN
    assert "x-security-token" in proof(seen)[1]
    check_signature(seen, TEMPORARY_KEY.secret_key.get_secret_value())


@pytest.mark.requirement("header:x-auth-token", "header:x-subject-token")
@pytest.mark.parametrize("name", NAMES)
async def test_call_with_a_token_carries_the_one_iam_answered_and_no_signature(name: str) -> None:
    seen = await seen_with(name, USER)
    assert seen.headers["x-auth-token"] == "the-token"
    assert not {"authorization", "x-sdk-date", "x-project-id"} & set(seen.headers)


@pytest.mark.requirement("endpoint:iam_token")
async def test_token_is_asked_for_with_the_project_as_its_scope_and_without_the_catalogue() -> None:
    async with scripted(token_reply(), reply(OK), credentials=USER) as (client, said):
        await asked(client, "query_status")
    seen = said.seen[0]
    assert seen.line == "POST /v3/auth/tokens?nocatalog=1 HTTP/1.1"
    assert b'"scope": {"project": {"name": "cn-north-4"}}' in seen.body
    assert b'"methods": ["password"]' in seen.body
    assert not {"x-auth-token", "authorization"} & set(seen.headers)


@pytest.mark.requirement("endpoint:iam_projects", "header:x-project-id")
async def test_project_is_looked_up_by_its_name_once_when_its_id_is_not_configured() -> None:
    projects = reply({"projects": [{"id": "other", "name": "eu-1"}, {"id": "found", "name": "cn-north-4"}]})
    async with scripted(projects, reply(OK), project_id=None) as (client, said):
        await asked(client, "query_status")
        await asked(client, "list_skus")
    assert said.seen[0].line == "GET /v3/projects?name=cn-north-4 HTTP/1.1"
    check_signature(said.seen[0], SECRET_KEY)
    assert [seen.headers.get("x-project-id") for seen in said.seen] == [None, "found", "found"]


@pytest.mark.requirement("header:x-subject-token")
@pytest.mark.parametrize("header", ["X-Subject-Token", "x-subject-token", "X-SUBJECT-TOKEN"])
async def test_token_is_found_however_its_header_is_written(header: str) -> None:
    async with scripted(token_reply(header), reply(OK), credentials=USER) as (client, said):
        await asked(client, "query_status")
    assert said.seen[1].headers["x-auth-token"] == "the-token"


@pytest.mark.requirement("header:x-request-id")
async def test_each_attempt_has_a_request_id_of_its_own() -> None:
    async with scripted(reply(status=503), reply(status=503), reply(OK)) as (client, said):
        await asked(client, "query_status")
    ids = [seen.headers["x-request-id"] for seen in said.seen]
    assert len(ids) == len(set(ids)) == 3


@pytest.mark.requirement("header:x-request-id-query")
async def test_request_id_of_the_listing_stands_in_its_query_with_the_value_of_the_header() -> None:
    seen = await seen_with("list_instances")
    assert f"x-request-id={seen.headers['x-request-id']}" in seen.line


@pytest.mark.parametrize("name", [name for name in NAMES if name != "list_instances"])
async def test_no_other_call_has_a_request_id_in_its_query(name: str) -> None:
    assert "x-request-id" not in (await seen_with(name)).line


@pytest.mark.requirement("header:x-tenant-id")
async def test_tenant_is_named_and_signed_where_it_is_configured() -> None:
    async with scripted(reply(OK), tenant_id="tenant-7") as (client, said):
        await asked(client, "query_status")
    assert said.seen[0].headers["x-tenant-id"] == "tenant-7"
    assert "x-tenant-id" in proof(said.seen[0])[1]
    check_signature(said.seen[0], SECRET_KEY)


@pytest.mark.requirement("header:x-sdk-content-sha256")
def test_hash_in_a_header_stands_in_for_that_of_the_body() -> None:
    headers = {"Host": "h", "X-Sdk-Date": "20250827T081530Z"}
    declared = {**headers, "X-Sdk-Content-Sha256": UNSIGNED_PAYLOAD}

    def last_line(given: Mapping[str, str]) -> str:
        return canonical_request("POST", "/v1/instances/reboot", "", given, b"hello").splitlines()[-1]

    assert last_line(headers) == hashlib.sha256(b"hello").hexdigest()
    assert last_line(declared) == UNSIGNED_PAYLOAD


@pytest.mark.requirement("header:response-content-type")
@pytest.mark.parametrize("content_type", ["application/json", "text/plain; charset=iso-8859-1", "text/html", ""])
async def test_answer_is_read_as_json_whatever_it_calls_itself(stage: Stage, content_type: str) -> None:
    answer = {"data": {"status_results": [{"instance_id": "a44uhlf7", "status": 2}]}, "error_code": "0"}
    outcome = await stage.answered("query_status", answer, content_type=content_type)
    assert outcome.message == "1 of 2 phones running; no answer for 1."


@pytest.mark.requirement("header:response-x-request-id")
async def test_request_id_of_the_gateway_is_told_and_ours_is_not_replaced_by_it(stage: Stage) -> None:
    body = {"error_code": "APIGW.0101", "error_msg": "no", "request_id": "b3f2c0a1d4e5"}
    outcome = await stage.answered("query_status", body, status=404)
    assert "b3f2c0a1d4e5" in outcome.message
    assert outcome.error is not None
    assert outcome.error.request_ids == (stage.last.request_id,)


@asynccontextmanager
async def refusing(status: int, retry_after: str) -> AsyncIterator[tuple[CloudClient, Scripted, Clock]]:
    """A server that says no once, and when to come back."""
    clock = Clock()
    no = reply(status=status, headers={"Retry-After": retry_after})
    async with scripted(no, reply({"data": {"status_results": []}, **OK}), clock=clock) as (client, said):
        yield client, said, clock


@pytest.mark.requirement("header:retry-after")
@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "waited"),
    [("7", 7.0), ("Wed, 27 Aug 2025 13:06:52 GMT", 12.0), ("0", 0.5), ("", 0.5), ("-5", 0.5), ("soon", 0.5)],
)
async def test_wait_is_as_long_as_the_answer_asks(status: int, retry_after: str, waited: float) -> None:
    async with refusing(status, retry_after) as (client, said, clock):
        await ask(client, ACTIONS["query_status"])
    assert clock.slept == [waited]
    assert len(said.seen) == 2


@pytest.mark.requirement("header:retry-after")
async def test_wait_that_is_too_long_is_told_instead() -> None:
    async with refusing(429, "3600") as (client, said, clock):
        with pytest.raises(UpstreamError) as caught:
            await ask(client, ACTIONS["query_status"])
    assert (caught.value.retry_after, clock.slept, len(said.seen)) == (3600.0, [], 1)


@pytest.mark.parametrize("name", NAMES)
async def test_nothing_that_the_reference_does_not_know_is_sent(either_stage: Stage, name: str) -> None:
    await either_stage.run(name, example_arguments(name))
    assert either_stage.last.unknown == ()
