"""Cards are as their operations are, whatever happens to Slack, to messages and to processes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import anyio
import pytest

from chatops.operations.states import State
from chatops.surfaces.slack.messages import OVER, Posted
from tests.chatops.conftest import approver
from tests.chatops.surfaces.slack.flows.replicas import Replicas, opened, until
from tests.slack.faults import dropped, error, rate_limited
from tests.slack.workspace import Message

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(30)]

WAITS = "Waits for approval"
_CARDS = 4
"""Where it was asked, where approvals are asked for, and to Bob and Carol."""

Open = Callable[..., AbstractAsyncContextManager[Replicas]]


@pytest.fixture
def open_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: str) -> Open:
    return partial(opened, tmp_path / "state", monkeypatch, transport=transport)


@pytest.fixture
async def world(open_world: Open) -> AsyncIterator[Replicas]:
    async with open_world() as world:
        yield world


async def requested(world: Replicas) -> tuple[Message, Message]:
    await world.person("alice").types("/phone", "reset a44uhlf7 efjy72gs")
    cards = await world.card(WAITS), await world.card(WAITS, "C0APPROVALS")

    async def all_placed() -> bool:
        return sum(each.ts is not None for each in await messages_of(world)) == _CARDS

    await until(all_placed)
    return cards


async def messages_of(world: Replicas) -> tuple[Posted, ...]:
    return await world.running[0].office.desk.messages.of_operation((await world.operation()).id)


async def settled(world: Replicas) -> None:
    """Nothing of the operation is looked after any more."""

    async def is_settled() -> bool:
        return not await world.running[0].office.desk.messages.looked_after()

    await until(is_settled)


async def test_slack_that_was_down_in_the_middle_is_caught_up(world: Replicas) -> None:
    asked, approval = await requested(world)
    world.slack.goes_down()
    operation = await world.operation()
    await world.service.approvals.approve(operation.id, approver())

    async def is_verified() -> bool:
        return (await world.operation()).verification is not None

    await until(is_verified)
    assert "Waits" in approval.seen
    world.slack.comes_back()
    for card in (asked, approval):
        await world.shows(card, "Approved by bob", no_more="Being")
    await comes(world, "phones verified", "C0OPS", asked.ts)
    assert world.sent("batch-reset") == 1


async def test_request_made_while_slack_was_down_is_shown_once_it_is_back(world: Replicas) -> None:
    world.slack.faults.plan("chat.postMessage", error("internal_error"), times=None)
    await world.person("alice").types("/phone", "reset a44uhlf7 efjy72gs")
    await world.slack.called("chat.postMessage")
    world.slack.faults.clear()
    world.clock.seconds += 61
    hurry(world)
    await comes(world, WAITS, "C0APPROVALS")


async def test_card_of_which_no_answer_told_is_posted_again_and_both_are_drawn_once_pressed(world: Replicas) -> None:
    answer = dropped(is_processed=True)
    world.slack.faults.plan("chat.postMessage", answer, where=lambda call: call.text("channel") == "C0APPROVALS")
    await world.person("alice").types("/phone", "reset a44uhlf7 efjy72gs")
    stray = await world.card(WAITS, "C0APPROVALS")
    await world.slack.called("chat.postMessage", times=4)
    world.clock.seconds += 61
    hurry(world)

    async def is_there_again() -> bool:
        return len(world.slack.messages_in("C0APPROVALS", containing=WAITS)) > 1

    await until(is_there_again)
    bob = world.person("bob")
    await bob.presses(stray, "approve")
    await bob.submits(await world.slack.view_of("U0BOB", callback_id="approve"))
    for card in world.slack.messages_in("C0APPROVALS", containing="Reset"):
        await world.shows(card, "Approved by bob", no_more="Being")
    assert world.sent("batch-reset") == 1


async def test_deleted_card_is_posted_anew_once_and_then_left(world: Replicas) -> None:
    _, approval = await requested(world)
    bob = world.person("bob")
    bob.deletes(approval)
    operation = await world.operation()
    await world.service.approvals.deny(operation.id, approver(), "no")
    again = await world.card("Denied by bob", "C0APPROVALS")
    assert again.ts != approval.ts
    await settled(world)
    bob.deletes(again)
    await anyio.sleep(0.2)
    assert world.slack.messages_in("C0APPROVALS", containing="Reset") == []


async def test_replicas_show_each_thing_once(open_world: Open) -> None:
    async with open_world(replicas=3) as world:
        asked, approval = await requested(world)
        await world.service.approvals.approve((await world.operation()).id, approver())
        await settled(world)
        assert len(world.slack.messages_in("C0OPS")) == 2, "the card and its result"
        assert len(world.slack.messages_in("C0APPROVALS")) == 1
        for card in (asked, approval):
            said = [version["text"].split(":")[0] for version in card.versions]
            order = ["⏳ Waits for approval", "👍 Approved", "🔄 Running", "🔄 Being verified", said[-1]]
            assert [order.index(each) for each in said] == sorted(order.index(each) for each in said), said
            assert "Waits" not in said[-1]


async def test_what_a_process_did_not_show_any_more_the_next_one_shows(open_world: Open) -> None:
    async with open_world() as world:
        asked, approval = await requested(world)
        operation = await world.operation()
        office = world.running[0].office
        world.slack.faults.plan("chat.update", error("internal_error"), times=None)
        await world.service.approvals.deny(operation.id, approver(), "no")
        await world.slack.called("chat.update")
        # Its edits are gone, as with a process that was killed.
        office.desk.outgoing._edits.clear()  # noqa: SLF001  # what a crash takes away
        world.slack.faults.clear()
        world.clock.seconds += 61
        for card in (asked, approval):
            await world.shows(card, "Denied by bob")


async def test_expired_request_is_told_without_anybody_doing_anything(world: Replicas) -> None:
    asked, approval = await requested(world)
    world.clock.seconds += 31 * 60
    for card in (asked, approval):
        await world.shows(card, "Expired")
    assert (await world.operation()).state is State.EXPIRED
    await comes(world, "Expired", "C0OPS", asked.ts)


async def test_rate_limit_delays_an_edit_and_the_last_state_is_shown(world: Replicas) -> None:
    asked, _ = await requested(world)
    world.slack.faults.plan("chat.update", rate_limited(1), times=2)
    await world.service.approvals.deny((await world.operation()).id, approver(), "no")
    await world.shows(asked, "Denied by bob")


async def test_card_goes_to_the_asker_where_the_app_may_not_write(world: Replicas) -> None:
    world.slack.channel("C0ELSEWHERE", with_app=False)
    alice = world.person("alice", "C0ELSEWHERE")
    await alice.types("/phone", "reboot a44uhlf7", channel="C0ELSEWHERE")
    await world.slack.called("chat.postMessage", times=2)
    card = await world.slack.message_in("D0ALICE", containing="Waits for your yes")
    await alice.presses(card, "confirm")
    await world.shows(card, "Confirmed by alice")


async def test_approval_whose_process_died_before_it_was_carried_out_is_carried_out_and_told(open_world: Open) -> None:
    async with open_world(replicas=2) as world:
        asked, approval = await requested(world)
        dies, lives = (each.service for each in world.running)
        await dies.approvals.grant((await world.operation()).id, approver())
        assert world.sent("batch-reset") == 0
        world.clock.seconds += 31
        await lives.recovery.sweep()
        for card in (asked, approval):
            await world.shows(card, "Approved by bob", no_more="Being")
        await comes(world, "phones verified", "C0OPS", asked.ts)
        assert world.sent("batch-reset") == 1


async def test_messages_of_what_has_ended_are_looked_after_no_more(world: Replicas) -> None:
    await requested(world)
    operation = await world.operation()
    await world.service.approvals.deny(operation.id, approver(), "no")
    await settled(world)
    kept = await world.running[0].office.desk.messages.of_operation(operation.id)
    assert {each.version for each in kept} == {OVER}
    before = len(world.slack.calls())
    await anyio.sleep(0.3)
    assert len(world.slack.calls()) == before


async def comes(world: Replicas, text: str, channel: str, thread: str | None = None) -> None:
    """A message with this text, after a pause of ours."""

    async def is_there() -> bool:
        return bool(world.slack.messages_in(channel, containing=text, thread_ts=thread))

    await until(is_there)


def hurry(world: Replicas) -> None:
    """Nothing that has failed is left alone for a while."""
    for each in world.running:
        each.watch.clock = lambda: anyio.current_time() + 1000
