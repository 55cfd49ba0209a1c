"""The Web API, asked by the SDK's own client."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slack.application import Application
from tests.slack.clock import Clock
from tests.slack.conftest import client_of
from tests.slack.fake import FakeSlack, fake_slack

pytestmark = pytest.mark.anyio

HOME = {"type": "home", "blocks": [{"type": "divider"}]}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Phones"}, "blocks": [{"type": "divider"}]}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "three phones"}}


async def refusal(slack: FakeSlack, method: str, token: str | None = None, **arguments: object) -> str:
    sent = "data" if all(isinstance(each, str) for each in arguments.values()) else "json"
    with pytest.raises(SlackApiError) as refused:
        await client_of(slack, token).api_call(method, **{sent: arguments})  # type: ignore[arg-type]  # either takes them
    return str(refused.value.response["error"])


def trigger(slack: FakeSlack, user: str = "U0BOB") -> str:
    slack.person(user)
    return slack.state.tickets.trigger(user)


async def test_message_is_posted_edited_and_deleted(slack: FakeSlack) -> None:
    client = client_of(slack)
    posted = await client.chat_postMessage(channel="C0OPS", text="Rebooting", blocks=[SECTION])
    message = await slack.message_in("C0OPS", containing="three phones")
    assert message.ts == posted["ts"]
    await client.chat_update(channel="C0OPS", ts=message.ts, text="Rebooted")
    assert message.text == "Rebooted"
    assert message.blocks, "blocks stay unless others are given"
    await client.chat_update(channel="C0OPS", ts=message.ts, text="Rebooted", blocks=[])
    assert not message.blocks
    assert [version["text"] for version in message.versions] == ["Rebooting", "Rebooted", "Rebooted"]
    await client.chat_delete(channel="C0OPS", ts=message.ts)
    assert await refusal(slack, "chat.update", channel="C0OPS", ts=message.ts, text="x") == "message_not_found"
    assert len(message.times) == len(message.versions)
    assert [call.method for call in slack.calls("chat.update")] == ["chat.update"] * 3


async def test_messages_go_only_where_they_can(slack: FakeSlack) -> None:
    slack.channel("C0ELSE", with_app=False)
    slack.person("U0BOB")
    assert await refusal(slack, "chat.postMessage", channel="C0NONE", text="x") == "channel_not_found"
    assert await refusal(slack, "chat.postMessage", channel="C0ELSE", text="x") == "not_in_channel"
    assert await refusal(slack, "chat.postMessage", channel="C0OPS") == "no_text"
    assert await refusal(slack, "chat.postMessage", channel="C0OPS", text="x", thread_ts="1.2") == "thread_not_found"
    missing = await refusal(slack, "chat.postEphemeral", channel="C0OPS", user="U0BOB", text="x")
    assert missing == "user_not_in_channel"
    theirs = slack.person("U0BOB").says("mine")
    assert await refusal(slack, "chat.update", channel="C0OPS", ts=theirs.ts, text="x") == "cant_update_message"


async def test_threads_histories_and_direct_conversations_hold_what_was_said(slack: FakeSlack) -> None:
    client = client_of(slack)
    bob = slack.person("U0BOB")
    first = bob.says("disk full")
    await client.chat_postMessage(channel="C0OPS", text="looking", thread_ts=first.ts)
    await client.chat_postMessage(channel="C0OPS", text="done")
    history = await client.conversations_history(channel="C0OPS")
    assert [message["text"] for message in history["messages"]] == ["done", "disk full"]
    replies = await client.conversations_replies(channel="C0OPS", ts=first.ts)
    assert [message["text"] for message in replies["messages"]] == ["disk full", "looking"]
    assert (await client.conversations_members(channel="C0OPS"))["members"] == ["U0BOB", "U0BOT"]
    opened = await client.conversations_open(users="U0BOB")
    await client.chat_postMessage(channel=opened["channel"]["id"], text="for you")
    assert (await slack.message_in("U0BOB")).text == "for you"


async def test_direct_conversations_are_with_people_who_are_there(slack: FakeSlack) -> None:
    slack.person("U0GONE", deleted=True)
    assert await refusal(slack, "conversations.open") == "users_list_not_supplied"
    assert await refusal(slack, "conversations.open", users="U0BOT") == "cannot_dm_bot"
    assert await refusal(slack, "conversations.open", users="U0GONE") == "user_disabled"
    assert await refusal(slack, "conversations.replies", channel="C0OPS", ts="1.2") == "thread_not_found"


async def test_methods_that_read_see_nothing_in_json(slack: FakeSlack) -> None:
    slack.person("U0BOB")
    with pytest.raises(SlackApiError, match="user_not_found"):
        await client_of(slack).api_call("users.info", json={"user": "U0BOB"})
    assert (await client_of(slack).api_call("users.info", data={"user": "U0BOB"}))["user"]["id"] == "U0BOB"


async def test_history_is_paged_and_cut_by_time(slack: FakeSlack) -> None:
    client = client_of(slack)
    said = [slack.person("U0BOB").says(str(number)).ts for number in range(5)]
    page = await client.conversations_history(channel="C0OPS", limit=2)
    rest = await client.conversations_history(channel="C0OPS", limit=9, cursor=page["response_metadata"]["next_cursor"])
    assert [message["text"] for message in (*page["messages"], *rest["messages"])] == ["4", "3", "2", "1", "0"]
    cut = await client.conversations_history(channel="C0OPS", oldest=said[1], latest=said[3])
    assert [message["text"] for message in cut["messages"]] == ["2"]
    whole = await client.conversations_history(channel="C0OPS", oldest=said[1], latest=said[3], inclusive=True)
    assert len(whole["messages"]) == 3


async def test_permalinks_and_reactions_need_a_message(slack: FakeSlack) -> None:
    slack.application.scopes |= {"reactions:write"}
    ts = slack.person("U0BOB").says("disk full").ts
    link = (await client_of(slack).chat_getPermalink(channel="C0OPS", message_ts=ts))["permalink"]
    assert link.endswith(f"/archives/C0OPS/p{ts.replace('.', '')}")
    await client_of(slack).reactions_add(channel="C0OPS", timestamp=ts, name="eyes")
    assert await refusal(slack, "reactions.add", channel="C0OPS", timestamp=ts, name="eyes") == "already_reacted"
    assert await refusal(slack, "reactions.add", channel="C0OPS", timestamp="1.2", name="eyes") == "message_not_found"
    assert await refusal(slack, "chat.getPermalink", channel="C0OPS", message_ts="1.2") == "message_not_found"


async def test_views_are_of_the_type_their_method_shows(slack: FakeSlack) -> None:
    slack.person("U0BOB")
    assert await refusal(slack, "views.publish", user_id="U0BOB", view=MODAL) == "invalid_arguments"
    assert await refusal(slack, "views.open", trigger_id=trigger(slack), view=HOME) == "invalid_arguments"
    assert await refusal(slack, "views.open", trigger_id=trigger(slack), view={"type": "modal"}) == "invalid_arguments"
    assert await refusal(slack, "views.push", trigger_id=trigger(slack), view=MODAL) == "not_found"
    assert slack.complaints.pop() == "views.open with a view of type home"


async def test_upload_is_as_long_as_announced(slack: FakeSlack) -> None:
    client = client_of(slack)
    given = await client.files_getUploadURLExternal(filename="a.csv", length=3)
    async with aiohttp.ClientSession() as session, session.post(given["upload_url"], data=b"four") as answer:
        assert answer.status == 400
    files = [{"id": given["file_id"], "title": "a"}]
    assert await refusal(slack, "files.completeUploadExternal", files=files) == "file_not_found"
    assert await refusal(slack, "files.completeUploadExternal", files=[]) == "invalid_arguments"
    assert await refusal(slack, "files.getUploadURLExternal", filename="a.csv") == "invalid_arguments"


async def test_metadata_is_told_to_who_asks_for_it(slack: FakeSlack) -> None:
    client = client_of(slack)
    metadata = {"event_type": "operation", "event_payload": {"id": "op-1"}}
    await client.chat_postMessage(channel="C0OPS", text="x", metadata=metadata)
    (plain,) = (await client.conversations_history(channel="C0OPS"))["messages"]
    (full,) = (await client.conversations_history(channel="C0OPS", include_all_metadata=True))["messages"]
    assert "metadata" not in plain
    assert full["metadata"] == metadata


async def test_deleted_first_message_keeps_its_thread_only_with_replies(slack: FakeSlack) -> None:
    client = client_of(slack)
    kept, lost = slack.person("U0BOB").says("one"), slack.person("U0BOB").says("two")
    await client.chat_postMessage(channel="C0OPS", text="reply", thread_ts=kept.ts)
    for message in (kept, lost):
        slack.person("U0BOB").deletes(message)
    await client.chat_postMessage(channel="C0OPS", text="more", thread_ts=kept.ts)
    refused = await refusal(slack, "chat.postMessage", channel="C0OPS", text="x", thread_ts=lost.ts)
    assert refused == "thread_not_found"


async def test_tokens_and_scopes_are_checked() -> None:
    async with fake_slack(Application(scopes=frozenset({"users:read"}))) as slack:
        assert await refusal(slack, "auth.test", token="xoxb-another") == "invalid_auth"
        assert await refusal(slack, "chat.postMessage", channel="C0OPS", text="x") == "missing_scope"
        app, bot = slack.application.app_token, slack.application.bot_token
        assert await refusal(slack, "users.info", token=app, user="U0BOT") == "not_allowed_token_type"
        assert await refusal(slack, "apps.connections.open", token=bot) == "not_allowed_token_type"
        slack.revokes(bot)
        assert await refusal(slack, "auth.test") == "token_revoked"


async def test_unknown_method_is_refused_and_complained_about(slack: FakeSlack) -> None:
    assert await refusal(slack, "chat.meMessage", channel="C0OPS") == "unknown_method"
    assert slack.complaints.pop().startswith("chat.meMessage")


async def test_groups_and_users_are_as_the_test_says_now(slack: FakeSlack) -> None:
    client = client_of(slack)
    slack.group("S0ONCALL", "U0BOB")
    assert (await client.usergroups_users_list(usergroup="S0ONCALL"))["users"] == ["U0BOB"]
    slack.group("S0ONCALL")
    assert (await client.usergroups_users_list(usergroup="S0ONCALL"))["users"] == []
    assert await refusal(slack, "usergroups.users.list", usergroup="S0NONE") == "no_such_subteam"
    slack.person("U0GUEST", is_restricted=True)
    assert (await client.users_info(user="U0GUEST"))["user"]["is_restricted"]
    slack.person("U0GUEST", deleted=True)
    assert (await client.users_info(user="U0GUEST"))["user"]["deleted"]
    assert await refusal(slack, "users.info", user="U0NONE") == "user_not_found"


async def test_triggers_are_good_once_and_for_three_seconds(slack: FakeSlack) -> None:
    used, old = trigger(slack), trigger(slack)
    await client_of(slack).views_open(trigger_id=used, view=MODAL)
    assert await refusal(slack, "views.open", trigger_id=used, view=MODAL) == "exchanged_trigger_id"
    slack.clock.advance(3.1)
    assert await refusal(slack, "views.open", trigger_id=old, view=MODAL) == "expired_trigger_id"
    assert await refusal(slack, "views.open", trigger_id="made-up", view=MODAL) == "invalid_trigger_id"


async def test_views_keep_hash_external_id_and_a_stack_of_three(slack: FakeSlack) -> None:
    client = client_of(slack)
    first = await client.views_open(trigger_id=trigger(slack), view={**MODAL, "external_id": "op-1"})
    stale = first["view"]["hash"]
    await client.views_update(external_id="op-1", view={**MODAL, "external_id": "op-1"}, hash=stale)
    identifier = first["view"]["id"]
    assert await refusal(slack, "views.update", view_id=identifier, view=MODAL, hash=stale) == "hash_conflict"
    again = {**MODAL, "external_id": "op-1"}
    assert await refusal(slack, "views.push", trigger_id=trigger(slack), view=again) == "duplicate_external_id"
    for _ in range(2):
        await client.views_push(trigger_id=trigger(slack), view=MODAL)
    assert await refusal(slack, "views.push", trigger_id=trigger(slack), view=MODAL) == "push_limit_reached"
    await slack.person("U0BOB").closes(await slack.view_of("U0BOB"))
    top = await slack.view_of("U0BOB")
    await slack.person("U0BOB").closes(top)
    assert await refusal(slack, "views.update", view_id=top.id, view=MODAL) == "not_found"


async def test_home_is_published_for_each_person(slack: FakeSlack) -> None:
    client = client_of(slack)
    slack.person("U0BOB")
    first = await client.views_publish(user_id="U0BOB", view=HOME)
    await client.views_publish(user_id="U0BOB", view=HOME, hash=first["view"]["hash"])
    stale = await refusal(slack, "views.publish", user_id="U0BOB", view=HOME, hash=first["view"]["hash"])
    assert stale == "hash_conflict"
    assert len((await slack.home_of("U0BOB")).versions) == 2


async def test_response_url_takes_five_messages_within_half_an_hour(slack: FakeSlack) -> None:
    slack.person("U0BOB")
    url = slack.state.response_url(slack.state.tickets.response_url("U0BOB", "C0OPS"))
    webhook = AsyncWebhookClient(url)
    for number in range(5):
        assert (await webhook.send(text=f"message {number}")).body == "ok"
    sixth = await webhook.send(text="message 6")
    assert (sixth.status_code, sixth.body) == (404, "used_url")
    assert (await slack.ephemeral_to("U0BOB")).text == "message 4"
    late = AsyncWebhookClient(slack.state.response_url(slack.state.tickets.response_url("U0BOB", "C0OPS")))
    slack.clock.advance(30 * 60 + 1)
    assert (await late.send(text="x")).body == "expired_url"


async def test_response_url_replaces_and_deletes_the_message_pressed(slack: FakeSlack) -> None:
    await client_of(slack).chat_postMessage(channel="C0OPS", text="Go?")
    card = await slack.message_in("C0OPS")
    webhook = AsyncWebhookClient(slack.state.response_url(slack.state.tickets.response_url("U0BOB", "C0OPS", card)))
    await webhook.send(text="Gone", replace_original=True)
    assert card.text == "Gone"
    await webhook.send(delete_original=True)
    assert not slack.messages_in("C0OPS")


async def test_file_is_uploaded_as_the_sdk_does_it(slack: FakeSlack) -> None:
    await client_of(slack).files_upload_v2(channel="C0OPS", filename="phones.csv", content="a,b\n1,2\n")
    file = await slack.file_in("C0OPS", named="phones")
    assert file.text == "a,b\n1,2\n"


async def test_waiting_in_vain_says_what_is_there_instead(slack: FakeSlack) -> None:
    slack.state.changes.patience = 0.05
    await client_of(slack).chat_postMessage(channel="C0OPS", text="Something else")
    with pytest.raises(AssertionError, match="Something else"):
        await slack.message_in("C0OPS", containing="Reset")


async def test_standing_clock_moves_only_when_told() -> None:
    clock = Clock(stands_still=True)
    begun = clock()
    waiting = asyncio.ensure_future(clock.until(begun + 60))
    await asyncio.sleep(0)
    clock.advance(59)
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.advance(1)
    await waiting
    assert clock() == begun + 60
