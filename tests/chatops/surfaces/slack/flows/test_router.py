import logging

import pytest

from chatops.principal import Principal
from chatops.surfaces.slack.flows.office import Office, Place
from chatops.surfaces.slack.flows.places import place_of
from chatops.surfaces.slack.flows.telling import whisper
from chatops.surfaces.slack.handler import Begin
from chatops.surfaces.slack.message import Message
from chatops.surfaces.slack.received import Kind, Received, read
from tests.chatops.surfaces.slack.flows.conftest import CHANNEL, OpenStand, Stand
from tests.slack.faults import dropped, error

pytestmark = pytest.mark.anyio


async def test_a_command_that_comes_twice_is_answered_once(stand: Stand) -> None:
    answer = await stand.alice.types("/phone", "whoami", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing="alice")
    await stand.slack.delivers_again(answer.delivery)
    await stand.alice.types("/phone", "help", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing="/phone ACTION")
    assert (await stand.bench.kinds()).count("answered") == 1


async def test_a_mention_that_slack_sends_anew_is_answered_once(stand: Stand) -> None:
    answer = await stand.alice.mentions("whoami", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing="alice")
    await stand.slack.delivers_as_new(answer.delivery)
    await stand.alice.types("/phone", "help", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing="/phone ACTION")
    assert (await stand.bench.kinds()).count("answered") == 1


@pytest.mark.parametrize("is_processed", [True, False])
async def test_an_answer_that_slack_drops_is_given_another_way(
    stand: Stand,
    is_processed: bool,  # pytest's
) -> None:
    stand.slack.faults.plan("response_url", dropped(is_processed=is_processed))
    await stand.alice.types("/phone", "whoami", channel=CHANNEL)
    await stand.slack.called("chat.postEphemeral")
    await stand.slack.ephemeral_to("U0ALICE", containing="alice")
    assert (await stand.bench.kinds()).count("answered") == 1


async def test_who_can_not_be_answered_where_they_asked_is_written_to(stand: Stand) -> None:
    stand.slack.faults.plan("response_url", error("used_url"))
    stand.slack.faults.plan("chat.postEphemeral", error("user_not_in_channel"))
    await stand.alice.types("/phone", "whoami", channel=CHANNEL)
    await stand.slack.message_in("U0ALICE", containing="alice")


async def test_an_address_to_answer_to_that_is_not_slacks_is_never_spoken_to(
    stand: Stand, caplog: pytest.LogCaptureFixture
) -> None:
    payload = {"type": "block_actions", "team": {"id": "T01"}, "user": {"id": "U0ALICE", "team_id": "T01"}}
    (door,) = stand.doors
    stand.alice.joins(CHANNEL)
    received = Received(
        id="click:1",
        kind=Kind.CLICK,
        team="T01",
        user="U0ALICE",
        user_team="T01",
        channel=CHANNEL,
        payload={**payload, "response_url": "http://127.0.0.1:1/x", "actions": [{"action_id": "share", "value": "?"}]},
    )
    await door.workers.handler.handle(received, _begun)
    await stand.slack.ephemeral_to("U0ALICE", containing="from an older version")
    assert "is not Slack's" in caplog.text


async def test_what_nothing_answers_any_more_is_not_swallowed(stand: Stand) -> None:
    message = stand.slack.person("U0BOB").says("look", channel=CHANNEL)
    assert (await stand.alice.uses_shortcut("of_an_older_version", message)).is_ok
    await stand.slack.ephemeral_to("U0ALICE", containing="from an older version")


async def test_an_operation_that_can_not_be_shown_where_it_was_asked_is_named_to_the_asker(stand: Stand) -> None:
    stand.slack.faults.plan("chat.postMessage", error("restricted_action"))
    phone = next(iter(stand.bench.simulator.fleet)).id
    await stand.alice.types("/phone", f"reset {phone}", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing=(await _only(stand)))


async def _only(stand: Stand) -> str:
    await stand.slack.called("response_url")
    ((_, operation),) = stand.followed
    return operation


async def _begun() -> None: ...


async def test_a_fault_of_ours_is_told_with_the_id_of_its_entry_in_the_log(
    open_stand: OpenStand, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(office: Office, place: Place, principal: Principal, rest: str, begin: Begin) -> None:
        raise ZeroDivisionError(office, place, principal, rest, begin)

    async with open_stand("socket", own={"op": broken}) as stand:
        with caplog.at_level(logging.ERROR):
            await stand.alice.types("/phone", "op op_1", channel=CHANNEL)
            shown = await stand.slack.ephemeral_to("U0ALICE", containing="ended with an error inside chatops")
        incident = shown.seen.split("inside chatops, ")[1].split()[0]
        assert incident in caplog.text
        assert "internal_error" in shown.seen


async def test_other_pieces_plug_their_flows_in(open_stand: OpenStand) -> None:
    async def own(office: Office, place: Place, principal: Principal, rest: str, begin: Begin) -> None:
        await whisper(office, place, Message(text=f"why for {principal.person}: {rest}"))

    async def home(office: Office, received: Received, principal: Principal, begin: Begin) -> None:
        await whisper(office, place_of(received), Message(text=f"home of {principal.person}"))

    async with open_stand("socket", own={"why": own}, home=home) as stand:
        await stand.alice.types("/phone", "why reset a44uhlf7", channel=CHANNEL)
        await stand.alice.opens_home()
        await stand.slack.ephemeral_to("U0ALICE", containing="why for alice: reset a44uhlf7")
        await stand.slack.ephemeral_to("U0ALICE", containing="home of alice")


async def test_whose_request_was_interrupted_or_missed_is_told(stand: Stand) -> None:
    (door,) = stand.doors
    answer = await stand.alice.types("/phone", "whoami", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing="alice")
    received = read(answer.delivery.payload)
    await door.workers.handler.interrupted(received)
    await stand.slack.ephemeral_to("U0ALICE", containing="nothing is done twice")
    await door.workers.handler.missed(received)
    await stand.slack.ephemeral_to("U0ALICE", containing="was not done. Please ask again")


async def test_a_command_that_can_not_be_written_down_fails_at_once_and_is_never_run(stand: Stand) -> None:
    stand.bench.lose_store()
    failed = await stand.alice.types("/phone", "whoami", channel=CHANNEL)
    assert not failed.is_ok
    stand.bench.bring_store_back()
    assert (await stand.alice.types("/phone", "help", channel=CHANNEL)).is_ok
    await stand.slack.ephemeral_to("U0ALICE", containing="/phone ACTION")
    assert await stand.bench.kinds() == []


async def test_a_mention_whose_acknowledgement_failed_is_sent_again_and_answered_once(stand: Stand) -> None:
    stand.bench.lose_store()
    assert not (await stand.alice.mentions("whoami", channel=CHANNEL)).is_ok
    stand.bench.bring_store_back()
    (receipt,) = await stand.slack.retries()
    assert receipt.is_ok
    await stand.slack.ephemeral_to("U0ALICE", containing="alice")
    await stand.slack.until(lambda: not stand.slack.unacknowledged or None)
    assert (await stand.bench.kinds()).count("answered") == 1
