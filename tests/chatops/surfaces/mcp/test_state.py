"""What somebody tries with the state of a question; each attempt leaves every phone as it was."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError, types
from mcp.server.request_state import AESGCMRequestStateCodec
from pydantic import SecretStr

from chatops.errors import ConfigurationError, StoreUnavailable
from chatops.principal import Assistant, Principal
from chatops.simulator import RunningSimulator
from chatops.store.keys import Keyring
from chatops.surfaces.mcp.asking import CONFIRM
from chatops.surfaces.mcp.state import PURPOSE
from tests.chatops.conftest import Bench, OpenBench, person, team
from tests.chatops.surfaces.kept import audited
from tests.chatops.surfaces.mcp.forms import ACCEPT, ACCEPT_FALSE, Behind, connected, structured
from tests.chatops.surfaces.mcp.test_stdio import MODERN, Talk, talk

pytestmark = pytest.mark.anyio

REBOOT: dict[str, Any] = {"instance_ids": ["efjy72gs"]}
OTHER: dict[str, Any] = {"instance_ids": ["Q39YyZvI"]}
YES: types.InputResponses = {CONFIRM: ACCEPT}
NO: types.InputResponses = {CONFIRM: ACCEPT_FALSE}
INVALID = "Invalid or expired requestState"


def as_bob(assistant: Assistant) -> Principal:
    return person("operator", name="bob", assistant=assistant is not None)


async def question(client: Client, arguments: dict[str, Any] = REBOOT) -> str:
    """The state of a question that was put."""
    result = await client.session.call_tool("reboot_instances", arguments, allow_input_required=True)
    assert isinstance(result, types.InputRequiredResult)
    assert result.request_state is not None
    return result.request_state


async def answered(
    client: Client,
    state: str,
    answer: types.InputResponses = YES,
    *,
    name: str = "reboot_instances",
    arguments: dict[str, Any] = REBOOT,
) -> dict[str, Any]:
    return structured(await client.session.call_tool(name, arguments, input_responses=answer, request_state=state))


async def is_untouched(bench: Bench) -> bool:
    """Whether nothing was sent, and the question still stands."""
    states = {each.state.value for each in await bench.service.ledger.listed()}
    return bench.sent("reboot") == bench.sent("batch-reset") == 0 and states <= {"awaiting_confirmation"}


async def test_state_says_nothing_to_who_carries_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        state = await question(client)
        (operation,) = await bench.service.ledger.listed()
        assert operation.id not in state


async def test_sealed_content_is_the_operations_id_and_nothing_else(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        claims = json.loads(codec_of(bench).unseal(await question(client)))
        (operation,) = await bench.service.ledger.listed()
        assert (claims["s"], claims["aud"], claims["m"]) == (operation.id, "clouddevice-chatops", "tools/call")


async def test_tampered_state_is_refused_wherever_it_is_changed(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        state = await question(client)
        places = [0, 1, 3, 9, len(state) // 2, len(state) - 1]
        changed = [state[:each] + ("A" if state[each] != "A" else "B") + state[each + 1 :] for each in places]
        for each in (*changed, state[:-4], state + "AAAA", "", "v1.", "op_aaaaaaaaaaaaaaaa"):
            with pytest.raises(MCPError, match=INVALID):
                await answered(client, each)
        assert await is_untouched(bench)


async def test_state_that_is_turned_away_is_in_the_audit_with_who_brought_it(open_bench: OpenBench) -> None:
    async with (
        open_bench() as bench,
        connected(bench, "auto", Behind()) as alice,
        connected(bench, "auto", Behind(), principal_of=as_bob) as bob,
    ):
        state = await question(alice)
        with pytest.raises(MCPError, match=INVALID):
            await answered(bob, state)
        last = (await bench.events())[-1].document()
        assert (last["kind"], last["person"], last["action"]) == ("denied", "bob", "reboot_instances")
        assert last["error"] == "consent_gone"
        assert state not in json.dumps(last)


async def test_somebody_whom_nobody_knows_any_more_brings_no_state(open_bench: OpenBench) -> None:
    def nobody(_: Assistant) -> Principal:
        raise ConfigurationError("The team file names nobody here.")

    async with (
        open_bench() as bench,
        connected(bench, "auto", Behind()) as alice,
        connected(bench, "auto", Behind(), principal_of=nobody) as stranger,
    ):
        state = await question(alice)
        with pytest.raises(MCPError, match=INVALID):
            await answered(stranger, state)
        assert (await bench.events())[-1].document().get("person") is None
        assert await is_untouched(bench)


async def test_id_of_an_operation_is_no_state(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        await question(client)
        (operation,) = await bench.service.ledger.listed()
        with pytest.raises(MCPError, match=INVALID):
            await answered(client, operation.id)
        assert await is_untouched(bench)


async def test_another_persons_state_is_refused(open_bench: OpenBench) -> None:
    async with (
        open_bench() as bench,
        connected(bench, "auto", Behind()) as alice,
        connected(bench, "auto", Behind(), principal_of=as_bob) as bob,
    ):
        state = await question(alice)
        with pytest.raises(MCPError, match=INVALID):
            await answered(bob, state)
        assert await is_untouched(bench)
        assert (await answered(alice, state))["status"] == "accepted"


async def test_state_does_not_answer_a_call_with_other_arguments(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        state = await question(client)
        for arguments in (OTHER, {}, {"instance_ids": ["efjy72gs", "Q39YyZvI"]}):
            with pytest.raises(MCPError, match=INVALID):
                await answered(client, state, arguments=arguments)
        assert await is_untouched(bench)


async def test_state_of_one_tool_does_not_answer_another(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        state = await question(client)
        for name in ("reset_instances", "backup_instances", "query_status"):
            with pytest.raises(MCPError, match=INVALID):
                await answered(client, state, name=name)
        assert await is_untouched(bench)


@pytest.mark.parametrize("second", [YES, NO, {CONFIRM: types.ElicitResult(action="decline")}, {}], ids=str)
async def test_answer_counts_once_and_the_second_is_told_what_came_of_the_first(
    open_bench: OpenBench, second: types.InputResponses
) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        state = await question(client)
        first = await answered(client, state)
        again = await answered(client, state, second)
        assert first["status"] == "accepted"
        assert (again["status"], again["error"]["code"]) == ("refused", "consent_gone")
        assert f"The question of {first['operation_id']} was answered before, and its answer used" in again["message"]
        assert f"operation_id={first['operation_id']}" in again["error"]["next_step"]
        assert bench.sent("reboot") == 1
        assert "denied" in await bench.story(first["operation_id"])


async def test_no_is_not_taken_back_by_a_yes(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        state = await question(client)
        assert (await answered(client, state, NO))["status"] == "declined"
        assert (await answered(client, state))["error"]["code"] == "consent_gone"
        assert bench.sent("reboot") == 0


async def test_of_many_answers_at_once_one_counts(open_bench: OpenBench) -> None:
    told: list[str] = []

    async def answer(client: Client, state: str) -> None:
        told.append((await answered(client, state))["status"])

    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        state = await question(client)
        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(answer, client, state)
        assert sorted(told) == ["accepted", *["refused"] * 5]
        assert bench.sent("reboot") == 1


def codec_of(bench: Bench) -> AESGCMRequestStateCodec:
    """What whoever has the key of this store can seal and open."""
    key = bench.executor.key(PURPOSE)
    assert key is not None
    return AESGCMRequestStateCodec([key])


@pytest.mark.parametrize(
    "change",
    [{"exp": time.time() - 1}, {"iat": time.time() + 3600}, {"aud": "another-server"}, {"aud": None}, {"p": None}],
    ids=lambda change: next(iter(change)),
)
async def test_state_that_has_expired_or_is_another_servers_is_refused(
    open_bench: OpenBench, change: Mapping[str, object]
) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        codec = codec_of(bench)
        claims = {**json.loads(codec.unseal(await question(client))), **change}
        with pytest.raises(MCPError, match=INVALID):
            await answered(client, codec.seal(json.dumps(claims).encode()))
        assert await is_untouched(bench)


async def test_state_of_another_store_is_refused(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        content = codec_of(bench).unseal(await question(client))
        other = Keyring(SecretStr("the key of another store, also long enough")).derived(PURPOSE)
        with pytest.raises(MCPError, match=INVALID):
            await answered(client, AESGCMRequestStateCodec([other.secret]).seal(content))
        assert await is_untouched(bench)


async def test_sealed_id_of_another_call_answers_nothing(open_bench: OpenBench) -> None:
    """Whoever has the key can seal what they like; the operation itself still says whose it is, and of which call."""
    async with (
        open_bench() as bench,
        connected(bench, "auto", Behind()) as client,
        connected(bench, "auto", Behind(), principal_of=as_bob) as bob,
    ):
        codec = codec_of(bench)
        mine, his = await question(client), await question(bob)
        other = await question(client, OTHER)
        for state in (his, other):
            claims = {**json.loads(codec.unseal(mine)), "s": json.loads(codec.unseal(state))["s"]}
            told = await answered(client, codec.seal(json.dumps(claims).encode()))
            assert (told["status"], told["error"]["code"]) == ("refused", "consent_gone")
        claims = {**json.loads(codec.unseal(mine)), "s": "op_nothing"}
        assert (await answered(client, codec.seal(json.dumps(claims).encode())))["error"]["code"] == "consent_gone"
        assert await is_untouched(bench)


async def test_without_a_store_nothing_is_asked_and_no_state_is_taken(open_bench: OpenBench) -> None:
    async with open_bench() as bench:
        async with connected(bench, "auto", Behind()) as client:
            state = await question(client)
        storeless = replace(bench.executor, asking=None, why_not=StoreUnavailable("The store is gone."))
        without = replace(bench, service=replace(bench.service, executor=storeless))
        async with connected(without, "auto", Behind()) as client:
            told = structured(await client.call_tool("reboot_instances", REBOOT))
            assert told["error"]["code"] == "store_unavailable"
            with pytest.raises(MCPError, match=INVALID):
                await answered(client, state)
        assert await is_untouched(bench)


async def test_phone_that_changed_between_question_and_answer_stops_it(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        state = await question(client)
        bench.phone("efjy72gs").in_use = True
        told = await answered(client, state)
        assert (told["status"], told["error"]["code"]) == ("refused", "facts_changed")
        assert bench.sent("reboot") == 0


async def test_what_can_no_longer_be_asked_of_others_is_told(open_bench: OpenBench) -> None:
    """The client declines, and meanwhile there is no such phone, or nothing may be changed."""
    async with open_bench() as bench, connected(bench, "auto", Behind()) as client:
        first, second = await question(client), await question(client, OTHER)
        decline: types.InputResponses = {CONFIRM: types.ElicitResult(action="decline")}
        bench.simulator.fleet.remove(["efjy72gs"])
        assert (await answered(client, first, decline))["error"]["code"] == "targets_unknown"
        bench.reload(team(limits={"max_targets": 1, "small": 1}, freeze=[WINDOW]))
        assert (await answered(client, second, decline, arguments=OTHER))["error"]["code"] == "policy_denied"
        for each in await bench.service.ledger.listed():
            assert await bench.story(each.id) == ["planned", "consent_asked", "cancelled", "denied"]


WINDOW = {"from": "2026-11-24T00:00:00Z", "until": "2026-11-25T00:00:00Z", "reason": "audit week"}
FORMS: dict[str, Any] = {"io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}}


def asked(client: Talk, identifier: int, **more: object) -> dict[str, Any]:
    """The answer to a reboot, asked for by a client that declares forms as most do: bare."""
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": {"name": "tester", "version": "1"},
        **FORMS,
    }
    params = {"name": "reboot_instances", "arguments": REBOOT, "_meta": meta, **more}
    request = {"jsonrpc": "2.0", "id": identifier, "method": "tools/call", "params": params}
    client.say(json.dumps(request).encode())
    return client.hear()


@pytest.mark.process
def test_question_of_one_process_is_answered_at_another_and_counts_once_for_both(
    environment: Mapping[str, str], simulator: RunningSimulator
) -> None:
    yes = {"inputResponses": {CONFIRM: {"action": "accept", "content": {"confirm": True}}}}
    with talk(environment) as one, talk(environment) as other:
        for each in (one, other):
            each.discover()
        state = asked(one, 1)["result"]["requestState"]
        told = asked(other, 2, requestState=state, **yes)["result"]["structuredContent"]
        assert told["status"] == "accepted"
        for each in (one, other):
            again = asked(each, 3, requestState=state, **yes)["result"]["structuredContent"]
            assert again["error"]["code"] == "consent_gone"
            assert told["operation_id"] in again["message"]
    assert len(simulator.simulator.requests.of("reboot")) == 1
    kinds = [line["kind"] for line in audited(environment)]
    assert kinds[:4] == ["asked", "planned", "consent_asked", "consent_given"]
    assert kinds.count("denied") == 2


@pytest.mark.process
def test_client_that_shows_addresses_only_is_not_asked(environment: Mapping[str, str]) -> None:
    addresses: dict[str, Any] = {"io.modelcontextprotocol/clientCapabilities": {"elicitation": {"url": {}}}}
    meta = {
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientInfo": {"name": "tester", "version": "1"},
        **addresses,
    }
    with talk(environment) as client:
        client.discover()
        told = asked(client, 1, _meta=meta)["result"]["structuredContent"]
    assert told["error"]["code"] == "no_approver_reachable"
    assert "This client cannot ask its person." in told["message"]
