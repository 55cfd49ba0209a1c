import copy

import httpx2
import pytest

from chatops.simulator import DOMAIN, PASSWORD, PROJECT, PROJECT_ID, TENANT_ID
from tests.chatops.simulator.harness import Cloud, credentials, signed_headers

pytestmark = pytest.mark.anyio
TOKENS = "/v3/auth/tokens"


def _scoped(scope: object) -> dict[str, object]:
    body = copy.deepcopy(credentials())
    auth = body["auth"]
    assert isinstance(auth, dict)
    auth["scope"] = scope
    return body


async def test_a_token_comes_in_the_header_with_its_expiry_in_the_body(cloud: Cloud) -> None:
    answer = await cloud.client.post(TOKENS, json=credentials())
    assert answer.status_code == 201
    assert answer.headers["X-Subject-Token"].startswith("MIIS")
    token = answer.json()["token"]
    assert token["expires_at"] == "2025-08-28T13:06:40.000000Z"
    assert token["methods"] == ["password"]
    assert token["project"]["id"] == PROJECT_ID


@pytest.mark.parametrize(("query", "long"), [("", True), ("?nocatalog=1", False)])
async def test_the_catalogue_is_left_out_on_request(cloud: Cloud, query: str, long: bool) -> None:
    answer = await cloud.client.post(f"{TOKENS}{query}", json=credentials())
    assert ("catalog" in answer.json()["token"]) is long


@pytest.mark.parametrize(
    "body",
    [credentials(password="wrong"), credentials(username="nobody"), credentials(domain="elsewhere")],
    ids=["password", "user", "domain"],
)
async def test_wrong_credentials_are_refused_alike(cloud: Cloud, body: dict[str, object]) -> None:
    answer = await cloud.client.post(TOKENS, json=body)
    assert answer.status_code == 401
    assert answer.json()["error"] == {
        "code": 401,
        "message": "The username or password is wrong.",
        "title": "Unauthorized",
    }
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"domain": {"name": DOMAIN}},
        {"project": {"name": "cn-north-9"}},
        {"project": {"id": "x"}},
        {"project": {}},
        None,
    ],
)
async def test_a_token_is_for_a_project_of_the_account_or_not_at_all(cloud: Cloud, scope: object) -> None:
    answer = await cloud.client.post(TOKENS, json=_scoped(scope))
    assert (answer.status_code, answer.json()["error"]["title"]) == (400, "Bad Request")


async def test_a_project_may_be_named_by_its_id(cloud: Cloud) -> None:
    answer = await cloud.client.post(TOKENS, json=_scoped({"project": {"id": PROJECT_ID}}))
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"[]",
        b"{}",
        b'{"auth":{"identity":{"methods":["token"]}}}',
        b'{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":1}}}}}',
    ],
)
async def test_a_malformed_request_is_refused(cloud: Cloud, content: bytes) -> None:
    answer = await cloud.client.post(TOKENS, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


async def test_a_request_that_is_not_said_to_be_json_is_refused(cloud: Cloud) -> None:
    answer = await cloud.client.post(TOKENS, content=b"{}")
    assert answer.status_code == 400


def _projects(answer: httpx2.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 200
    return [(project["name"], project["id"]) for project in answer.json()["projects"]]


@pytest.mark.parametrize("path", ["/v3/projects", "/v3/auth/projects"])
async def test_projects_are_found_by_name_with_a_token(cloud: Cloud, path: str) -> None:
    found = await cloud.send("GET", path, params={"name": PROJECT})
    assert _projects(found) == [(PROJECT, PROJECT_ID)]
    assert found.json()["projects"][0]["domain_id"] == TENANT_ID
    assert _projects(await cloud.send("GET", path, params={"name": "cn-north-9"})) == []
    assert _projects(await cloud.send("GET", path)) == [(PROJECT, PROJECT_ID)]


async def test_projects_are_found_with_a_signature(cloud: Cloud) -> None:
    url = f"http://simulator.test/v3/projects?name={PROJECT}"
    answer = await cloud.client.get(url, headers=signed_headers("GET", url, b"", cloud.time()))
    assert _projects(answer) == [(PROJECT, PROJECT_ID)]


async def test_projects_are_not_told_to_strangers(cloud: Cloud) -> None:
    answer = await cloud.client.get("/v3/projects")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, 401)
