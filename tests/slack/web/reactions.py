"""``reactions.*``."""

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.refused import Refused
from tests.slack.state import State


def add(state: State, call: Call) -> JsonObject:
    """An emoji under a message."""
    message = state.workspace.find(call.text("channel"), call.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    reactions = message.content.setdefault("reactions", [])
    if any(reaction["name"] == call.text("name") for reaction in reactions):
        raise Refused("already_reacted")
    reactions.append({"name": call.text("name"), "users": [state.application.bot_user], "count": 1})
    state.changes.happened()
    return {}
