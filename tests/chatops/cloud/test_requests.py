import json

import pytest

from chatops.cloud.requests import Outgoing, Page, outgoing_request
from tests.chatops.cloud.world import ACTIONS, params_of
from tools import AnyAction, Endpoint, Params

ORIGIN = "https://koophone.example.com"
ENDPOINTS = [name for name, action in ACTIONS.items() if isinstance(action.by, Endpoint)]


def outgoing(action: AnyAction, params: Params | None = None, **options: object) -> Outgoing:
    assert isinstance(action.by, Endpoint)
    page = options.get("page")
    tenant = options.get("tenant_id")
    return outgoing_request(
        action.by,
        params if params is not None else params_of(action),
        origin=ORIGIN,
        request_id="1" * 32,
        page=page if isinstance(page, Page) else None,
        tenant_id=tenant if isinstance(tenant, str) else None,
    )


@pytest.mark.parametrize("name", ENDPOINTS)
def test_example_becomes_the_request_it_names(name: str) -> None:
    for example in ACTIONS[name].examples:
        made = outgoing(ACTIONS[name], example.params)
        assert (made.body and json.loads(made.body)) == (None if example.sends is None else dict(example.sends))


@pytest.mark.parametrize("name", ENDPOINTS)
def test_request_id_is_in_a_header_of_every_call(name: str) -> None:
    made = outgoing(ACTIONS[name])
    assert made.headers["x-request-id"] == "1" * 32
    assert made.headers["Content-Type"] == "application/json"
    assert "x-tenant-id" not in made.headers


@pytest.mark.parametrize("name", ENDPOINTS)
def test_path_is_complete_and_below_v1(name: str) -> None:
    made = outgoing(ACTIONS[name])
    assert made.path.startswith("/v1/instances/")
    assert "{" not in made.path


def test_request_id_of_the_listing_is_in_the_query_as_well() -> None:
    made = outgoing(ACTIONS["list_instances"], page=Page(number=3, size=100))
    assert made.query == "page_no=3&page_size=100&pool_scene_tag=CLOUD_PHONE&x-request-id=" + "1" * 32
    assert made.target == f"{made.path}?{made.query}"
    assert made.body is None


def test_times_are_sent_in_utc_and_encoded_as_they_are_signed() -> None:
    action = ACTIONS["list_instances"]
    params = action.params.model_validate_json('{"since": "2023-08-15T16:30:45+02:00"}')
    assert "query_start_time=2023-08-15%2014%3A30%3A45" in outgoing(action, params).query


def test_params_that_are_filtered_here_are_not_sent() -> None:
    action = ACTIONS["list_instances"]
    params = action.params(name="demo-*", region="cn-north-7", assignee="none", limit=5)
    assert outgoing(action, params).query == "x-request-id=" + "1" * 32


def test_constant_of_the_query_is_always_sent() -> None:
    assert outgoing(ACTIONS["list_skus"]).query == "type=0"


def test_task_id_is_encoded_as_one_part_of_the_path() -> None:
    action = ACTIONS["get_task"]
    made = outgoing(action, action.params(task_id="ZGCA?#%&+-_~."))
    assert made.path == "/v1/instances/tasks/ZGCA%3F%23%25%26%2B-_~."


def test_post_of_a_path_param_only_has_no_body() -> None:
    made = outgoing(ACTIONS["get_device_token"])
    assert made.body is None
    assert made.path == "/v1/instances/Q39YyZvI/auth"


def test_secrets_are_open_on_the_wire_and_nowhere_else() -> None:
    install = ACTIONS["install_app"]
    made = outgoing(install)
    assert made.body is not None
    link = next(value for _, value in params_of(install) if hasattr(value, "get_secret_value")).get_secret_value()
    assert link in json.loads(made.body).values()
    assert link not in repr(made)


def test_body_is_compact_utf_8() -> None:
    made = outgoing(ACTIONS["run_command"])
    assert made.body == b'{"instance_ids":["a44uhlf7","efjy72gs"],"command":"ls -l /system"}'


def test_configured_tenant_is_sent() -> None:
    assert outgoing(ACTIONS["query_status"], tenant_id="t1").headers["x-tenant-id"] == "t1"


def test_representation_shows_neither_headers_nor_body() -> None:
    made = outgoing(ACTIONS["run_command"]).with_headers({"X-Auth-Token": "token-of-somebody"})
    assert "token-of-somebody" not in repr(made)
    assert "ls -l" not in repr(made)
