"""Another person says yes or no, in Slack, to what was asked for anywhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest
from pydantic import JsonValue

from chatops.consent import Verdict
from chatops.operations.states import State
from chatops.outcome import Status
from tests.chatops.conftest import Person as Asker
from tests.chatops.conftest import approver, person, policy_for
from tests.chatops.surfaces.slack.flows.replicas import Replicas, opened, people
from tests.slack.workspace import Message

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(20)]

RESET = "reset a44uhlf7 efjy72gs"
WAITS = "Waits for approval"
PAIR: dict[str, JsonValue] = {"instance_ids": ["a44uhlf7", "efjy72gs"]}


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: str) -> AsyncIterator[Replicas]:
    async with opened(tmp_path / "state", monkeypatch, transport=transport) as world:
        yield world


@pytest.fixture
async def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: str) -> AsyncIterator[Replicas]:
    async with opened(tmp_path / "state", monkeypatch, replicas=2, transport=transport) as world:
        yield world


async def requested(world: Replicas) -> tuple[Message, Message]:
    """The card where it was asked, and the one where approvals are asked for."""
    await world.person("alice").types("/phone", RESET)
    return await world.card(WAITS), await world.card(WAITS, "C0APPROVALS")


async def approves(world: Replicas, name: str, card: Message, reason: str = "") -> None:
    somebody = world.person(name)
    await somebody.presses(card, "approve")
    form = await world.slack.view_of(somebody.id, callback_id="approve")
    await somebody.submits(form, {"reason": reason} if reason else {})


async def through_an_assistant(world: Replicas) -> str:
    """What somebody asks for through an assistant, at another door of the service."""
    executor = world.service.executor
    outcome = await executor.run(person(assistant=True), "reset_instances", PAIR, Asker(verdict=Verdict.CANNOT_ASK))
    assert outcome.status is Status.APPROVAL_REQUIRED, outcome
    return outcome.operation_id or ""


async def test_reset_is_approved_by_another_person_and_told_everywhere(world: Replicas) -> None:
    asked, approval = await requested(world)
    await world.slack.called("chat.postMessage", times=4)
    direct = [await world.slack.message_in(f"D0{name}", containing=WAITS) for name in ("BOB", "CAROL")]
    assert world.sent("batch-reset") == 0
    await approves(world, "bob", approval, "seen it")
    for card in (asked, approval, *direct):
        await world.shows(card, "Approved by bob")
        await world.shows(card, "Reset", no_more="Being")
        assert "Waits" not in card.seen
    await world.slack.message_in("C0OPS", containing="phones verified", thread_ts=asked.ts)
    assert world.sent("batch-reset") == 1
    (given,) = [each for each in await world.events() if each.kind == "consent_given"]
    assert (given.person, "seen it" in str(given.body)) == ("bob", True)
    assert world.slack.calls_people() == set()


async def test_denial_needs_a_reason_which_whoever_asked_reads(world: Replicas) -> None:
    asked, approval = await requested(world)
    bob = world.person("bob")
    await bob.presses(approval, "deny")
    form = await world.slack.view_of("U0BOB", callback_id="deny")
    assert (await bob.submits(form, {"reason": "  "})).errors
    assert (await bob.submits(form, {"reason": "not on a Tuesday"})).errors == {}
    for card in (asked, approval):
        await world.shows(card, "Denied by bob")
        assert "not on a Tuesday" in card.seen
    await world.slack.message_in("C0OPS", containing="not on a Tuesday", thread_ts=asked.ts)
    assert world.sent("batch-reset") == 0


async def test_whoever_asked_takes_it_back_and_nobody_else_can(world: Replicas) -> None:
    asked, approval = await requested(world)
    await world.person("bob").presses(approval, "withdraw")
    await world.slack.ephemeral_to("U0BOB", containing="you can deny it")
    await world.person("alice").presses(asked, "withdraw")
    for card in (asked, approval):
        await world.shows(card, "Withdrawn")
    assert (await world.operation()).state is State.CANCELLED
    assert world.sent("batch-reset") == 0


async def test_expired_request_loses_its_buttons_and_a_form_that_was_open_is_told(world: Replicas) -> None:
    asked, approval = await requested(world)
    bob = world.person("bob")
    await bob.presses(approval, "approve")
    form = await world.slack.view_of("U0BOB", callback_id="approve")
    world.clock.seconds += 31 * 60
    for card in (asked, approval):
        await world.shows(card, "Expired")
        assert "Approve…" not in card.seen
    await bob.submits(form)
    await world.slack.message_in("D0BOB", containing="it is expired")
    assert world.sent("batch-reset") == 0


async def test_nobody_approves_what_they_asked_for_or_without_the_role(world: Replicas) -> None:
    _, approval = await requested(world)
    for name, told in (("alice", "another person has to decide"), ("vera", "may not decide")):
        await world.person(name).presses(approval, "approve")
        await world.slack.ephemeral_to(f"U0{name.upper()}", containing=told)
    assert (await world.operation()).state is State.AWAITING_APPROVAL
    assert [each.person for each in await world.events() if each.kind == "denied"] == ["alice", "vera"]


async def test_approver_who_lost_the_role_with_the_form_open_is_refused(world: Replicas) -> None:
    _, approval = await requested(world)
    bob = world.person("bob")
    await bob.presses(approval, "approve")
    form = await world.slack.view_of("U0BOB", callback_id="approve")
    world.policy.engine = policy_for(people(bob={"roles": ["operator"], "slack": ["T01:U0BOB"]}))
    await bob.submits(form)
    await world.slack.message_in("D0BOB", containing="bob may not decide")
    assert world.sent("batch-reset") == 0


async def test_approver_who_was_deactivated_meanwhile_is_refused(world: Replicas) -> None:
    _, approval = await requested(world)
    bob = world.person("bob")
    await bob.presses(approval, "approve")
    form = await world.slack.view_of("U0BOB", callback_id="approve")
    world.slack.person("U0BOB", deleted=True)
    await bob.submits(form)
    await world.slack.message_in("D0BOB", containing="is deactivated")
    assert (await world.operation()).state is State.AWAITING_APPROVAL


async def test_request_of_an_assistant_is_approved_in_slack(world: Replicas) -> None:
    await through_an_assistant(world)
    approval = await world.card(WAITS, "C0APPROVALS")
    assert "through the assistant: tester" in approval.seen
    assert world.slack.messages_in("C0OPS") == []
    await approves(world, "bob", approval)
    await world.slack.message_in("C0APPROVALS", containing="phones verified", thread_ts=approval.ts)
    assert world.sent("batch-reset") == 1


async def test_what_was_decided_at_a_terminal_is_drawn_and_later_clicks_are_told(world: Replicas) -> None:
    _, approval = await requested(world)
    carol = world.person("carol")
    await carol.presses(approval, "approve")
    form = await world.slack.view_of("U0CAROL", callback_id="approve")
    await world.service.approvals.approve((await world.operation()).id, approver())
    await world.slack.until(lambda: "Approved by bob" in approval.seen, wanted="what was decided elsewhere")
    await carol.submits(form)
    told = await world.slack.message_in("D0CAROL", containing="decided before by bob")
    assert "Error consent_gone" in told.seen
    assert world.sent("batch-reset") == 1


async def test_two_approvers_at_once_on_two_replicas_carry_it_out_once(pair: Replicas) -> None:
    _, approval = await requested(pair)
    forms = {}
    for name in ("bob", "carol"):
        somebody = pair.person(name)
        await somebody.presses(approval, "approve")
        forms[name] = await pair.slack.view_of(somebody.id, callback_id="approve")
    async with anyio.create_task_group() as both:
        for name, form in forms.items():
            both.start_soon(pair.person(name).submits, form)
    await pair.slack.until(lambda: "Approved by" in approval.seen, wanted="who approved")
    by = (await pair.operation()).decided_by
    other = {"bob": "CAROL", "carol": "BOB"}[by or ""]
    await pair.slack.message_in(f"D0{other}", containing=f"decided before by {by}")
    await pair.shows(approval, "✅ Done")
    assert pair.sent("batch-reset") == 1
    assert len(pair.slack.messages_in("C0APPROVALS", containing="Reset")) == 1
    for channel in ("D0BOB", "D0CAROL"):
        assert len(pair.slack.messages_in(channel, containing="Plan ")) == 1


async def test_details_are_for_one_person_alone(world: Replicas) -> None:
    _, approval = await requested(world)
    await world.person("bob").presses(approval, "show")
    told = await world.slack.ephemeral_to("U0BOB", containing="chatops audit show --operation op_")
    assert "alice" in told.seen


async def test_phones_of_a_large_request_are_a_file_in_the_thread(world: Replicas) -> None:
    await world.person("alice").types("/phone", "reset region=cn-north-7")
    approval = await world.card(WAITS, "C0APPROVALS")
    file = await world.slack.file_in("C0APPROVALS", named="phones")
    assert file.thread_ts == approval.ts
    assert len(file.text.splitlines()) == (await world.operation()).count + 1
