import pytest

from tests.chatops.simulator.harness import REQUEST_ID, Cloud, outcome, signed_headers

pytestmark = pytest.mark.anyio
REBOOT = "/v1/instances/reboot"
BODY = {"instance_ids": ["efjy72gs"]}
NEEDS_HEADER = (
    "sync-command",
    "async-command",
    "batch-query-status",
    "batch-reset",
    "assign",
    "unassign",
    "reboot",
    "backup",
)
NEEDS_NONE = ("create", "delete", "prepare", "prepare-progress", "app/install", "Q39YyZvI/auth")


@pytest.mark.parametrize("call", NEEDS_HEADER)
async def test_a_missing_request_id_is_refused_where_the_tables_require_it(cloud: Cloud, call: str) -> None:
    answer = await cloud.send("POST", f"/v1/instances/{call}", {}, without=("x-request-id",))
    assert outcome(answer) == (200, "0002")


@pytest.mark.parametrize("call", NEEDS_NONE)
async def test_a_missing_request_id_is_accepted_where_the_tables_do_not_require_it(cloud: Cloud, call: str) -> None:
    answer = await cloud.send("POST", f"/v1/instances/{call}", {}, without=("x-request-id",))
    assert outcome(answer) != (200, "0002")


@pytest.mark.parametrize(("method", "call"), [("PUT", "video-setting"), ("GET", "tasks/x")])
async def test_put_and_task_need_a_request_id_as_well(cloud: Cloud, method: str, call: str) -> None:
    body: object = {} if method == "PUT" else None
    answer = await cloud.send(method, f"/v1/instances/{call}", body, without=("x-request-id",))
    assert outcome(answer) == (200, "0002")


async def test_the_listing_needs_its_request_id_in_the_query(cloud: Cloud, printed_cloud: Cloud) -> None:
    query = {"page_no": "1", "page_size": "10"}
    refused = await cloud.send("GET", "/v1/instances/batch-query", params=query)
    assert outcome(refused) == (200, "0002")
    assert "data" in refused.json(), "by table 4-69 the code of a listing stands inside data"
    served = await printed_cloud.send("GET", "/v1/instances/batch-query", params=query)
    assert outcome(served) == (200, "0")


@pytest.mark.parametrize("request_id", [" ", "with space", "x" * 65, "ä", "a/b", "a\tb"])
async def test_an_invalid_request_id_is_refused(cloud: Cloud, request_id: str) -> None:
    refused = await cloud.list(**{"x-request-id": request_id})
    assert outcome(refused) == (400, "0003")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
async def test_a_body_that_is_said_to_be_no_json_is_refused(cloud: Cloud, content_type: str) -> None:
    answer = await cloud.send("POST", REBOOT, content=b"{}", headers={"Content-Type": content_type})
    assert outcome(answer) == (400, "1000")


async def test_a_content_type_may_name_its_charset(cloud: Cloud) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = await cloud.send("POST", REBOOT, content=b'{"instance_ids":["efjy72gs"]}', headers=headers)
    assert outcome(answer) == (200, "0")


async def test_a_signed_request_is_served(cloud: Cloud) -> None:
    content = b'{"instance_ids":["efjy72gs"]}'
    extra = {"content-type": "application/json", "x-request-id": REQUEST_ID}
    headers = signed_headers("POST", f"http://simulator.test{REBOOT}", content, cloud.time(), extra=extra)
    answer = await cloud.client.post(REBOOT, content=content, headers=headers)
    assert outcome(answer) == (200, "0")
    assert cloud.simulator.requests[-1].authentication == "signature"


async def test_a_signature_covers_the_body_that_is_sent(cloud: Cloud) -> None:
    headers = signed_headers("POST", f"http://simulator.test{REBOOT}", b"{}", cloud.time())
    answer = await cloud.client.post(REBOOT, json=BODY, headers=headers)
    assert outcome(answer) == (401, "APIGW.0301")
    assert "canonicalRequest:POST|/v1/instances/reboot/" in answer.json()["error_msg"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "x", "X-Auth-Token": "y"}])
async def test_no_credentials_and_two_kinds_of_them_are_refused(cloud: Cloud, headers: dict[str, str]) -> None:
    answer = await cloud.client.post(REBOOT, json=BODY, headers=headers)
    assert outcome(answer) == (401, "APIGW.0301")


async def test_who_is_not_known_learns_nothing_of_the_request(cloud: Cloud) -> None:
    answer = await cloud.client.post(REBOOT, content=b"nonsense")
    assert outcome(answer) == (401, "APIGW.0301")
