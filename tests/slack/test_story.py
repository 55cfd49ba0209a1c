"""The driver's calls, which do the same over Socket Mode and over HTTP."""

import asyncio

import pytest

from tests.slack import JsonObject
from tests.slack.conftest import Recorder, client_of
from tests.slack.fake import FakeSlack
from tests.slack.workspace import Message

pytestmark = pytest.mark.anyio

FORM = {
    "type": "modal",
    "callback_id": "reset",
    "title": {"type": "plain_text", "text": "Reset phones"},
    "submit": {"type": "plain_text", "text": "Reset 3 phones"},
    "private_metadata": "op-1",
    "blocks": [
        {
            "type": "input",
            "block_id": "phones",
            "label": {"type": "plain_text", "text": "Phones"},
            "element": {"type": "multi_external_select", "action_id": "phones", "min_query_length": 0},
        },
        {
            "type": "input",
            "block_id": "reason",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "reason", "max_length": 20},
        },
        {
            "type": "input",
            "block_id": "how",
            "optional": True,
            "label": {"type": "plain_text", "text": "How"},
            "element": {
                "type": "static_select",
                "action_id": "how",
                "options": [{"text": {"type": "plain_text", "text": "Softly"}, "value": "soft"}],
                "initial_option": {"text": {"type": "plain_text", "text": "Softly"}, "value": "soft"},
            },
        },
    ],
}
OPTION = {"text": {"type": "plain_text", "text": "phone 7"}, "value": "p7"}


async def posted(slack: FakeSlack, **element: object) -> Message:
    """A card with one button."""
    button = {"type": "button", "action_id": "go", "value": "op-1", "text": {"type": "plain_text", "text": "Go"}}
    blocks = [{"type": "actions", "elements": [button | element]}]
    await client_of(slack).chat_postMessage(channel="C0OPS", text="Go?", blocks=blocks)
    return await slack.message_in("C0OPS", containing="Go?")


async def test_command_reaches_the_app_and_its_acknowledgement_is_seen_by_the_asker_alone(
    slack: FakeSlack, told: Recorder
) -> None:
    told.answer = {"text": "Looking for phones"}
    answer = await slack.person("U0BOB").types("/phone", "list region=cn-north-7 name=“a b” & more")
    assert answer.is_ok
    assert answer.seen == "Looking for phones"
    assert 0 <= answer.took < 3
    assert (await slack.ephemeral_to("U0BOB")).text == "Looking for phones"
    assert not slack.messages_in("C0OPS")
    (payload,) = told.got
    assert payload["text"] == "list region=cn-north-7 name=“a b” & more"
    assert (payload["command"], payload["user_id"], payload["team_id"]) == ("/phone", "U0BOB", "T01")


async def test_answer_in_channel_is_seen_by_everybody(slack: FakeSlack, told: Recorder) -> None:
    told.answer = {"text": "Rebooted", "response_type": "in_channel"}
    await slack.person("U0BOB").types("/phone", "reboot a")
    assert (await slack.message_in("C0OPS", containing="Rebooted")).only_to is None


async def test_press_carries_value_message_and_a_fresh_trigger(slack: FakeSlack, told: Recorder) -> None:
    card = await posted(slack)
    answer = await slack.person("U0BOB").presses(card, "go")
    assert answer.is_ok
    (payload,) = told.got
    assert payload["actions"][0]["value"] == "op-1"
    assert payload["message"]["ts"] == card.ts
    opened = await client_of(slack).views_open(trigger_id=payload["trigger_id"], view=FORM)
    assert opened["view"]["callback_id"] == "reset"


async def test_hidden_button_is_pressed_only_on_purpose(slack: FakeSlack, told: Recorder) -> None:
    card = await posted(slack, visible_to_user_ids=["U0ALICE"])
    with pytest.raises(AssertionError, match="does not see"):
        await slack.person("U0BOB").presses(card, "go")
    assert (await slack.person("U0BOB").presses(card, "go", although_hidden=True)).is_ok
    assert (await slack.person("U0ALICE").presses(card, "go")).is_ok
    slack.person("U0ALICE").deletes(card)
    with pytest.raises(AssertionError, match="deleted"):
        await slack.person("U0ALICE").presses(card, "go")


