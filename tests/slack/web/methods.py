"""All methods the fake knows, each with the scopes Slack asks for and the token it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.slack import JsonObject
from tests.slack.calls import Call
from tests.slack.refused import Refused
from tests.slack.state import State
from tests.slack.web import chat, conversations, files, people, reactions, views

Handler = Callable[[State, Call], JsonObject]


@dataclass(frozen=True, kw_only=True)
class Method:
    """How one method is answered; one of the scopes is enough."""

    handler: Handler
    scopes: tuple[str, ...] = ()


_READ = ("channels:read", "groups:read", "im:read")
_HISTORY = ("channels:history", "groups:history", "im:history")
METHODS: Mapping[str, Method] = {
    "auth.test": Method(handler=people.auth_test),
    "chat.delete": Method(handler=chat.delete, scopes=("chat:write",)),
    "chat.getPermalink": Method(handler=chat.get_permalink),
    "chat.postEphemeral": Method(handler=chat.post_ephemeral, scopes=("chat:write",)),
    "chat.postMessage": Method(handler=chat.post_message, scopes=("chat:write",)),
    "chat.update": Method(handler=chat.update, scopes=("chat:write",)),
    "conversations.history": Method(handler=conversations.history, scopes=_HISTORY),
    "conversations.info": Method(handler=conversations.info, scopes=_READ),
    "conversations.members": Method(handler=conversations.members, scopes=_READ),
    "conversations.open": Method(handler=conversations.open_direct, scopes=("im:write",)),
    "conversations.replies": Method(handler=conversations.replies, scopes=_HISTORY),
    "files.completeUploadExternal": Method(handler=files.complete_upload, scopes=("files:write",)),
    "files.getUploadURLExternal": Method(handler=files.get_upload_url, scopes=("files:write",)),
    "reactions.add": Method(handler=reactions.add, scopes=("reactions:write",)),
    "usergroups.list": Method(handler=people.groups, scopes=("usergroups:read",)),
    "usergroups.users.list": Method(handler=people.members_of_group, scopes=("usergroups:read",)),
    "users.info": Method(handler=people.info, scopes=("users:read",)),
    "views.open": Method(handler=views.open_view),
    "views.publish": Method(handler=views.publish),
    "views.push": Method(handler=views.push),
    "views.update": Method(handler=views.update),
}


def answer(state: State, call: Call, also: Mapping[str, Method]) -> JsonObject:
    """What the method says; unknown ones are refused and complained about."""
    method = {**METHODS, **also}.get(call.method)
    if method is None:
        state.complaints.append(f"{call.method} is a method this fake does not know")
        raise Refused("unknown_method", req_method=call.method)
    check_token(state, call, method)
    return {"ok": True, **method.handler(state, call)}


def check_token(state: State, call: Call, method: Method) -> None:
    """The token is one of the app's, of the right kind, not revoked, and has a scope that is enough."""
    app = state.application
    if not call.token:
        raise Refused("not_authed")
    if call.token not in (app.bot_token, app.app_token):
        raise Refused("invalid_auth")
    if call.token in app.revoked:
        raise Refused("token_revoked")
    is_for_app = call.method == "apps.connections.open"
    if call.method != "auth.test" and (call.token == app.app_token) != is_for_app:
        raise Refused("not_allowed_token_type")
    granted = app.app_scopes if is_for_app else app.scopes
    if method.scopes and not granted & set(method.scopes):
        needed, provided = method.scopes[0], ",".join(sorted(granted))
        raise Refused("missing_scope", needed=needed, provided=provided)
