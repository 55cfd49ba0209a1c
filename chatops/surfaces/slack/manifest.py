"""The app as Slack has to know it: what is pasted where an app is made, with the fewest scopes that are enough."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from tools import AnyAction, Own

SCOPE_OF: Final[Mapping[str, str | None]] = {
    "auth.test": None,
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "usergroups.users.list": "usergroups:read",
    "users.info": "users:read",
    "views.open": None,
    "views.publish": None,
    "views.update": None,
}
"""Every method of the Web API that this door calls with the bot's token, and the scope that it needs."""

SCOPE_OF_EVENT: Final[Mapping[str, str | None]] = {"app_home_opened": None, "app_mention": "app_mentions:read"}
"""Every event that this door is told of, and the scope that it needs."""

SHORTCUT = "run_about"
"""The id of the shortcut of a message."""

EVENTS_PATH = "/slack/events"
_NAME = "phones"
_WORDS_SHOWN = 4


def manifest(actions: Mapping[str, AnyAction], command: str, public_url: str | None = None) -> dict[str, JsonValue]:
    """The manifest. With ``public_url`` Slack sends requests there; without one the app asks for them (Socket Mode)."""
    address = None if public_url is None else f"{public_url.rstrip('/')}{EVENTS_PATH}"
    request_url: dict[str, JsonValue] = {} if address is None else {"request_url": address}
    url: dict[str, JsonValue] = {} if address is None else {"url": address}
    return {
        "display_information": {
            "name": _NAME,
            "description": "Cloud phones of CloudDevice: typed, permission-checked, audited actions.",
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": _NAME, "always_online": True},
            "slash_commands": [
                {
                    "command": command,
                    "description": "Look at cloud phones and act on them",
                    "usage_hint": _usage(actions),
                    "should_escape": True,  # mentions come as ids: a name can be anybody's
                    **url,
                }
            ],
            "shortcuts": [
                {
                    "name": "Run an action about this",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Choose an action; the message fills in what it names",
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": [*_scopes()]}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": [*sorted(SCOPE_OF_EVENT)]},
            "interactivity": {"is_enabled": True, **request_url, **_options(address)},
            "org_deploy_enabled": False,  # one workspace
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }


def _scopes() -> list[str]:
    needed = {scope for scope in (*SCOPE_OF.values(), *SCOPE_OF_EVENT.values()) if scope is not None}
    return sorted({"commands", *needed})


def _options(address: str | None) -> dict[str, JsonValue]:
    return {} if address is None else {"message_menu_options_url": address}


def _usage(actions: Mapping[str, AnyAction]) -> str:
    """A few words, reads first: the rest is in the help, which shows what its reader may do."""
    about_phones = [action for action in actions.values() if not isinstance(action.by, Own)]
    words = [action.word for action in sorted(about_phones, key=lambda action: (action.risk, action.name))]
    return " | ".join([*words[:_WORDS_SHOWN], "reboot PHONE …", "help"])