async def test_form_is_filled_from_suggestions_corrected_and_sent(slack: FakeSlack, told: Recorder) -> None:
    bob = slack.person("U0BOB")
    await client_of(slack).views_open(trigger_id=slack.state.tickets.trigger("U0BOB"), view=FORM)
    form = await slack.view_of("U0BOB", callback_id="reset")

    with pytest.raises(AssertionError, match="ask for suggestions first"):
        await bob.submits(form, {"phones": ["p7"], "reason": "stuck"})
    told.answer = {"options": [OPTION]}
    assert (await bob.suggests(form, "phones", "phone")).values == ["p7"]
    with pytest.raises(AssertionError, match="Reason"):
        await bob.submits(form, {"phones": ["p7"]})
    with pytest.raises(AssertionError, match="21 characters"):
        await bob.submits(form, {"phones": ["p7"], "reason": "x" * 21})

    told.answer = {"response_action": "errors", "errors": {"reason": "Say more"}}
    answer = await bob.submits(form, {"phones": ["p7"], "reason": "x"})
    assert answer.errors == {"reason": "Say more"}
    assert form.is_open

    told.answer = None
    assert (await bob.submits(form, {"phones": ["p7"], "reason": "stuck since noon"})).is_ok
    assert slack.state.views.top("U0BOB") is None
    values = told.got[-1]["view"]["state"]["values"]
    assert values["phones"]["phones"]["selected_options"] == [OPTION]
    assert values["reason"]["reason"]["value"] == "stuck since noon"
    assert values["how"]["how"]["selected_option"]["value"] == "soft"
    assert told.got[-1]["view"]["private_metadata"] == "op-1"


async def test_submission_may_change_stack_and_clear_forms(slack: FakeSlack, told: Recorder) -> None:
    bob = slack.person("U0BOB")
    plain = {**FORM, "blocks": [{"type": "divider"}]}
    await client_of(slack).views_open(trigger_id=slack.state.tickets.trigger("U0BOB"), view=plain)
    first = await slack.view_of("U0BOB")
    for depth in (2, 3):
        told.answer = {"response_action": "push", "view": {**plain, "callback_id": f"form {depth}"}}
        answer = await bob.submits(await slack.view_of("U0BOB"))
        assert answer.view is not None
        assert answer.view.callback_id == f"form {depth}"
    told.answer = {"response_action": "update", "view": {**plain, "callback_id": "changed"}}
    answer = await bob.submits(await slack.view_of("U0BOB"))
    assert answer.view is not None
    assert answer.view.callback_id == "changed"
    told.answer = {"response_action": "clear"}
    await bob.submits(await slack.view_of("U0BOB"))
    assert not first.is_open


async def test_options_of_a_message_are_chosen_as_on_the_screen(slack: FakeSlack, told: Recorder) -> None:
    bob = slack.person("U0BOB")
    menus = [
        {"type": "static_select", "action_id": "how", "options": [OPTION]},
        {"type": "overflow", "action_id": "more", "options": [OPTION]},
        {"type": "external_select", "action_id": "which", "min_query_length": 2},
        {"type": "datepicker", "action_id": "when"},
    ]
    await client_of(slack).chat_postMessage(
        channel="C0OPS", text="Choose", blocks=[{"type": "actions", "elements": menus}]
    )
    card = await slack.message_in("C0OPS")
    await bob.presses(card, "how", chooses="phone 7")
    await bob.presses(card, "more", chooses="p7")
    await bob.presses(card, "when", chooses="2026-11-24")
    assert [payload["actions"][0].get("selected_option") for payload in told.got] == [OPTION, OPTION, None]
    assert told.got[2]["actions"][0]["selected_date"] == "2026-11-24"
    with pytest.raises(AssertionError, match="no option 'p8'"):
        await bob.presses(card, "how", chooses="p8")
    with pytest.raises(AssertionError, match="from 2 characters on"):
        await bob.suggests(card, "which", "p")
    told.answer = {"option_groups": [{"label": {"type": "plain_text", "text": "Region"}, "options": [OPTION]}]}
    assert (await bob.suggests(card, "which", "ph")).values == ["p7"]
    told.answer = None
    await bob.presses(card, "which", chooses="p7")
    assert told.got[-1]["actions"][0]["selected_option"] == OPTION


async def test_button_of_the_home_tab_opens_a_form_which_tells_when_it_is_closed(
    slack: FakeSlack, told: Recorder
) -> None:
    bob = slack.person("U0BOB")
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    home = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    await client_of(slack).views_publish(user_id="U0BOB", view=home)
    await bob.presses(await slack.home_of("U0BOB"), "go")
    assert told.got[0]["container"]["type"] == "view"
    form = {**FORM, "notify_on_close": True}
    await client_of(slack).views_open(trigger_id=told.got[0]["trigger_id"], view=form)
    with pytest.raises(AssertionError, match="only U0BOB sees"):
        await slack.person("U0ALICE").presses(await slack.view_of("U0BOB"), "phones")
    assert await bob.closes(await slack.view_of("U0BOB"))
    assert told.got[-1]["type"] == "view_closed"


