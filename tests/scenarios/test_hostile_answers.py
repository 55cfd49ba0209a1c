"""Whatever comes back, a door is handed a typed error or a bounded, cleaned result; never anything else."""

import json
from random import Random

import pytest
from pydantic import JsonValue

from chatops.cloud.documents import MOST_BYTES
from chatops.errors import OutcomeUnknown, UpstreamContractBroken
from chatops.outcome import Status
from tests.chatops.cloud.world import ACTIONS, OK
from tests.scenarios.hostility import TEXTS, WRONG, check, places, printed_answer, replaced, text_places
from tests.tools.stage import Stage

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(20)]

NAMES = list(ACTIONS)
CHANGING = [name for name, action in ACTIONS.items() if action.change is not None]
CUTS = 24
PLACES = 24
"""So many cuts and positions of an answer are tried, spread over it; which ones is always the same."""


def some(number: int, of: int) -> list[int]:
    """Indexes, evenly spread."""
    return sorted({index * of // number for index in range(min(number, of))} | {max(of - 1, 0)})


@pytest.mark.parametrize("name", NAMES)
async def test_answer_cut_off_anywhere_is_an_error(stage: Stage, name: str) -> None:
    body = json.dumps(printed_answer(name)).encode()
    for cut in some(CUTS, len(body)):
        outcome = await stage.answered(name, body[:cut])
        check(outcome)
        empty_is_an_answer = cut == 0 and name in {"assign_instances", "unassign_instances"}
        assert (
            isinstance(outcome.error, OutcomeUnknown if name in CHANGING else UpstreamContractBroken)
            or empty_is_an_answer
        )


@pytest.mark.parametrize("name", NAMES)
async def test_wrong_type_anywhere_is_an_error_or_a_clean_result(stage: Stage, name: str) -> None:
    printed = printed_answer(name)
    found = list(places(printed))
    for number in some(PLACES, len(found)):
        for value in WRONG:
            check(await stage.answered(name, replaced(printed, found[number], value)))


@pytest.mark.parametrize("name", NAMES)
async def test_hostile_text_anywhere_is_cleaned(stage: Stage, name: str) -> None:
    printed = printed_answer(name)
    for place in text_places(printed):
        for text in TEXTS:
            check(await stage.answered(name, replaced(printed, place, text)))


@pytest.mark.parametrize("name", ["query_status", "list_instances", "assign_instances", "reset_instances"])
async def test_hostile_text_everywhere_in_an_error_is_cleaned(stage: Stage, name: str) -> None:
    for text in TEXTS:
        for status in (400, 401, 500):
            stage.clock.seconds += 301.0  # a key that was refused may be used again
            for body in (
                {"error_code": text, "error_msg": text, "request_id": text},
                {"error_code": "KOOPHONE.API.2004", "error_msg": text},
                {"error": {"code": text, "message": text, "title": text}},
                {text: {"code": "1", "message": text}},
            ):
                outcome = await stage.answered(name, body, status=status)
                check(outcome)
                assert outcome.error is not None


@pytest.mark.parametrize("name", NAMES)
async def test_invalid_utf8_anywhere_is_an_error(stage: Stage, name: str) -> None:
    body = json.dumps(printed_answer(name)).encode()
    for place in some(CUTS, len(body)):
        for bad in (b"\xff", b"\xed\xa0\x80"):
            outcome = await stage.answered(name, body[:place] + bad + body[place:])
            check(outcome)
            assert outcome.error is not None


@pytest.mark.parametrize("name", NAMES)
async def test_any_byte_may_be_another_one(stage: Stage, name: str) -> None:
    body = json.dumps(printed_answer(name)).encode()
    random = Random(name)  # noqa: S311  # has to be repeatable
    for _ in range(40):
        damaged = bytearray(body)
        for _ in range(random.randint(1, 4)):
            damaged[random.randrange(len(damaged))] = random.randrange(256)
        check(await stage.answered(name, bytes(damaged)))


def nested(levels: int, opening: str, closing: str) -> bytes:
    return f'{{"error_code":"0","data":{opening * levels}1{closing * levels}}}'.encode()


ODD_BODIES: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \r\n\t ",
    "null": b"null",
    "a text": b'"ok"',
    "a number": b"0",
    "a list": b"[]",
    "many lists": b"[" * 200_000,
    "deep lists": nested(100_000, "[", "]"),
    "deep objects": nested(100_000, '{"data":', "}"),
    "lists just too deep": nested(40, "[", "]"),
    "objects that are not too deep": nested(25, '{"data":', "}"),
    "not a number": b'{"error_code":"0","data":{"status":NaN,"waitingCount":Infinity}}',
    "numbers without end": b'{"error_code":"0","data":{"status":' + b"9" * 100_000 + b"}}",
    "numbers beyond all floats": b'{"error_code":"0","data":{"status":1e999,"waitingCount":-1e999}}',
    "keys that stand there twice": b'{"error_code":"1","error_code":"0","data":{},"data":{"task_id":1,"task_id":2}}',
    "codes that contradict": b'{"error_code":"0","errorCode":"KOOPHONE.API.2004","data":{}}',
    "two documents": b'{"error_code":"0","data":{}}{"error_code":"1"}',
    "a mark at the beginning": b"\xef\xbb\xbf" + b'{"error_code":"0","data":{}}',
    "another encoding": '{"error_code":"0","data":{}}'.encode("utf-16"),
    "a page": b"<html><script>alert(1)</script></html>",
    "no JSON": b"{'error_code': '0'}",
    "a comment": b'{"error_code":"0",/* ok */"data":{}}',
    "half of it": b'{"error_code":"0","data":{',
    "escapes of half characters": b'{"error_code":"0","data":{"task_id":"\\udc00","device_token":"\\ud83d"}}',
    "binary": bytes(range(256)),
    "a very long text": b'{"error_code":"0","error_msg":"' + b"x" * 3_000_000 + b'","data":{}}',
    "a very long name": b'{"error_code":"0","data":{"' + b"k" * 1_000_000 + b'":1}}',
    "more than is read": b'{"error_code":"0","data":"' + b"x" * MOST_BYTES + b'"}',
}


@pytest.mark.parametrize("odd", ODD_BODIES)
@pytest.mark.parametrize("name", ["list_instances", "list_skus", "get_device_token", "install_app"])
async def test_body_as_nobody_should_write_one_is_an_error_or_a_clean_result(stage: Stage, name: str, odd: str) -> None:
    for status in (200, 400, 500):
        outcome = await stage.answered(name, ODD_BODIES[odd], status=status)
        check(outcome)
        assert status == 200 or outcome.error is not None


def _rows(count: int, **fields: JsonValue) -> list[JsonValue]:
    return [{"instance_id": f"phone{number}", "job_id": f"job{number}", **fields} for number in range(count)]


CROWDS: dict[str, JsonValue] = {
    "run_command": {"cmd_results": _rows(5_000, status=2, execute_msg="x")},
    "start_command": {"task_id": "t", "cmd_jobs": _rows(5_000)},
    "install_app": {"data": {"task_id": "t", "cmd_jobs": _rows(5_000)}},
    "get_task": {"jobs": _rows(5_000, status=2)},
    "query_status": {"status_results": _rows(5_000, status=2)},
    "prepare_instances": {"status_list": _rows(5_000, status=0)},
    "list_instances": {"result": _rows(5_000)},
    "fleet_summary": {"result": _rows(5_000)},
    "create_instances": {"orderId": "o", "instanceInfos": [{"instanceId": f"p{number}"} for number in range(5_000)]},
    "list_skus": {"skuSpecResponseList": [{"regionId": "r", "skuResponses": [{"cbcSkuId": "s"}] * 5_000}]},
    "get_device_token": {"device_token": "t", "resource": {"rtc": {"ice_signaling": {"ice_servers": ["s"] * 5_000}}}},
}


@pytest.mark.parametrize("name", CROWDS)
async def test_crowd_in_an_answer_is_no_long_sentence(stage: Stage, name: str) -> None:
    check(await stage.answered(name, {"data": CROWDS[name], **OK}))


async def test_only_phones_that_were_asked_about_are_answered_for(stage: Stage) -> None:
    outcome = await stage.answered("query_status", {"data": CROWDS["query_status"], **OK})
    assert outcome.message == "0 of 2 phones running; no answer for 2."


@pytest.mark.parametrize("total", [-1, 0, 1, 10**15, 10**400, "72", "many", None, 1.5, [], True])
@pytest.mark.parametrize("size", [-1, 0, 1, 10**15, "100", None, []])
async def test_absurd_paging_ends(stage: Stage, total: JsonValue, size: JsonValue) -> None:
    rows: list[JsonValue] = _rows(3)
    body = {"data": {"result": rows}, "page_no": 1, "page_size": size, "total_count": total, **OK}
    for name in ("list_instances", "fleet_summary"):
        stage.simulator.requests.clear()
        check(await stage.answered(name, body))
        assert len(stage.records) <= 10


async def test_fleet_full_of_hostile_names_is_shown_clean(either_stage: Stage) -> None:
    outcome = await either_stage.run("list_instances", {"limit": 500, "detail": True})
    check(outcome)
    assert outcome.status is Status.DONE
    check(await either_stage.run("fleet_summary", {}))
