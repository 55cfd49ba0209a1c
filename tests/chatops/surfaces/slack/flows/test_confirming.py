"""Whoever asked says yes or no to their own plan, in Slack."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from chatops.operations.states import State
from tests.chatops.surfaces.slack.flows.replicas import Replicas, opened

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(20)]


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: str) -> AsyncIterator[Replicas]:
    async with opened(tmp_path / "state", monkeypatch, transport=transport) as world:
        yield world


async def test_reboot_is_confirmed_by_a_click_and_its_results_stand_in_the_thread(world: Replicas) -> None:
    alice = world.person("alice")
    await alice.types("/phone", "reboot a44uhlf7 efjy72gs")
    card = await world.card("Waits for your yes")
    assert world.sent("reboot") == 0
    await alice.presses(card, "confirm")
    await world.slack.until(lambda: "Done" in card.seen, wanted="the end on the card")
    assert "Waits" not in card.seen
    result = await world.slack.message_in("C0OPS", containing="phones verified", thread_ts=card.ts)
    assert "a44uhlf7" in result.seen
    assert world.sent("reboot") == 1
    assert len(world.slack.messages_in("C0OPS")) == 2


async def test_second_click_gets_an_answer_and_sends_nothing(world: Replicas) -> None:
    alice = world.person("alice")
    await alice.types("/phone", "reboot a44uhlf7 efjy72gs")
    card = await world.card("Waits for your yes")
    async with anyio.create_task_group() as both:
        both.start_soon(alice.presses, card, "confirm")
        both.start_soon(alice.presses, card, "confirm")
    await world.slack.ephemeral_to("U0ALICE", containing="Nothing is done")
    await world.slack.until(lambda: "Done" in card.seen, wanted="the end on the card")
    assert world.sent("reboot") == 1


async def test_nobody_but_the_asker_confirms(world: Replicas) -> None:
    await world.person("alice").types("/phone", "reboot a44uhlf7 efjy72gs")
    card = await world.card("Waits for your yes")
    await world.person("bob").presses(card, "confirm")
    await world.slack.ephemeral_to("U0BOB", containing="alice has asked")
    assert world.sent("reboot") == 0
    assert (await world.operation()).state is State.AWAITING_CONFIRMATION


async def test_declined_question_ends_and_says_so(world: Replicas) -> None:
    alice = world.person("alice")
    await alice.types("/phone", "reboot a44uhlf7 efjy72gs")
    card = await world.card("Waits for your yes")
    await alice.presses(card, "decline")
    await world.slack.until(lambda: "Denied" in card.seen, wanted="the no on the card")
    assert world.sent("reboot") == 0


async def test_reset_of_one_phone_is_confirmed_by_typing_its_id(world: Replicas) -> None:
    alice = world.person("alice")
    await alice.types("/phone", "reset efjy72gs")
    card = await world.card("Waits for your yes")
    await alice.presses(card, "confirm_form")
    form = await world.slack.view_of("U0ALICE", containing="Type efjy72gs")
    wrong = await alice.submits(form, {"typed": "1", "reason": "stuck"})
    assert "Type efjy72gs" in wrong.errors["typed"]
    assert world.sent("batch-reset") == 0
    right = await alice.submits(form, {"typed": "efjy72gs", "reason": "stuck"})
    assert right.errors == {}
    await world.slack.until(lambda: "Done" in card.seen, wanted="the end on the card")
    assert world.sent("batch-reset") == 1
    (given,) = [each for each in await world.events() if each.kind == "consent_given"]
    assert "stuck" in str(given.body)


async def test_changed_phone_is_shown_and_asked_about_again(world: Replicas) -> None:
    alice = world.person("alice")
    await alice.types("/phone", "reboot a44uhlf7")
    card = await world.card("Waits for your yes")
    phone = world.simulator.fleet.find("a44uhlf7")
    assert phone is not None
    phone.owner = "1008600000104285462"
    world.passing.ahead = 61
    await alice.presses(card, "confirm")
    await world.slack.until(lambda: "Refused" in card.seen, wanted="the end of the old card")
    again = await world.card("Waits for your yes")
    assert "1008600000104285462" in again.seen
    assert again.ts != card.ts
    assert world.sent("reboot") == 0
    await world.slack.ephemeral_to("U0ALICE", containing="no longer what was asked for")
    await alice.presses(again, "confirm")
    await world.slack.until(lambda: "Done" in again.seen, wanted="the end on the new card")
    assert world.sent("reboot") == 1


async def test_late_click_is_told_that_the_question_has_expired(world: Replicas) -> None:
    alice = world.person("alice")
    await alice.types("/phone", "reboot a44uhlf7 efjy72gs")
    card = await world.card("Waits for your yes")
    world.clock.seconds += 601
    await world.slack.until(lambda: "Expired" in card.seen, wanted="that it has expired")
    await alice.presses(card, "show")
    await world.slack.ephemeral_to("U0ALICE", containing="expired")
    assert world.sent("reboot") == 0
