import json

import anyio
import pytest

from chatops.cloud.documents import MOST_BYTES
from chatops.cloud.envelope import NO_ANSWER, NO_CODE
from chatops.errors import (
    OutcomeUnknown,
    ThrottleFull,
    UpstreamContractBroken,
    UpstreamError,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from chatops.simulator import Fault
from tests.chatops.cloud.world import (
    ACTIONS,
    CHANGE,
    NEVER_TWICE,
    NO_PHONES,
    NOTHING,
    OK,
    READ,
    SILENCE,
    Clock,
    Reply,
    Scripted,
    ask,
    opened,
    reply,
    scripted,
    unanswered,
    world,
)
from tools import AnyAction

pytestmark = pytest.mark.anyio

TWO_HUNDRED: dict[str, Reply] = {
    "cut off": reply(b'{"data": {"status', length=999),
    "malformed": reply(b'{"data": }'),
    "web page": reply(b"<html>It works!</html>", headers={"Content-Type": "text/html"}),
    "empty": reply(b""),
    "not utf-8": reply(b'{"data": {"a": "\xff"}, "error_code": "0"}'),
    "deep": reply(b'{"data": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b', "error_code": "0"}'),
    "nan": reply(b'{"data": {"a": NaN}, "error_code": "0"}'),
    "huge": reply(b'{"data": "' + b"x" * MOST_BYTES + b'"}'),
    "list": reply([]),
    "wrong types": reply({"data": {"status_results": 7, "task_id": {}}, **OK}),
    "data is a list": reply({"data": [1], **OK}),
    "no verdict": reply({"error_code": True, "data": {}}),
}
NO_ANSWERS: dict[str, Reply] = {"closed": NOTHING, "garbage": Reply(raw=b"\x00\x01\r\n\r\n")}
UNCERTAIN: dict[str, Reply] = {
    **TWO_HUNDRED,
    **NO_ANSWERS,
    "500": reply(status=500),
    "502 page": reply(b"<html>", status=502),
    "503": reply({"error_code": "APIGW.0201"}, status=503),
    "504": reply(status=504),
    "redirect": reply(status=307, headers={"Location": "http://127.0.0.1:1/"}),
    "inner failure": reply({"error_code": "KOOPHONE.API.4999"}, status=400),
    "inner failure in 200": reply({"error_code": "KOOPHONE.API.9001"}),
}


async def failed(action: AnyAction, *replies: Reply, clock: Clock | None = None) -> tuple[UpstreamError, Scripted]:
    async with scripted(*replies, clock=clock) as (client, said):
        with pytest.raises(UpstreamError) as caught:
            await ask(client, action)
    return caught.value, said


@pytest.mark.parametrize("name", TWO_HUNDRED)
async def test_read_that_cannot_be_trusted_breaks_the_contract(name: str) -> None:
    error, said = await failed(READ, TWO_HUNDRED[name])
    assert isinstance(error, UpstreamContractBroken)
    assert list(error.request_ids) == [said.seen[0].headers["x-request-id"]]
    assert len(said.seen) == 1


@pytest.mark.parametrize("action", [CHANGE, NEVER_TWICE], ids=lambda action: action.name)
@pytest.mark.parametrize("name", UNCERTAIN)
async def test_change_that_may_have_happened_is_unknown_and_was_sent_once(name: str, action: AnyAction) -> None:
    error, said = await failed(action, UNCERTAIN[name])
    assert isinstance(error, OutcomeUnknown)
    assert list(error.request_ids) == [said.seen[0].headers["x-request-id"]]
    assert len(said.seen) == 1
    assert not error.retryable


async def test_silence_after_a_change_is_unknown() -> None:
    async with scripted(SILENCE, read_limit=60.0) as (client, said), unanswered(said.asked, then=61.0):
        with pytest.raises(OutcomeUnknown):
            await ask(client, CHANGE)
    assert len(said.seen) == 1


async def test_change_at_the_limit_of_the_whole_call_is_unknown() -> None:
    async with scripted(SILENCE, call_limit=30.0) as (client, said), unanswered(said.asked, then=31.0):
        with pytest.raises(OutcomeUnknown, match="30 seconds"):
            await ask(client, CHANGE)
    assert len(said.seen) == 1


async def test_read_at_the_limit_of_the_whole_call_is_unavailable() -> None:
    async with scripted(SILENCE, call_limit=30.0) as (client, said), unanswered(said.asked, then=31.0):
        with pytest.raises(UpstreamUnavailable) as caught:
            await ask(client, READ)
    assert len(caught.value.request_ids) == 1


async def test_change_that_waited_for_its_turn_until_the_limit_was_not_sent() -> None:
    async with scripted(reply(NO_PHONES), call_limit=20.0, requests_per_second=0.001) as (client, said):
        await ask(client, READ)
        async with unanswered(anyio.lowlevel.checkpoint, then=21.0):
            with pytest.raises(UpstreamUnavailable, match="20 seconds") as caught:
                await ask(client, CHANGE)
    assert caught.value.request_ids == ()
    assert len(said.seen) == 1


async def test_full_throttle_says_that_nothing_was_sent() -> None:
    async with (
        scripted(SILENCE, throttle_wait=0.05, concurrent=1) as (client, said),
        anyio.create_task_group() as group,
    ):
        group.start_soon(ask, client, READ)
        await said.asked()
        with pytest.raises(ThrottleFull) as caught:
            await ask(client, CHANGE)
        assert caught.value.retryable
        group.cancel_scope.cancel()
    assert len(said.seen) == 1


async def test_cancelled_call_gives_its_place_back() -> None:
    async with scripted(SILENCE, reply(NO_PHONES), concurrent=1) as (client, said):
        async with anyio.create_task_group() as group:
            group.start_soon(ask, client, READ)
            await said.asked()
            group.cancel_scope.cancel()
        await ask(client, READ)
    assert len(said.seen) == 2


@pytest.mark.parametrize("name", NO_ANSWERS)
async def test_read_without_an_answer_is_tried_again_with_a_new_request_id(name: str) -> None:
    clock = Clock()
    async with scripted(NO_ANSWERS[name], NO_ANSWERS[name], reply(NO_PHONES), clock=clock) as (client, said):
        answer = await ask(client, READ)
    assert clock.slept == [0.5, 1.0]
    assert list(answer.request_ids) == [seen.headers["x-request-id"] for seen in said.seen]
    assert len(set(answer.request_ids)) == 3


@pytest.mark.parametrize(
    ("status", "code"),
    [(429, ""), (502, ""), (503, ""), (504, ""), (400, "4999"), (200, "9001"), (500, "9002"), (500, "9003")],
)
async def test_transient_error_of_a_read_is_tried_again(status: int, code: str) -> None:
    body = {"error_code": f"KOOPHONE.API.{code}"} if code else None
    async with scripted(reply(body, status=status), reply(NO_PHONES)) as (client, said):
        await ask(client, READ)
    assert len(said.seen) == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, ""), (501, ""), (400, "1000"), (200, "2004"), (500, "9999"), (500, "9000"), (200, "3009")],
)
async def test_lasting_error_of_a_read_is_not_tried_again(status: int, code: str) -> None:
    body = {"error_code": f"KOOPHONE.API.{code}"} if code else None
    error, said = await failed(READ, reply(body, status=status))
    assert len(said.seen) == 1
    assert error.upstream_code == (body and body["error_code"])


