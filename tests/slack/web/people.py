"""``users.*``, ``usergroups.*``, ``auth.test``: who is who."""

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.refused import Refused
from tests.slack.state import State


def auth_test(state: State, call: Call) -> JsonObject:
    """Whose token it is."""
    app = state.application
    if call.token == app.app_token:
        return {"app_name": "phones", "app_id": app.app_id}
    names = {"url": f"https://{app.domain}.slack.com/", "team": app.domain, "user": "phones"}
    return {**names, "team_id": app.team, "user_id": app.bot_user, "bot_id": app.bot_id, "is_enterprise_install": False}


def info(state: State, call: Call) -> JsonObject:
    """One user."""
    return {"user": state.workspace.user(call.text("user")).as_json()}


def members_of_group(state: State, call: Call) -> JsonObject:
    """Ids of the members of a user group."""
    group = call.text("usergroup")
    if group not in state.workspace.groups:
        raise Refused("no_such_subteam")
    return {"users": list(state.workspace.groups[group])}


def groups(state: State, _call: Call) -> JsonObject:
    """All user groups."""
    listed = state.workspace.groups.items()
    return {"usergroups": [{"id": name, "handle": name.lower(), "user_count": len(users)} for name, users in listed]}
