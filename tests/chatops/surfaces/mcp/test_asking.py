from typing import Any

import anyio
import pytest
from mcp import Client, types
from mcp.client.session import ClientRequestContext
from mcp.server.lowlevel import Server

from chatops.consent import Question
from chatops.surfaces.mcp.asking import CONFIRM, TEXT_LIMIT, ClientAsker, Context
from tests.chatops.conftest import OpenBench, team
from tests.chatops.surfaces.mcp.forms import (
    ACCEPT,
    ACCEPT_FALSE,
    BY_ITSELF,
    CANCEL,
    CANNOT,
    DECLINE,
    NO_CONTENT,
    PERSUADED,
    Answer,
    Behind,
    Era,
    connected,
    structured,
)
from tools import Risk, load_actions

pytestmark = pytest.mark.anyio

ERAS: tuple[Era, ...] = ("auto", "legacy")
BOTH_ERAS = pytest.mark.parametrize("era", ERAS)
REBOOT: dict[str, Any] = {"instance_ids": ["efjy72gs"]}
CONSENT = {"confirm", "confirmed", "yes", "force", "approve", "approved", "approval_id", "consent"}
NO_APPROVER = team(terminal={"trust": "environment", "may_approve": False})


def test_no_parameter_exists_with_which_a_model_could_consent() -> None:
    names = {name for action in load_actions().values() for name in action.params.model_fields}
    assert not names & CONSENT


@BOTH_ERAS
async def test_ticked_form_is_a_yes_and_shows_the_plan_with_one_box_to_tick(open_bench: OpenBench, era: Era) -> None:
    behind = Behind(ACCEPT)
    async with open_bench() as bench, connected(bench, era, behind) as client:
        answer = structured(await client.call_tool("reboot_instances", REBOOT))
        assert answer["status"] == "accepted"
        assert bench.sent("reboot") == 1
        (form,) = behind.shown
        operation = await bench.operation(answer["operation_id"])
        assert form.message == operation.plan["text"]
        assert form.requested_schema["required"] == [CONFIRM]
        assert {name: each["type"] for name, each in form.requested_schema["properties"].items()} == {
            CONFIRM: "boolean"
        }
        story = await bench.story(operation.id)
        assert story[:4] == ["planned", "consent_asked", "consent_given", "sent"]


@BOTH_ERAS
async def test_same_call_is_asked_about_in_the_same_words(open_bench: OpenBench, era: Era) -> None:
    behind = Behind(DECLINE)
    async with open_bench() as bench, connected(bench, era, behind) as client:
        for _ in range(2):
            bench.clock.seconds += 90
            await client.call_tool("reboot_instances", REBOOT)
    assert len({form.message for form in behind.shown}) == 1
    assert len(behind.shown) == 2


@BOTH_ERAS
async def test_box_left_empty_is_a_no(open_bench: OpenBench, era: Era) -> None:
    async with open_bench() as bench, connected(bench, era, Behind(ACCEPT_FALSE)) as client:
        answer = structured(await client.call_tool("reboot_instances", REBOOT))
        assert answer["status"] == "declined"
        assert await bench.story(answer["operation_id"]) == ["planned", "consent_asked", "consent_refused"]
        assert bench.sent("reboot") == 0


@BOTH_ERAS
@pytest.mark.parametrize("answer", [DECLINE, CANCEL, BY_ITSELF, PERSUADED, NO_CONTENT], ids=str)
async def test_what_need_not_be_a_persons_answer_is_left_to_another_person(
    open_bench: OpenBench, era: Era, answer: Answer
) -> None:
    async with open_bench() as bench, connected(bench, era, Behind(answer)) as client:
        result = structured(await client.call_tool("reboot_instances", REBOOT))
        assert result["status"] == "approval_required"
        assert "need not have been a person" in result["message"]
        assert "bob or carol may approve until 2026-11-24T03:30+00:00" in result["message"]
        assert f"Wait with get_operation, operation_id={result['operation_id']}" in result["message"]
        states = [each.state.value for each in await bench.service.ledger.listed()]
        assert sorted(states) == ["awaiting_approval", "cancelled"]
        assert await bench.kinds() == ["asked", "planned", "consent_asked", "cancelled", "planned", "consent_asked"]
        assert bench.sent("reboot") == 0


@BOTH_ERAS
@pytest.mark.parametrize("behind", [Behind(DECLINE), None], ids=["declines", "cannot be asked"])
async def test_where_nobody_else_can_be_asked_it_is_refused_and_the_way_to_a_terminal_is_told(
    open_bench: OpenBench, era: Era, behind: Behind | None
) -> None:
    async with open_bench(NO_APPROVER) as bench, connected(bench, era, behind) as client:
        result = structured(await client.call_tool("reboot_instances", REBOOT))
        assert (result["status"], result["error"]["code"]) == ("refused", "no_approver_reachable")
        assert "chatops run reboot_instances" in result["error"]["next_step"]
        assert await bench.kinds() == ["asked", "planned", "consent_asked", "cancelled", "denied"]


@BOTH_ERAS
async def test_client_that_cannot_show_forms_is_not_asked(open_bench: OpenBench, era: Era) -> None:
    async with open_bench() as bench, connected(bench, era) as client:
        result = structured(await client.call_tool("reboot_instances", REBOOT))
        assert result["status"] == "approval_required"
        assert "This client cannot ask its person." in result["message"]