async def test_read_gives_up_after_four_attempts_and_names_them_all() -> None:
    clock = Clock()
    error, said = await failed(READ, reply(b"<html>", status=502), clock=clock)
    assert isinstance(error, UpstreamUnavailable)
    assert len(said.seen) == len(error.request_ids) == 4
    assert clock.slept == [0.5, 1.0, 2.0]


@pytest.mark.parametrize("action", [READ, CHANGE], ids=lambda action: action.name)
async def test_throttled_call_waits_as_long_as_it_is_told(action: AnyAction) -> None:
    async with world() as running:
        running.simulator.faults.add(Fault(kind="throttled", retry_after="7", times=1))
        answer = await ask(running.client, action)
        assert running.clock.slept == [7.0]
        assert len(answer.request_ids) == 2


async def test_order_is_not_sent_again_even_when_throttled() -> None:
    async with world() as running:
        running.simulator.faults.add(Fault(kind="throttled", retry_after="1", times=1))
        with pytest.raises(UpstreamThrottled) as caught:
            await ask(running.client, NEVER_TWICE)
        assert running.arrived("create") == 1
        assert caught.value.retry_after == 1.0
        assert running.clock.slept == []


async def test_wait_beyond_the_budget_is_told_and_not_waited() -> None:
    async with world() as running:
        running.simulator.faults.add(Fault(kind="throttled", retry_after="31"))
        with pytest.raises(UpstreamThrottled) as caught:
            await ask(running.client, READ)
        assert caught.value.retry_after == 31.0
        assert caught.value.retryable
        assert running.arrived("batch-query-status") == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
