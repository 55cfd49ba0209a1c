"""What an app says through a response URL, or in the acknowledgement of a command."""

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.refused import Refused
from tests.slack.state import State
from tests.slack.tickets import ResponseUrl
from tests.slack.web.chat import content_of
from tests.slack.workspace import Message


def respond(state: State, call: Call) -> JsonObject:
    """A new message, or another content or the end of the one it answers to."""
    url = state.tickets.use(call.token)
    if call.flag("delete_original"):
        state.workspace.delete(_original(url))
    elif call.flag("replace_original"):
        original = _original(url)
        seen_by = original.only_to
        state.workspace.edit(original, content_of(state, call.arguments, "response_url, replacing", seen_by))
    else:
        say(state, call.arguments, user=url.user, channel=url.channel, where="response_url")
    return {"ok": True}


def say(state: State, body: JsonObject, *, user: str, channel: str, where: str) -> Message:
    """A message in answer to a person: theirs alone unless ``response_type`` is ``in_channel``."""
    only_to = None if body.get("response_type") == "in_channel" else user
    content = content_of(state, body, where, only_to)
    message = Message(
        channel=channel,
        ts=state.workspace.stamp(),
        user=state.application.bot_user,
        content=content,
        by_app=True,
        thread_ts=body.get("thread_ts"),
        only_to=only_to,
    )
    return state.workspace.post(message)


def _original(url: ResponseUrl) -> Message:
    if url.original is None or url.original.is_deleted:
        raise Refused("message_not_found")
    return url.original
