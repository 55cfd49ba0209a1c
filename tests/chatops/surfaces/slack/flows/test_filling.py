from itertools import islice

import pytest

from tests.chatops.surfaces.slack.flows.conftest import CHANNEL, Stand
from tests.slack.faults import error

pytestmark = pytest.mark.anyio


def phones_of(stand: Stand, count: int) -> list[str]:
    return [phone.id for phone in islice(stand.bench.simulator.fleet, count)]


async def test_a_form_asks_for_what_is_missing_and_suggests_phones(stand: Stand) -> None:
    alice, slack, (phone,) = stand.alice, stand.slack, phones_of(stand, 1)
    answer = await alice.types("/phone", "reset", channel=CHANNEL)
    assert answer.is_ok
    form = await slack.view_of("U0ALICE", containing="Reset phones")
    suggested = await alice.suggests(form, "suggest:phones", phone[:4])
    assert phone in suggested.values
    assert suggested.took < 2
    assert (await alice.submits(form, {"suggest:phones": [phone]})).errors == {}
    card = await slack.message_in(CHANNEL, containing="Card of op_")
    ((place, operation),) = stand.followed
    assert operation in card.seen
    assert (place.channel, place.user) == (CHANNEL, "U0ALICE")


async def test_what_is_wrong_stands_at_its_field_and_the_form_stays_open(stand: Stand) -> None:
    alice, slack, (phone,) = stand.alice, stand.slack, phones_of(stand, 1)
    await alice.types("/phone", f"exec {phone}", channel=CHANNEL)
    form = await slack.view_of("U0ALICE", containing="command")
    answer = await alice.submits(form, {"param:command": "ls | wc"})
    assert "no pipes" in answer.errors["param:command"]
    assert form.is_open
    assert (await alice.submits(form, {"param:command": "ls -l /system"})).errors == {}
    await slack.message_in(CHANNEL, containing="Card of op_")


async def test_neither_phones_nor_a_filter_is_a_mistake_at_the_first_field(stand: Stand) -> None:
    alice, slack = stand.alice, stand.slack
    await alice.types("/phone", "reset", channel=CHANNEL)
    form = await slack.view_of("U0ALICE")
    assert "one of both" in (await alice.submits(form, {})).errors["param:instance_ids"]


async def test_a_plan_is_asked_for_in_the_form_too(stand: Stand) -> None:
    alice, slack, (phone,) = stand.alice, stand.slack, phones_of(stand, 1)
    await alice.types("/phone", "reset --plan", channel=CHANNEL)
    form = await slack.view_of("U0ALICE", containing="Only show what would happen")
    await alice.suggests(form, "suggest:phones", phone)
    await alice.submits(form, {"suggest:phones": [phone]})
    await slack.ephemeral_to("U0ALICE", containing="Plan")
    assert not stand.followed


async def test_a_secret_is_filled_into_the_form_and_stands_nowhere_else(stand: Stand) -> None:
    alice, slack, (phone,) = stand.alice, stand.slack, phones_of(stand, 1)
    slack.secret("SECRETSIG")
    line = f"install {phone} package=com.demo.app file_name=a.apk version=1 size_mb=3"
    await alice.types("/phone", f"{line} link=https://x.example/a?sig=SECRETSIG", channel=CHANNEL)
    await slack.ephemeral_to("U0ALICE", containing="a form will ask for it")
    await alice.types("/phone", line, channel=CHANNEL)
    form = await slack.view_of("U0ALICE", containing="com.demo.app")
    answer = await alice.submits(form, {"param:link": "https://x.example/a?sig=SECRETSIG"})
    assert answer.errors == {}
    await slack.message_in(CHANNEL, containing="Card of op_")


async def test_a_form_that_can_not_be_opened_in_time_is_opened_from_a_button(stand: Stand) -> None:
    alice, slack = stand.alice, stand.slack
    slack.faults.plan("views.open", error("expired_trigger_id"))
    await alice.types("/phone", "assign a44uhlf7 --plan", channel=CHANNEL)
    button = await slack.ephemeral_to("U0ALICE", containing="is asked for with a form")
    await alice.presses(button, "open_form")
    form = await slack.view_of("U0ALICE", containing="Assign")
    assert "a44uhlf7" in form.seen


async def test_a_mention_offers_the_form_in_its_thread(stand: Stand) -> None:
    alice, slack, (phone,) = stand.alice, stand.slack, phones_of(stand, 1)
    alert = alice.says("a phone is down", channel=CHANNEL)
    await alice.mentions("reset", channel=CHANNEL, thread_ts=alert.ts)
    button = await slack.ephemeral_to("U0ALICE", containing="is asked for with a form")
    await alice.presses(button, "open_form")
    form = await slack.view_of("U0ALICE", containing="Reset phones")
    await alice.suggests(form, "suggest:phones", phone)
    await alice.submits(form, {"suggest:phones": [phone]})
    await slack.message_in(CHANNEL, containing="Card of op_", thread_ts=alert.ts)


async def test_the_shortcut_of_a_message_fills_in_the_phones_that_it_names(stand: Stand) -> None:
    alice, slack, (phone,) = stand.alice, stand.slack, phones_of(stand, 1)
    alert = slack.person("U0BOB").says(f"ALERT: {phone} is down, please look", channel=CHANNEL)
    assert (await alice.uses_shortcut("run_about", alert)).is_ok
    choice = await slack.view_of("U0ALICE", containing="What shall be done about this message?")
    assert (await alice.presses(choice, "choose_action", chooses="Reboot phones")).is_ok
    form = await slack.view_of("U0ALICE", callback_id="run", containing="Reboot phones")
    assert phone in form.seen
    assert (await alice.submits(form, {})).errors == {}
    await slack.message_in(CHANNEL, containing="Card of op_", thread_ts=alert.ts)


async def test_who_may_not_list_phones_is_suggested_none(stand: Stand) -> None:
    alice, slack, (phone,) = stand.alice, stand.slack, phones_of(stand, 1)
    await alice.types("/phone", "reset", channel=CHANNEL)
    form = await slack.view_of("U0ALICE")
    people = {"alice": {"roles": [], "slack": ["T01:U0ALICE"]}}
    stand.bench.reload(stand.bench.policy.team.model_validate({"people": people}))
    assert (await alice.suggests(form, "suggest:phones", phone[:4])).values == [phone[:4]]
    await alice.submits(form, {"suggest:phones": [phone[:4]]})
    await slack.ephemeral_to("U0ALICE", containing="alice may not reset_instances")


async def test_more_phones_than_a_menu_takes_are_all_in_the_form_and_all_in_the_plan(stand: Stand) -> None:
    alice, slack, phones = stand.alice, stand.slack, phones_of(stand, 120)
    await alice.types("/phone", f"assign {' '.join(phones)} --plan", channel=CHANNEL)
    form = await slack.view_of("U0ALICE", containing="Assign phones")
    assert " ".join(phones) in str(form.payload)
    await alice.suggests(form, "suggest:users", "1123422")
    assert (await alice.submits(form, {"suggest:users": "1123422"})).errors == {}
    await slack.ephemeral_to("U0ALICE", containing="120 phones")


async def test_what_does_not_fit_into_a_form_is_refused_with_what_to_do(stand: Stand) -> None:
    phones = " ".join(f"phone{number:03}" for number in range(400))
    await stand.alice.types("/phone", f"assign {phones}", channel=CHANNEL)
    shown = await stand.slack.ephemeral_to("U0ALICE", containing="too long for a form")
    assert "choose phones with a filter" in shown.seen
