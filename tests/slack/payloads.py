"""Bodies of what Slack tells an app, with the fields Slack fills in."""

from uuid import uuid4

from tests.slack import JsonObject
from tests.slack.state import State
from tests.slack.views import View
from tests.slack.workspace import Channel, Message, User


def command(state: State, user: User, channel: Channel, name: str, text: str) -> JsonObject:
    """A slash command; all values are text."""
    team = state.team_json(user.team)
    return {
        "token": state.application.verification_token,
        "team_id": team["id"],
        "team_domain": team["domain"],
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": state.application.app_id,
        "is_enterprise_install": "false",
        "response_url": state.response_url(state.tickets.response_url(user.id, channel.id)),
        "trigger_id": state.tickets.trigger(user.id),
    }


def _interaction(state: State, user: User, kind: str) -> JsonObject:
    return {
        "type": kind,
        "token": state.application.verification_token,
        "api_app_id": state.application.app_id,
        "team": state.team_json(user.team),
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _place(state: State, target: Message | View) -> JsonObject:
    """Where something was pressed."""
    if isinstance(target, View):
        return {"container": {"type": "view", "view_id": target.id}, "view": target.as_json()}
    channel = state.workspace.channels[target.channel]
    container: JsonObject = {"type": "message", "message_ts": target.ts, "channel_id": target.channel}
    container["is_ephemeral"] = target.only_to is not None
    if target.thread_ts:
        container["thread_ts"] = target.thread_ts
    shown = {} if target.only_to else {"message": target.as_json()}  # Slack does not repeat ephemeral messages
    return {"container": container, "channel": {"id": channel.id, "name": channel.name}, **shown}


def block_actions(
    state: State, user: User, target: Message | View, action: JsonObject, values: JsonObject
) -> JsonObject:
    """Something pressed or chosen in a message, a form or the home tab."""
    place = _place(state, target)
    is_form = isinstance(target, View) and target.payload["type"] == "modal"
    common = _interaction(state, user, "block_actions")
    trigger = state.tickets.trigger(user.id, target.id if is_form and isinstance(target, View) else None)
    timed = {**action, "action_ts": state.workspace.stamp()}
    payload = {**common, **place, "trigger_id": trigger, "state": {"values": values}, "actions": [timed]}
    if isinstance(target, View):
        payload["view"] = target.as_json(values)
    else:
        identifier = state.tickets.response_url(user.id, target.channel, target)
        payload["response_url"] = state.response_url(identifier)
    return payload


def view_submission(state: State, user: User, view: View, values: JsonObject) -> JsonObject:
    """A form, filled in."""
    common = _interaction(state, user, "view_submission")
    return {**common, "trigger_id": state.tickets.trigger(user.id), "view": view.as_json(values), "response_urls": []}


def view_closed(state: State, user: User, view: View) -> JsonObject:
    """A form, closed without being sent."""
    return {**_interaction(state, user, "view_closed"), "view": view.as_json(), "is_cleared": False}


def block_suggestion(state: State, user: User, target: Message | View, place: JsonObject, text: str) -> JsonObject:
    """Letters typed into an external select."""
    return {**_interaction(state, user, "block_suggestion"), **_place(state, target), **place, "value": text}


def shortcut(state: State, user: User, callback_id: str) -> JsonObject:
    """A shortcut of the whole workspace."""
    timed = {"action_ts": state.workspace.stamp(), "trigger_id": state.tickets.trigger(user.id)}
    return {**_interaction(state, user, "shortcut"), "callback_id": callback_id, **timed}


def message_action(state: State, user: User, callback_id: str, message: Message) -> JsonObject:
    """A shortcut of one message."""
    channel = state.workspace.channels[message.channel]
    identifier = state.tickets.response_url(user.id, channel.id, message)
    return {
        **_interaction(state, user, "message_action"),
        "callback_id": callback_id,
        "action_ts": state.workspace.stamp(),
        "trigger_id": state.tickets.trigger(user.id),
        "response_url": state.response_url(identifier),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.name},
        "message": message.as_json(),
    }


def event(state: State, user: User, body: JsonObject, *, is_shared: bool = False) -> JsonObject:
    """The wrapper of an event."""
    app = state.application
    installed = {"enterprise_id": None, "team_id": app.team, "user_id": app.bot_user}
    return {
        "type": "event_callback",
        "token": app.verification_token,
        "team_id": app.team,
        "api_app_id": app.app_id,
        "context_team_id": app.team,
        "context_enterprise_id": None,
        "event": {**body, "user": user.id},
        "event_id": f"Ev{uuid4().hex[:10].upper()}",
        "event_time": int(state.clock()),
        "authorizations": [{**installed, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": is_shared,
        "event_context": f"4-{uuid4().hex}",
    }


def app_mention(state: State, user: User, message: Message) -> JsonObject:
    """Somebody named the app in a message."""
    channel = state.workspace.channels[message.channel]
    thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
    strange = {"user_team": user.team, "source_team": user.team} if user.team != state.application.team else {}
    where = {"channel": channel.id, "ts": message.ts, "event_ts": message.ts, "team": user.team}
    source = {"bot_id": f"B{user.id[1:]}"} if user.is_bot else {"client_msg_id": str(uuid4())}
    body = {"type": "app_mention", "text": message.text, **source, **where, **thread, **strange}
    return event(state, user, body, is_shared=channel.is_ext_shared)


def home_opened(state: State, user: User) -> JsonObject:
    """Somebody looks at the app's home tab."""
    home = state.views.homes.get(user.id)
    shown = {"view": home.as_json()} if home else {}
    channel = state.workspace.direct(user.id).id
    body = {"type": "app_home_opened", "channel": channel, "tab": "home", "event_ts": state.workspace.stamp(), **shown}
    return event(state, user, body)