async def test_dropped_change_is_unknown_and_never_sent_twice(kind: str) -> None:
    async with world() as running:
        running.simulator.faults.add(Fault(kind="drop_before" if kind == "drop_before" else "drop_after"))
        with pytest.raises(OutcomeUnknown):
            await ask(running.client, CHANGE)
        assert running.arrived("reboot") == 1


async def test_changes_one_after_the_other_never_meet_a_connection_that_was_closed_meanwhile() -> None:
    async with scripted(reply(OK)) as (client, said):
        for _ in range(5):
            await ask(client, CHANGE)
    assert len(said.seen) == 5


async def test_change_that_never_left_is_tried_again() -> None:
    async with world() as running:
        url = running.url
    clock = Clock()
    async with opened(url, clock) as client:
        with pytest.raises(UpstreamUnavailable):
            await ask(client, CHANGE)
        assert len(clock.slept) == 3
        with pytest.raises(UpstreamUnavailable):
            await ask(client, NEVER_TWICE)
        assert len(clock.slept) == 3


async def test_refusal_of_a_change_is_certain() -> None:
    async with world() as running:
        with pytest.raises(UpstreamRejected) as caught:
            await ask(running.client, CHANGE, CHANGE.params(instance_ids=("nobody",)))
        assert caught.value.upstream_code == "KOOPHONE.API.1012"


async def test_unreadable_refusal_of_a_change_is_a_broken_contract() -> None:
    error, _ = await failed(CHANGE, reply(b"<html>", status=403))
    assert isinstance(error, UpstreamContractBroken)


@pytest.mark.parametrize(
    ("answer", "warnings"),
    [
        (reply(OK), ()),
        (reply({"data": None, **OK}), ()),
        (reply({"data": "", **OK}), ()),
        (reply({"data": {"task_id": "t"}}), (NO_CODE,)),
        (reply(status=204), (NO_ANSWER,)),
        (reply({"error_code": 0}, status=202), ()),
    ],
)
async def test_accepted_change_says_what_was_odd(answer: Reply, warnings: tuple[str, ...]) -> None:
    async with scripted(answer) as (client, _):
        assert (await ask(client, CHANGE)).warnings == warnings


async def test_empty_answer_is_an_acceptance_only_where_the_reference_prints_none() -> None:
    async with scripted(reply()) as (client, _):
        assert (await ask(client, ACTIONS["assign_instances"])).warnings == (NO_ANSWER,)
        with pytest.raises(OutcomeUnknown):
            await ask(client, CHANGE)


async def test_read_without_data_is_not_an_empty_result() -> None:
    error, _ = await failed(READ, reply(status=204))
    assert isinstance(error, UpstreamContractBroken)


async def test_first_wrong_field_of_an_answer_is_named_without_its_value() -> None:
    error, _ = await failed(READ, reply({"data": {"status_results": [{"instance_id": ["secret-value"]}]}, **OK}))
    assert "status_results.0.instance_id" in str(error)
    assert "secret-value" not in f"{error!r}{error.__cause__!r}"


async def test_hostile_keys_do_not_reach_the_message() -> None:
    body = json.dumps({"data": {"status_results": [{"\x1b[2J\u202e": 1}]}, **OK}).encode()
    error, _ = await failed(READ, reply(body))
    assert str(error).isprintable()
