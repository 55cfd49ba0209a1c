"""``conversations.*``: where messages go and what was said there."""

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.refused import Refused
from tests.slack.state import State
from tests.slack.workspace import Message


def open_direct(state: State, call: Call) -> JsonObject:
    """The direct conversation with one user."""
    users = [user for user in call.text("users").split(",") if user]
    if len(users) != 1:
        raise Refused("users_list_not_supplied" if not users else "not_enough_users")
    user = state.workspace.user(users[0])
    if user.is_bot:
        raise Refused("cannot_dm_bot")
    if user.deleted:
        raise Refused("user_disabled")
    channel = state.workspace.direct(user.id)
    return {"channel": channel.as_json() if call.flag("return_im") else {"id": channel.id}}


def info(state: State, call: Call) -> JsonObject:
    """One channel."""
    return {"channel": state.workspace.channel(call.text("channel")).as_json()}


def history(state: State, call: Call) -> JsonObject:
    """Messages of a channel, newest first, replies left out; ``oldest``, ``latest`` and ``inclusive`` as with Slack."""
    channel = state.workspace.channel(call.text("channel")).id
    found = [m for m in state.workspace.in_channel(channel) if m.thread_ts in (None, m.ts) and _within(m, call)]
    return _page([_told(message, call) for message in reversed(found)], call)


def replies(state: State, call: Call) -> JsonObject:
    """A thread, oldest first."""
    channel, ts = state.workspace.channel(call.text("channel")).id, call.text("ts")
    if not state.workspace.in_thread(channel, ts):
        raise Refused("thread_not_found")
    found = [m for m in state.workspace.in_channel(channel) if ts in (m.ts, m.thread_ts) and _within(m, call)]
    return _page([_told(message, call) for message in found], call)


def members(state: State, call: Call) -> JsonObject:
    """Ids of who is in a channel."""
    return {"members": sorted(state.workspace.channel(call.text("channel")).members)}


def _told(message: Message, call: Call) -> JsonObject:
    """Metadata only where it was asked for."""
    told = message.as_json()
    return told if call.flag("include_all_metadata") else {k: v for k, v in told.items() if k != "metadata"}


def _within(message: Message, call: Call) -> bool:
    ts, oldest, latest = float(message.ts), call.text("oldest"), call.text("latest")
    inclusive = call.flag("inclusive")
    is_late = not oldest or ts > float(oldest) or (inclusive and message.ts == oldest)
    return is_late and (not latest or ts < float(latest) or (inclusive and message.ts == latest))


def _page(messages: list[JsonObject], call: Call) -> JsonObject:
    start, limit = int(call.text("cursor", "0")), int(call.text("limit", "100"))
    has_more = len(messages) > start + limit
    cursor = {"response_metadata": {"next_cursor": str(start + limit)}} if has_more else {}
    return {"messages": messages[start : start + limit], "has_more": has_more, **cursor}