async def test_client_that_fails_to_ask_has_not_asked(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "legacy", Behind(CANNOT)) as client:
        result = structured(await client.call_tool("reboot_instances", REBOOT))
        assert result["status"] == "approval_required"
        assert "The client could not put the question." in result["message"]


@pytest.mark.parametrize(
    "arguments",
    [{"where": "region=cn-north-7"}, {"instance_ids": ["a44uhlf7"]}],
    ids=["more than a few", "in use"],
)
@BOTH_ERAS
async def test_many_phones_and_phones_in_use_are_for_another_person_at_once(
    open_bench: OpenBench, era: Era, arguments: dict[str, Any]
) -> None:
    behind = Behind(ACCEPT)
    async with open_bench(team(limits={"max_fleet_share": 1.0})) as bench, connected(bench, era, behind) as client:
        bench.phone("a44uhlf7").in_use = True
        result = structured(await client.call_tool("reboot_instances", arguments))
        assert result["status"] == "approval_required"
        assert behind.shown == []


@BOTH_ERAS
async def test_what_must_be_typed_is_not_ticked(open_bench: OpenBench, era: Era) -> None:
    """Also where a policy of its own would be content with a confirmation."""
    behind = Behind(ACCEPT)
    async with open_bench() as bench, connected(bench, era, behind) as client:
        for name in ("reset_instances", "delete_instances"):
            result = structured(await client.call_tool(name, REBOOT))
            assert result["status"] == "approval_required"
        assert behind.shown == []


async def never(context: ClientRequestContext, params: types.ElicitRequestParams) -> Answer:
    await anyio.sleep_forever()
    raise AssertionError


async def test_question_that_nobody_answers_in_time_is_left_to_another_person(open_bench: OpenBench) -> None:
    async with open_bench() as bench, connected(bench, "legacy", never, patience=0.05) as client:
        result = structured(await client.call_tool("reboot_instances", REBOOT))
        assert result["status"] == "approval_required"
        assert "Nobody has answered within" in result["message"]
        assert bench.sent("reboot") == 0


async def test_open_question_holds_nobody_up(open_bench: OpenBench) -> None:
    """Neither reads nor changes of the same client, nor the store."""
    asked, answered = anyio.Event(), anyio.Event()
    told: list[dict[str, Any]] = []

    async def slowly(context: ClientRequestContext, params: types.ElicitRequestParams) -> Answer:
        asked.set()
        await answered.wait()
        return ACCEPT

    async def reboot(client: Client) -> None:
        told.append(structured(await client.call_tool("reboot_instances", REBOOT)))

    async with open_bench() as bench, connected(bench, "legacy", slowly) as client:
        async with anyio.create_task_group() as group:
            group.start_soon(reboot, client)
            await asked.wait()
            read = await client.call_tool("query_status", REBOOT)
            change = await client.call_tool("run_command", {**REBOOT, "command": "getprop"})
            assert told == []
            answered.set()
        assert {structured(each)["status"] for each in (read, change)} == {"done"}
        assert told[0]["status"] == "accepted"


async def test_call_that_is_cancelled_while_its_question_is_open_has_ended(open_bench: OpenBench) -> None:
    asked = anyio.Event()

    async def open_for_ever(context: ClientRequestContext, params: types.ElicitRequestParams) -> Answer:
        asked.set()
        return await never(context, params)

    async with open_bench() as bench:
        async with connected(bench, "legacy", open_for_ever) as client, anyio.create_task_group() as group:
            group.start_soon(client.call_tool, "reboot_instances", REBOOT)
            await asked.wait()
            group.cancel_scope.cancel()
        (operation,) = await bench.service.ledger.listed()
        assert (operation.state, operation.reason) == ("cancelled", "Whoever asked went away.")
        assert await bench.story(operation.id) == ["planned", "consent_asked", "cancelled"]


async def put_to(behind: Behind, question: Question, era: Era) -> str:
    """What the asker says of this question to a client of the SDK."""

    async def call_tool(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        reply = await ClientAsker(context=context).ask(question)
        return types.CallToolResult(content=[types.TextContent(type="text", text=reply.reason or reply.verdict.value)])

    async def list_tools(_: Context, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool(name="ask", input_schema={"type": "object"})])

    server: Server[Any] = Server("asks", on_call_tool=call_tool, on_list_tools=list_tools)
    async with Client(server, mode=era, elicitation_callback=behind) as client:
        (content,) = (await client.call_tool("ask", {})).content
        assert isinstance(content, types.TextContent)
        return content.text


@BOTH_ERAS
@pytest.mark.parametrize(
    ("risk", "must_type", "text", "told"),
    [
        (Risk.DISRUPTIVE, False, "x" * (TEXT_LIMIT + 1), "too long for a form"),
        (Risk.DESTRUCTIVE, False, "Erase?", "is DESTRUCTIVE, which is not confirmed"),
        (Risk.DISRUPTIVE, True, "Reboot?", "is DISRUPTIVE, which is not confirmed"),
    ],
)
async def test_question_that_no_form_is_for_is_not_put(
    era: Era, risk: Risk, must_type: bool, text: str, told: str
) -> None:
    behind = Behind()
    question = Question(action="reboot_instances", risk=risk, text=text, undo="", typed="1", must_type=must_type)
    assert told in await put_to(behind, question, era)
    assert behind.shown == []
