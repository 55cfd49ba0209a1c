from itertools import islice

import anyio
import pytest

from tests.chatops.surfaces.slack.flows.conftest import CHANNEL, Stand

pytestmark = pytest.mark.anyio


def phones_of(stand: Stand, count: int) -> list[str]:
    return [phone.id for phone in islice(stand.bench.simulator.fleet, count)]


async def test_a_read_is_answered_to_the_asker_alone_and_shared_once_with_a_button(stand: Stand) -> None:
    alice, slack = stand.alice, stand.slack
    answer = await alice.types("/phone", "list limit=3", channel=CHANNEL)
    assert answer.is_ok
    assert answer.took < 2
    shown = await slack.ephemeral_to("U0ALICE", containing="phones")
    assert not slack.messages_in(CHANNEL)
    assert (await alice.presses(shown, "share")).is_ok
    said = await slack.message_in(CHANNEL, containing="alice has asked: /phone list limit=3")
    assert phones_of(stand, 1)[0] in said.seen
    again = await alice.presses(shown, "share")
    assert again.is_ok
    await stand.alice.types("/phone", "help", channel=CHANNEL)
    await slack.ephemeral_to("U0ALICE", containing="/phone ACTION")
    assert len(slack.messages_in(CHANNEL)) == 1
    assert (await stand.bench.kinds()).count("answered") == 3


async def test_a_read_is_answered_to_everybody_when_that_is_asked_for(stand: Stand) -> None:
    await stand.alice.types("/phone", "list limit=3 --share", channel=CHANNEL)
    await stand.slack.message_in(CHANNEL, containing="alice has asked: /phone list limit=3")


async def test_a_long_answer_comes_as_a_file_too(stand: Stand) -> None:
    await stand.alice.types("/phone", "list limit=150", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing="the file has")
    direct = await stand.slack.message_in("U0ALICE", containing="Everything that list has answered")
    file = await stand.slack.file_in(direct.channel, named="list.csv")
    assert file.content is not None
    assert phones_of(stand, 1)[0].encode() in file.content


async def test_a_change_is_planned_and_followed_where_it_was_asked(stand: Stand) -> None:
    phone, slack = phones_of(stand, 1)[0], stand.slack
    await stand.alice.types("/phone", f"reset {phone}", channel=CHANNEL)
    card = await slack.message_in(CHANNEL, containing="Card of op_")
    ((place, operation),) = stand.followed
    assert operation in card.seen
    assert (place.channel, place.user) == (CHANNEL, "U0ALICE")
    assert (await stand.bench.operation(operation)).person == "alice"
    assert (await stand.bench.operation(operation)).door == "slack"


async def test_a_plan_is_only_shown(stand: Stand) -> None:
    phone = phones_of(stand, 1)[0]
    await stand.alice.types("/phone", f"reset {phone} --plan", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing="Plan")
    assert not stand.followed
    assert "planned" in await stand.bench.kinds()


async def test_unknown_words_are_pointed_at_and_nothing_is_done(stand: Stand) -> None:
    await stand.alice.types("/phone", "rebot a44uhlf7", channel=CHANNEL)
    shown = await stand.slack.ephemeral_to("U0ALICE", containing="Did you mean reboot")
    assert "/phone rebot a44uhlf7" in shown.seen
    await stand.alice.types("/phone", "list since=yesterday", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0ALICE", containing="must be a time with its zone")
    assert await stand.bench.kinds() == []


async def test_help_lists_what_this_person_may_do(stand: Stand) -> None:
    vera = stand.slack.person("U0VERA").joins(CHANNEL)
    await vera.types("/phone", "", channel=CHANNEL)
    assert "reset" not in (await stand.slack.ephemeral_to("U0VERA", containing="/phone ACTION")).seen
    await vera.types("/phone", "help list", channel=CHANNEL)
    await stand.slack.ephemeral_to("U0VERA", containing="list (list_instances)")


async def test_what_is_not_permitted_is_refused_with_the_role_it_takes_and_written_down(stand: Stand) -> None:
    vera = stand.slack.person("U0VERA").joins(CHANNEL)
    await vera.types("/phone", f"reset {phones_of(stand, 1)[0]} and more", channel=CHANNEL)
    shown = await stand.slack.ephemeral_to("U0VERA", containing="vera may not reset_instances")
    assert "the role operator" in shown.seen
    assert [(event.kind, event.body["error"]) for event in await stand.bench.events()] == [
        ("denied", "permission_missing")
    ]


async def test_a_stranger_is_told_what_to_do_and_written_down(stand: Stand) -> None:
    mallory = stand.slack.person("U0MALLORY").joins(CHANNEL)
    await mallory.types("/phone", "list", channel=CHANNEL)
    shown = await stand.slack.ephemeral_to("U0MALLORY", containing="is not named in the team file")
    assert "slack: [T01:U0MALLORY]" in shown.seen
    (event,) = await stand.bench.events()
    assert (event.kind, event.body["error"]) == ("denied", "person_unknown")
    assert "T01:U0MALLORY" in str(event.body["details"])


async def test_the_app_is_asked_in_a_thread_and_answers_there(stand: Stand) -> None:
    alice, slack = stand.alice, stand.slack
    alert = alice.says("a phone is down", channel=CHANNEL)
    phone = phones_of(stand, 1)[0]
    await alice.mentions(f"<@U0BOB> please: <@U0BOT> status {phone}", channel=CHANNEL, thread_ts=alert.ts)
    shown = await slack.ephemeral_to("U0ALICE", containing="Done")
    assert shown.thread_ts == alert.ts
    await alice.presses(shown, "share")
    await slack.message_in(CHANNEL, containing="alice has asked: /phone status", thread_ts=alert.ts)
    await alice.mentions(f"reboot {phones_of(stand, 1)[0]}", channel=CHANNEL, thread_ts=alert.ts)
    await slack.message_in(CHANNEL, containing="Card of op_", thread_ts=alert.ts)


async def test_where_the_app_is_no_member_the_asker_is_written_to_and_told_how_to_invite(stand: Stand) -> None:
    stand.slack.channel("C0OTHER", with_app=False)
    await stand.alice.types("/phone", f"reset {phones_of(stand, 1)[0]}", channel="C0OTHER")
    await stand.slack.message_in("U0ALICE", containing="Card of op_")
    await stand.slack.ephemeral_to("U0ALICE", containing="/invite")


async def test_several_calls_at_once_are_all_answered(stand: Stand) -> None:
    alice = stand.alice
    phones = phones_of(stand, 6)

    async def ask(phone: str) -> None:
        answer = await alice.types("/phone", f"status {phone}", channel=CHANNEL)
        assert answer.is_ok

    async with anyio.create_task_group() as tasks:
        for phone in phones:
            tasks.start_soon(ask, phone)
    for phone in phones:
        await stand.slack.ephemeral_to("U0ALICE", containing=phone)
    assert (await stand.bench.kinds()).count("answered") == len(phones)


async def test_a_device_token_is_shown_to_the_asker_for_now_and_can_not_be_shared(stand: Stand) -> None:
    alice, slack = stand.alice, stand.slack
    await alice.types("/phone", f"token {phones_of(stand, 2)[1]} --share", channel=CHANNEL)
    shown = await slack.ephemeral_to("U0ALICE", containing="Only you see this")
    token = shown.seen.split("device_token: ")[1].split()[0]
    slack.secret(token, only_to="U0ALICE")
    answered = await slack.ephemeral_to("U0ALICE", containing="was issued")
    assert token not in answered.seen
    assert "Share" not in answered.seen
    assert not slack.messages_in(CHANNEL)
    assert not slack.messages_in("U0ALICE")
