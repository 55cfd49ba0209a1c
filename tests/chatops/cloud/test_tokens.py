import json
from datetime import UTC, datetime

import anyio
import pytest

from chatops.errors import AuthenticationFailed, UpstreamContractBroken, UpstreamThrottled, UpstreamUnavailable
from chatops.simulator import DOMAIN, PASSWORD, USERNAME, Fault
from tests.chatops.cloud.world import (
    CHANGE,
    EPOCH,
    NO_PHONES,
    READ,
    USER,
    WRONG_USER,
    Clock,
    Reply,
    ask,
    reply,
    scripted,
    world,
)

pytestmark = pytest.mark.anyio


def token(text: str = "token-text", *, expires: float = EPOCH + 86_400.0, issued: float | None = None) -> Reply:
    times = {"expires_at": expires} if issued is None else {"expires_at": expires, "issued_at": issued}
    described = {name: datetime.fromtimestamp(value, tz=UTC).isoformat() for name, value in times.items()}
    return reply({"token": described}, status=201, headers={"X-Subject-Token": text})


async def test_fifty_callers_fetch_one_token() -> None:
    async with world(credentials=USER) as running, anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(ask, running.client, READ)
    assert running.arrived("iam-token") == 1
    assert running.arrived("batch-query-status") == 50


async def test_fifty_callers_share_one_refusal() -> None:
    refused: list[str] = []

    async def one() -> None:
        with pytest.raises(AuthenticationFailed) as caught:
            await ask(running.client, READ)
        refused.append(caught.value.next_step)

    async with world(credentials=WRONG_USER, concurrent=50) as running, anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(one)
    assert len(refused) == 50
    assert "HUAWEI ID" in refused[0]
    assert "wait 15 minutes" in refused[0]
    assert running.arrived("iam-token") == 1


async def test_wrong_password_rests_after_three_tries() -> None:
    async with world(credentials=WRONG_USER) as running:
        for _ in range(8):
            with pytest.raises(AuthenticationFailed):
                await ask(running.client, READ)
        assert running.arrived("iam-token") == 3
        assert running.arrived("batch-query-status") == 0


async def test_token_is_asked_for_the_project_and_without_the_catalogue() -> None:
    async with scripted(token(), reply(NO_PHONES), credentials=USER) as (client, said):
        await ask(client, READ)
    assert said.seen[0].line == "POST /v3/auth/tokens?nocatalog=1 HTTP/1.1"
    user = {"name": USERNAME, "password": PASSWORD, "domain": {"name": DOMAIN}}
    assert json.loads(said.seen[0].body) == {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "cn-north-4"}},
        }
    }
    assert said.seen[1].headers["x-auth-token"] == "token-text"


async def test_project_id_scopes_the_token_where_it_is_set() -> None:
    async with scripted(token(), reply(NO_PHONES), credentials=USER, project_id="p1") as (client, said):
        await ask(client, READ)
    assert json.loads(said.seen[0].body)["auth"]["scope"] == {"project": {"id": "p1"}}


async def test_token_is_used_until_a_margin_before_its_end() -> None:
    async with world(credentials=USER, token_seconds=7_200.0) as running:
        await ask(running.client, READ)
        running.clock.seconds += 7_200.0 - 601.0
        await ask(running.client, READ)
        assert running.arrived("iam-token") == 1
        running.clock.seconds += 2.0
        await ask(running.client, READ)
        assert running.arrived("iam-token") == 2


async def test_short_lived_token_is_used_for_nine_tenths_of_its_life() -> None:
    async with world(credentials=USER, token_seconds=60.0) as running:
        await ask(running.client, READ)
        running.clock.seconds += 53.0
        await ask(running.client, READ)
        assert running.arrived("iam-token") == 1


async def test_life_of_a_token_is_measured_by_the_clock_of_iam() -> None:
    clock = Clock(EPOCH + 5 * 86_400.0)
    replies = (token(issued=EPOCH), reply(NO_PHONES))
    async with scripted(*replies, credentials=USER, clock=clock) as (client, said):
        await ask(client, READ)
        await ask(client, READ)
    assert len(said.seen) == 3


@pytest.mark.parametrize(
    "answer",
    [
        reply({"token": {"expires_at": "2030-01-01T00:00:00Z"}}, status=201),
        reply({"token": {}}, status=201, headers={"X-Subject-Token": "t"}),
        reply({"token": {"expires_at": "soon"}}, status=201, headers={"X-Subject-Token": "t"}),
        reply({"token": "t"}, status=201, headers={"X-Subject-Token": "t"}),
        reply(b"<html>", status=201, headers={"X-Subject-Token": "t"}),
        reply(b"[]", status=201, headers={"X-Subject-Token": "t"}),
    ],
    ids=["no header", "no time", "no such time", "no object", "web page", "list"],
)
async def test_answer_without_a_token_breaks_the_contract(answer: Reply) -> None:
    async with scripted(answer, credentials=USER) as (client, said):
        with pytest.raises(UpstreamContractBroken, match="IAM") as caught:
            await ask(client, CHANGE)
    assert caught.value.request_ids == ()
    assert len(said.seen) == 1


async def test_busy_iam_is_asked_again_and_nothing_was_sent_meanwhile() -> None:
    async with world(credentials=USER) as running:
        running.simulator.faults.add(Fault(kind="error", operation="iam-token", status=503, times=2))
        await ask(running.client, CHANGE)
        assert running.arrived("iam-token") == 3
        assert running.arrived("reboot") == 1
        assert running.clock.slept == [0.5, 1.0]


async def test_change_that_got_no_token_is_not_unknown() -> None:
    async with world(credentials=USER) as running:
        running.simulator.faults.add(Fault(kind="error", operation="iam-token", status=503))
        with pytest.raises(UpstreamUnavailable, match="IAM") as caught:
            await ask(running.client, CHANGE)
        assert running.arrived("iam-token") == 4
        assert running.arrived("reboot") == 0
        assert caught.value.request_ids == ()


async def test_throttled_iam_says_when_to_come_back() -> None:
    async with world(credentials=USER) as running:
        running.simulator.faults.add(Fault(kind="throttled", operation="iam-token", retry_after="3600"))
        with pytest.raises(UpstreamThrottled) as caught:
            await ask(running.client, READ)
        assert caught.value.retry_after == 3_600.0
        assert running.arrived("iam-token") == 1
