"""``chat.*``: messages with real state."""

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.inspection import inspect_message
from tests.slack.reading import with_block_ids
from tests.slack.refused import Refused
from tests.slack.state import State
from tests.slack.workspace import Channel, Message

KEPT = ("text", "blocks", "metadata", "attachments")


def content_of(state: State, arguments: JsonObject, where: str, seen_by: str | None) -> JsonObject:
    """What a message says, refused where Slack would refuse it.

    A message nobody could post is a complaint too, so that a test notices even if the app copes.
    """
    content = {name: arguments[name] for name in KEPT if arguments.get(name) not in (None, "")}
    if not content.get("text") and not content.get("blocks"):
        raise Refused("no_text")
    inspect_message(state, arguments, where=where, seen_by=seen_by)
    if "blocks" in content:
        content["blocks"] = with_block_ids(content["blocks"], f"b{len(state.workspace.messages)}-")
    return content


def post_message(state: State, call: Call) -> JsonObject:
    """A new message, in a channel or a thread."""
    channel = _writable(state, call)
    thread = call.text("thread_ts") or None
    if thread is not None and not state.workspace.in_thread(channel.id, thread):
        raise Refused("thread_not_found")
    content = content_of(state, call.arguments, f"chat.postMessage to {channel.id}", None)
    message = state.workspace.post(_by_app(state, channel, content, thread))
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def post_ephemeral(state: State, call: Call) -> JsonObject:
    """A message one person sees."""
    channel = _writable(state, call)
    user = state.workspace.user(call.text("user")).id
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    content = content_of(state, call.arguments, f"chat.postEphemeral to {user}", user)
    message = _by_app(state, channel, content, call.text("thread_ts") or None)
    message.only_to = user
    return {"message_ts": state.workspace.post(message).ts}


def update(state: State, call: Call) -> JsonObject:
    """Another content of a message of the app's own; blocks stay unless others are given."""
    message = _own(state, call, "cant_update_message")
    content = {**message.content, **content_of(state, call.arguments, f"chat.update of {message.ts}", None)}
    if call.arguments.get("blocks") == []:
        content.pop("blocks", None)
    state.workspace.edit(message, content)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": message.as_json()}


def delete(state: State, call: Call) -> JsonObject:
    """A message of the app's own goes."""
    message = _own(state, call, "cant_delete_message")
    state.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(state: State, call: Call) -> JsonObject:
    """The address of a message."""
    channel, ts = state.workspace.channel(call.text("channel")).id, call.text("message_ts")
    if state.workspace.find(channel, ts) is None:
        raise Refused("message_not_found")
    link = f"https://{state.application.domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    return {"channel": channel, "permalink": link}


def _writable(state: State, call: Call) -> Channel:
    """Slack posts where the app is a member, or anywhere public with one scope more."""
    channel = state.workspace.channel(call.text("channel"))
    is_member = channel.is_im or state.application.bot_user in channel.members
    if not is_member and (channel.is_private or "chat:write.public" not in state.application.scopes):
        raise Refused("not_in_channel")
    return channel


def _own(state: State, call: Call, otherwise: str) -> Message:
    message = state.workspace.find(state.workspace.channel(call.text("channel")).id, call.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if not message.by_app:
        raise Refused(otherwise)
    return message


def _by_app(state: State, channel: Channel, content: JsonObject, thread: str | None) -> Message:
    return Message(
        channel=channel.id,
        ts=state.workspace.stamp(),
        user=state.application.bot_user,
        content=content,
        by_app=True,
        thread_ts=thread,
    )