async def test_submission_that_was_not_acknowledged_leaves_the_form_open(slack: FakeSlack) -> None:
    bob = slack.person("U0BOB")
    await client_of(slack).views_open(
        trigger_id=slack.state.tickets.trigger("U0BOB"), view={**FORM, "blocks": [{"type": "divider"}]}
    )
    answer = await bob.submits(await slack.view_of("U0BOB"))
    assert answer.failure == "dispatch_failed"
    assert (await slack.view_of("U0BOB")).is_open


async def test_mention_home_and_shortcuts_arrive_as_slack_sends_them(slack: FakeSlack, told: Recorder) -> None:
    bob = slack.person("U0BOB")
    alert = slack.person("U0ALICE").says("disk full on a44uhlf7")
    await bob.mentions("status a44uhlf7", thread_ts=alert.ts)
    await bob.opens_home()
    await bob.uses_shortcut("run_action", alert)
    await bob.uses_shortcut("run_anything")
    mention, home, on_message, anywhere = told.got
    assert mention["event"]["text"] == "<@U0BOT> status a44uhlf7"
    assert mention["event"]["thread_ts"] == alert.ts
    assert (home["event"]["type"], home["event"]["tab"]) == ("app_home_opened", "home")
    assert (on_message["type"], on_message["message"]["text"]) == ("message_action", "disk full on a44uhlf7")
    assert (anywhere["type"], anywhere["callback_id"]) == ("shortcut", "run_anything")


async def test_late_acknowledgement_is_shown_as_a_failure(slack: FakeSlack, told: Recorder) -> None:
    release = asyncio.Event()

    async def slow(_payload: JsonObject) -> None:
        slack.clock.advance(3.1)
        await release.wait()

    told.listener = slow
    answer = await slack.person("U0BOB").types("/phone", "reboot a")
    assert answer.failure == "operation_timeout"
    assert answer.took > 3
    assert "operation_timeout" in answer.seen
    release.set()


async def test_lost_acknowledgement_of_an_event_is_sent_again_and_counted(slack: FakeSlack, told: Recorder) -> None:
    release = asyncio.Event()

    async def slow(_payload: JsonObject) -> None:
        slack.clock.advance(3.1)
        await release.wait()

    told.listener = slow
    assert (await slack.person("U0BOB").mentions("status")).failure == "operation_timeout"
    release.set()
    told.listener = None
    (again,) = await slack.retries()
    assert again.is_ok
    assert told.got[0]["event_id"] == told.got[1]["event_id"]
    retries = [envelope.retry_attempt for envelope in told.envelopes] or [
        int(headers.get("X-Slack-Retry-Num", 0)) for headers in told.headers
    ]
    assert retries == [0, 1]
    assert not slack.unacknowledged


async def test_same_event_may_come_under_new_ids(slack: FakeSlack, told: Recorder) -> None:
    answer = await slack.person("U0BOB").mentions("status")
    await slack.delivers_as_new(answer.delivery)
    first, second = told.got
    assert first["event_id"] != second["event_id"]
    assert first["event"] == second["event"]


async def test_bots_are_told_apart_in_events(slack: FakeSlack, told: Recorder) -> None:
    await slack.person("U0ROBOT", is_bot=True).mentions("status")
    await slack.person("U0BOB").mentions("status")
    assert ["bot_id" in payload["event"] for payload in told.got] == [True, False]


async def test_strangers_carry_their_own_workspace(slack: FakeSlack, told: Recorder) -> None:
    await slack.person("U9EVE", team="T99").types("/phone", "list")
    assert told.got[0]["team_id"] == "T99"
    user = (await client_of(slack).users_info(user="U9EVE"))["user"]
    assert (user["team_id"], user["is_stranger"]) == ("T99", True)


async def test_two_hundred_commands_at_once_are_all_acknowledged(slack: FakeSlack, told: Recorder) -> None:
    bob = slack.person("U0BOB")
    answers = await asyncio.gather(*(bob.types("/phone", f"status {n}") for n in range(200)))
    assert all(answer.is_ok for answer in answers)
    assert {payload["text"] for payload in told.got} == {f"status {n}" for n in range(200)}
