import anyio
import pytest
from pydantic import Field, SecretStr

from chatops.cloud import AccessKey, Password
from chatops.cloud.signing import MOST_SIGNED_BYTES
from chatops.errors import AuthenticationFailed, RequestTooLarge, UpstreamRejected
from chatops.simulator import PROJECT_ID, Fault
from tests.chatops.cloud.world import (
    CHANGE,
    KEY,
    NEVER_TWICE,
    READ,
    TEMPORARY_KEY,
    USER,
    WRONG_KEY,
    World,
    ask,
    reply,
    scripted,
    world,
)
from tools import Action, Endpoint, Example, Fields, Params, Permission, Result, Risk

pytestmark = pytest.mark.anyio

STALE = [(401, "KOOPHONE.API.6001"), (500, "KOOPHONE.API.6002"), (401, "APIGW.0301"), (401, "APIG.0307")]
NOT_STALE = [(401, "KOOPHONE.API.1001"), (401, "KOOPHONE.API.1003"), (403, "KOOPHONE.API.6002"), (401, "APIGW.0303")]


class LargeParams(Params):
    text: str = Field(description="Much text")


class NoResult(Result):
    pass


LARGE = Action(
    name="send_much",
    word="much",
    doc="Send much.",
    title="Send much",
    by=Endpoint(method="POST", path="/v1/instances/much", body=lambda params: {"text": params.text}),
    params=LargeParams,
    result=NoResult,
    risk=Risk.READ,
    permission=Permission("instances:read"),
    change=None,
    view=Fields(say=lambda *_: "Sent.", fields=lambda _: {}),
    examples=(Example(params=LargeParams(text=""), sends=None, answers=None, source="3.2"),),
)


def fail(running: World, status: int, code: str, *, times: int | None = None) -> None:
    running.simulator.faults.add(Fault(kind="error", path="/v1/*", status=status, code=code, times=times))


@pytest.mark.parametrize("credentials", [KEY, TEMPORARY_KEY, USER], ids=["key", "temporary key", "token"])
async def test_credentials_are_accepted(credentials: AccessKey | Password) -> None:
    async with world(credentials=credentials) as running:
        await ask(running.client, READ)
        await ask(running.client, CHANGE)


async def test_security_token_of_a_temporary_key_is_needed() -> None:
    bare = AccessKey(access_key=TEMPORARY_KEY.access_key, secret_key=TEMPORARY_KEY.secret_key)
    async with world(credentials=bare) as running:
        with pytest.raises(AuthenticationFailed):
            await ask(running.client, READ)


async def test_what_is_signed_is_what_no_proxy_changes() -> None:
    async with scripted(reply({"error_code": "0", "data": {}}), tenant_id="t1", credentials=TEMPORARY_KEY) as (
        client,
        said,
    ):
        await ask(client, READ)
    headers = said.seen[0].headers
    signed = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    assert signed == ["content-type", "host", "x-project-id", "x-sdk-date", "x-security-token", "x-tenant-id"]
    assert headers["x-project-id"] == PROJECT_ID
    assert headers["x-sdk-date"] == "20250827T130640Z"


async def test_project_id_is_looked_up_once_when_it_is_not_set() -> None:
    async with world(project_id=None) as running, anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(ask, running.client, READ)
    assert running.arrived("iam-projects") == 1
    assert running.arrived("batch-query-status") == 10


async def test_project_id_that_is_set_is_not_looked_up() -> None:
    async with world() as running:
        await ask(running.client, READ)
        assert running.arrived("iam-projects") == 0


async def test_unknown_project_names_the_setting() -> None:
    async with world(project_id=None, project="cn-nowhere-1") as running:
        with pytest.raises(UpstreamRejected, match="cn-nowhere-1") as caught:
            await ask(running.client, CHANGE)
        assert "CHATOPS_CLOUD_PROJECT_ID" in caught.value.next_step
        assert running.arrived("reboot") == 0


async def test_wrong_key_is_never_used_five_times() -> None:
    """Five bad signatures in a row lock a key for everybody who uses it."""
    refused: list[str] = []

    async def one() -> None:
        with pytest.raises(AuthenticationFailed) as caught:
            await ask(running.client, READ)
        refused.append(str(caught.value))

    async with world(credentials=WRONG_KEY) as running, anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(one)
    assert len(refused) == 20
    assert running.arrived("batch-query-status") == 3


