"""Everything shown is looked at, whichever way it came."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slack.conftest import Recorder, client_of
from tests.slack.fake import FakeSlack, fake_slack
from tests.slack.samples import HOME, MODAL, asking, mrkdwn, option

pytestmark = pytest.mark.anyio
BAD = [{"type": "section", "text": mrkdwn("x" * 3001)}]


def taken(slack: FakeSlack) -> list[str]:
    """Complaints so far, which are then forgotten."""
    complaints = list(slack.complaints)
    slack.complaints.clear()
    return complaints


async def test_message_beyond_a_limit_is_refused_with_the_reason_and_kept_as_a_complaint(slack: FakeSlack) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client_of(slack).chat_postMessage(channel="C0OPS", text="x", blocks=BAD)
    assert refused.value.response["error"] == "invalid_blocks"
    assert "3001 characters" in refused.value.response["response_metadata"]["messages"][0]
    assert len(taken(slack)) == 1
    with pytest.raises(SlackApiError, match="msg_too_long"):
        await client_of(slack).chat_postMessage(channel="C0OPS", text="x" * 4001)
    assert len(taken(slack)) == 1


async def test_views_and_response_urls_are_looked_at_too(slack: FakeSlack) -> None:
    slack.person("U0BOB")
    trigger = slack.state.tickets.trigger("U0BOB")
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client_of(slack).views_open(trigger_id=trigger, view={**MODAL, "blocks": BAD})
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await client_of(slack).views_publish(user_id="U0BOB", view={**HOME, "blocks": BAD})
    url = slack.state.response_url(slack.state.tickets.response_url("U0BOB", "C0OPS"))
    assert (await AsyncWebhookClient(url).send(text="x", blocks=BAD)).status_code == 404
    assert len(taken(slack)) == 3


async def test_acknowledgements_are_looked_at_too(slack: FakeSlack, told: Recorder) -> None:
    bob = slack.person("U0BOB")
    told.answer = {"text": "x", "blocks": BAD}
    await bob.types("/phone")
    assert taken(slack)
    form = {**MODAL, "blocks": [asking({"type": "external_select", "action_id": "phone", "min_query_length": 0})]}
    await client_of(slack).views_open(trigger_id=slack.state.tickets.trigger("U0BOB"), view=form)
    view = await slack.view_of("U0BOB")
    told.answer = {"options": [option(str(number)) for number in range(101)]}
    await bob.suggests(view, "phone")
    assert any("101 entries" in complaint for complaint in taken(slack))
    wrong: list[dict[str, str]] = [{"nowhere": "x"}, {}, {"ask": ""}]
    for errors in wrong:
        told.answer = {"response_action": "errors", "errors": errors}
        await bob.submits(view, {"phone": "1"})
        assert taken(slack)
    told.answer = {"response_action": "update", "view": {**MODAL, "blocks": BAD}}
    await bob.submits(view, {"phone": "1"})
    assert taken(slack)
    await client_of(slack).chat_postMessage(
        channel="C0OPS",
        text="Go?",
        blocks=[
            {
                "type": "actions",
                "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
            }
        ],
    )
    told.answer = {"text": "nobody sees this"}
    await bob.presses(await slack.message_in("C0OPS"), "go")
    assert taken(slack)


async def test_marked_secret_is_shown_to_its_reader_alone(slack: FakeSlack) -> None:
    slack.person("U0BOB").says("hello")
    slack.person("U0ALICE").says("hello")
    slack.secret("tok-123", only_to="U0BOB")
    client = client_of(slack)
    await client.chat_postEphemeral(channel="C0OPS", user="U0BOB", text="Your token: tok-123")
    assert taken(slack) == []
    await client.chat_postEphemeral(channel="C0OPS", user="U0ALICE", text="Your token: tok-123")
    await client.chat_postMessage(channel="C0OPS", text="The token: tok-123")
    await client.files_upload_v2(channel="C0OPS", filename="a.csv", content="token\ntok-123\n")
    assert len(taken(slack)) == 3


async def test_calls_to_everybody_are_complaints_and_mentions_are_listed(slack: FakeSlack) -> None:
    await client_of(slack).chat_postMessage(channel="C0OPS", text="<!channel> <@U0BOB> <https://x.example|x>")
    assert taken(slack) == ["chat.postMessage to C0OPS: <!channel> would call everybody"]
    assert slack.calls_people() == {"U0BOB"}
    assert slack.leads_to() == {"https://x.example"}


async def test_complaint_fails_the_test_that_caused_it() -> None:
    async def story() -> None:
        async with fake_slack() as slack:
            with pytest.raises(SlackApiError):
                await client_of(slack).api_call("chat.meMessage")

    with pytest.raises(AssertionError, match="a method this fake does not know"):
        await story()
