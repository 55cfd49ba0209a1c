"""The app under test as Slack knows it: ids, tokens, scopes, signing secret."""

from dataclasses import dataclass, field

BOT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "im:write",
        "usergroups:read",
        "users:read",
    }
)


@dataclass(kw_only=True)
class Application:
    """One installed app; ``revoked`` tokens answer ``token_revoked``."""

    team: str = "T01"
    domain: str = "acme"
    app_id: str = "A0PHONES"
    bot_user: str = "U0BOT"
    bot_id: str = "B0BOT"
    bot_token: str = "xoxb-fake-bot-token"
    app_token: str = "xapp-1-fake-app-token"
    signing_secret: str = "8f742231b10e8888abcd99yyyzzz85a5"
    verification_token: str = "legacy-token-nobody-should-trust"
    scopes: frozenset[str] = BOT_SCOPES
    app_scopes: frozenset[str] = frozenset({"connections:write"})
    revoked: set[str] = field(default_factory=set)