async def test_wrong_key_rests_after_three_projects_as_well() -> None:
    async with world(credentials=WRONG_KEY, project_id=None) as running:
        for _ in range(8):
            with pytest.raises(AuthenticationFailed):
                await ask(running.client, READ)
        assert running.arrived("iam-projects") == 3


@pytest.mark.parametrize(("status", "code"), STALE)
async def test_signature_is_never_repeated(status: int, code: str) -> None:
    async with world() as running:
        fail(running, status, code)
        with pytest.raises(AuthenticationFailed):
            await ask(running.client, READ)
        assert running.arrived("batch-query-status") == 1
        assert running.clock.slept == []


@pytest.mark.parametrize(("status", "code"), STALE)
async def test_stale_token_is_replaced_once(status: int, code: str) -> None:
    async with world(credentials=USER) as running:
        fail(running, status, code, times=1)
        answer = await ask(running.client, READ)
        assert running.arrived("iam-token") == 2
        assert running.arrived("batch-query-status") == 2
        assert len(set(answer.request_ids)) == 2


@pytest.mark.parametrize(("status", "code"), STALE)
async def test_token_that_stays_stale_is_not_replaced_again(status: int, code: str) -> None:
    async with world(credentials=USER) as running:
        fail(running, status, code)
        with pytest.raises(AuthenticationFailed) as caught:
            await ask(running.client, READ)
        assert running.arrived("iam-token") == 2
        assert running.arrived("batch-query-status") == 2
        assert len(caught.value.request_ids) == 2


@pytest.mark.parametrize(("status", "code"), NOT_STALE)
async def test_other_refusal_leaves_the_token_alone(status: int, code: str) -> None:
    async with world(credentials=USER) as running:
        fail(running, status, code, times=1)
        with pytest.raises((UpstreamRejected, AuthenticationFailed)):
            await ask(running.client, READ)
        await ask(running.client, READ)
        assert running.arrived("iam-token") == 1


async def test_fifty_callers_with_a_stale_token_fetch_one_new_one() -> None:
    async with world(credentials=USER) as running:
        await ask(running.client, READ)
        running.simulator.faults.add(Fault(kind="expired_token", times=1))
        async with anyio.create_task_group() as group:
            for _ in range(50):
                group.start_soon(ask, running.client, READ)
        assert running.arrived("iam-token") == 2


async def test_change_with_a_stale_token_is_made_once() -> None:
    async with world(credentials=USER) as running:
        await ask(running.client, READ)
        running.simulator.faults.add(Fault(kind="expired_token", times=1))
        await ask(running.client, CHANGE)
        verdicts = [record.verdict for record in running.simulator.requests.of("reboot")]
        assert verdicts == ["KOOPHONE.API.6001", "0"]


async def test_order_with_a_stale_token_is_not_sent_again_by_itself() -> None:
    async with world(credentials=USER) as running:
        await ask(running.client, READ)
        running.simulator.faults.add(Fault(kind="expired_token", times=1))
        with pytest.raises(AuthenticationFailed, match="nothing was done"):
            await ask(running.client, NEVER_TWICE)
        assert running.arrived("create") == 1
        await ask(running.client, NEVER_TWICE)
        assert running.arrived("create") == 2
        assert running.arrived("iam-token") == 2


async def test_signed_body_above_twelve_megabytes_is_refused_before_signing() -> None:
    large = LargeParams(text="x" * MOST_SIGNED_BYTES)
    async with world() as running:
        with pytest.raises(RequestTooLarge, match="12 MB") as caught:
            await ask(running.client, LARGE, large)
        assert len(running.simulator.requests) == 0
        assert caught.value.request_ids == ()


async def test_large_body_goes_with_a_token() -> None:
    large = LargeParams(text="x" * MOST_SIGNED_BYTES)
    token = reply({"token": {"expires_at": "2030-01-01T00:00:00Z"}}, status=201, headers={"X-Subject-Token": "t"})
    async with scripted(token, reply({"error_code": "0", "data": {}}), credentials=USER) as (client, said):
        await ask(client, LARGE, large)
    assert len(said.seen[1].body) > MOST_SIGNED_BYTES


async def test_secrets_are_in_no_error() -> None:
    wrong = Password(username="nobody", password=SecretStr("hunter2-secret"), domain="nowhere")
    async with world(credentials=wrong) as running:
        with pytest.raises(AuthenticationFailed) as caught:
            await ask(running.client, READ)
    assert "hunter2" not in f"{caught.value!r}{caught.value.__cause__!r}{caught.value.__context__!r}"
