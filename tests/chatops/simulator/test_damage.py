"""What each fault looks like from outside."""

import base64
import json

import httpx2
import pytest

from chatops.simulator import Fault
from tests.chatops.simulator.harness import Cloud, outcome

pytestmark = pytest.mark.anyio


async def _listed_with(cloud: Cloud, fault: Fault, page: int = 1) -> httpx2.Response:
    await cloud.sign_in()
    cloud.simulator.faults.clear()
    cloud.simulator.faults.add(fault)
    return await cloud.list(page_no=str(page), page_size="10")


async def _ids(answer: httpx2.Response) -> list[str]:
    return [row["instance_id"] for row in answer.json()["data"]["result"]]


@pytest.mark.parametrize("retry_after", ["", "7", "Wed, 27 Aug 2025 08:15:30 GMT"])
async def test_throttling_tells_when_to_come_back_only_if_asked_to(cloud: Cloud, retry_after: str) -> None:
    answer = await _listed_with(cloud, Fault(kind="throttled", retry_after=retry_after))
    assert outcome(answer) == (429, "APIGW.0308")
    assert answer.headers.get("Retry-After", "") == retry_after
    assert answer.json()["request_id"]


@pytest.mark.parametrize(
    ("status", "code"), [(500, "KOOPHONE.API.9999"), (503, "APIGW.0201"), (401, "APIGW.0301"), (401, "APIGW.0307")]
)
async def test_any_error_can_be_answered(cloud: Cloud, status: int, code: str) -> None:
    answer = await _listed_with(cloud, Fault(kind="error", status=status, code=code))
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert ("request_id" in answer.json()) is code.startswith("APIGW")


async def test_an_error_can_say_anything(cloud: Cloud) -> None:
    answer = await _listed_with(cloud, Fault(kind="error", status=409, code="KP.API.0009", message="\x1b[31mred"))
    assert (answer.status_code, answer.json()["error_msg"]) == (409, "\x1b[31mred")


async def test_a_bad_gateway_is_a_page(cloud: Cloud) -> None:
    answer = await _listed_with(cloud, Fault(kind="html"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")


async def test_a_raw_answer_is_the_bytes_it_was_given(cloud: Cloud) -> None:
    body = bytes(range(256))
    fault = Fault(kind="raw", status=418, body_base64=base64.b64encode(body).decode(), content_type="")
    answer = await _listed_with(cloud, fault)
    assert (answer.status_code, answer.content) == (418, body)
    assert "Content-Type" not in answer.headers


async def test_a_business_error_comes_with_200_after_the_effect(cloud: Cloud) -> None:
    cloud.simulator.faults.add(Fault(kind="business", code="KOOPHONE.API.9001", operation="delete"))
    answer = await cloud.post("delete", {"instanceIdList": ["XvH39QVW"]})
    assert outcome(answer) == (200, "9001")
    assert cloud.simulator.fleet.find("XvH39QVW") is None
    assert cloud.simulator.requests[-1].processed is True


@pytest.mark.parametrize("kind", ["malformed", "truncated", "invalid_utf8"])
async def test_spoilt_answers_are_no_json(cloud: Cloud, kind: str) -> None:
    answer = await _listed_with(cloud, Fault(kind=kind))  # type: ignore[arg-type]  # each is a kind
    assert answer.status_code == 200
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        json.loads(answer.content.decode("utf-8"))


async def test_a_wrong_content_type_leaves_the_body_alone(cloud: Cloud) -> None:
    answer = await _listed_with(cloud, Fault(kind="wrong_content_type"))
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert json.loads(answer.content)["data"]["total_count"] == 60


@pytest.mark.parametrize("size", [1_000, 3_000_000])
async def test_an_oversized_answer_is_as_large_as_asked(cloud: Cloud, size: int) -> None:
    answer = await _listed_with(cloud, Fault(kind="oversized", size=size))
    assert len(answer.content) == size
    assert answer.json()["error_code"] == "0"


async def test_a_deep_answer_is_deeper_than_parsers_like(cloud: Cloud) -> None:
    answer = await _listed_with(cloud, Fault(kind="deep", size=1_000_000))
    assert answer.content.count(b"[") == 100_000
    with pytest.raises(RecursionError):
        json.loads(answer.content)


async def test_missing_ids_are_left_out_of_the_answer_only(cloud: Cloud) -> None:
    cloud.simulator.faults.add(Fault(kind="missing_ids", times=1, operation="batch-query-status"))
    body = {"instance_ids": ["a44uhlf7", "efjy72gs", "iRJEVP96"]}
    answers = [(await cloud.post("batch-query-status", body)).json()["data"]["status_results"] for _ in range(2)]
    assert [row["instance_id"] for row in answers[0]] == ["efjy72gs"]
    assert len(answers[1]) == 3


async def test_a_shifted_page_loses_the_row_between_two_pages(cloud: Cloud) -> None:
    clean = await _ids(await cloud.list(page_size="30"))
    second = await _ids(await _listed_with(cloud, Fault(kind="page_drift", drift="shift"), page=2))
    assert second == clean[11:21]


async def test_a_duplicated_row_stands_on_two_pages(cloud: Cloud) -> None:
    clean = await _ids(await cloud.list(page_size="30"))
    second = await _ids(await _listed_with(cloud, Fault(kind="page_drift", drift="duplicate"), page=2))
    assert second == clean[9:19]


async def test_a_repeated_page_is_the_first_under_another_number(cloud: Cloud) -> None:
    clean = await _ids(await cloud.list(page_size="30"))
    answer = await _listed_with(cloud, Fault(kind="page_drift", drift="repeat"), page=3)
    assert await _ids(answer) == clean[:10]
    assert answer.json()["data"]["page_no"] == 3


async def test_an_absurd_total_is_absurd(cloud: Cloud) -> None:
    answer = await _listed_with(cloud, Fault(kind="page_drift", drift="absurd_total"))
    assert answer.json()["data"]["total_count"] == 10**15
    assert len(await _ids(answer)) == 10


async def test_an_install_answer_can_be_flat_as_later_kits_have_it(cloud: Cloud) -> None:
    cloud.simulator.faults.add(Fault(kind="flat_install"))
    body = {
        "object_name": "com.example",
        "file_name": "a.apk",
        "object_version": "1",
        "object_size": "1",
        "biz_type": "apk",
        "content_type": "application/octet-stream",
        "content_md5": "",
        "install_package_url": "https://obs.example.com/a.apk",
        "instance_id_list": ["XvH39QVW"],
    }
    answer = await cloud.post("app/install", body)
    assert answer.json()["data"]["task_id"].startswith("ZGCA")


@pytest.mark.parametrize("kind", ["missing_ids", "page_drift", "flat_install", "truncated", "malformed"])
async def test_an_empty_answer_can_be_spoilt_as_well(printed_cloud: Cloud, kind: str) -> None:
    printed_cloud.simulator.faults.add(Fault(kind=kind, operation="assign", drift="absurd_total"))  # type: ignore[arg-type]  # each is a kind
    body = {"user_instances": [{"instance_id": "a44uhlf7", "user_id": "1123422"}]}
    assert (await printed_cloud.post("assign", body)).status_code == 200
