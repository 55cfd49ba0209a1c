"""The Slack app of this service: configured as a whole, or not at all."""

from dataclasses import dataclass

from pydantic import SecretStr

from chatops.addresses import is_private
from chatops.errors import ConfigurationError
from chatops.settings import Settings, variable

_BEGINNINGS = {"slack_bot_token": "xoxb-", "slack_app_token": "xapp-"}


@dataclass(frozen=True, kw_only=True)
class SlackApp:
    """How Slack is spoken to. Requests come over Socket Mode where there is an app token, else signed over HTTP."""

    bot_token: SecretStr
    app_token: SecretStr | None
    signing_secret: SecretStr | None
    api_url: str
    command: str


def slack_app_of(settings: Settings) -> SlackApp | None:
    """What the settings say of Slack, or None where they say nothing.

    Raises:
        ConfigurationError: they say only a part of it, or something that cannot be used.

    """
    bot, app, secret = (
        _text(each) for each in (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    )
    if not (bot or app or secret):
        return None
    if not bot or not (app or secret):
        raise _half(bot=bot)
    _check_beginnings(slack_bot_token=bot, slack_app_token=app)
    if not is_private(settings.slack_api_url):
        raise ConfigurationError(
            "CHATOPS_SLACK_API_URL must begin with https://; http:// is for this machine only.",
            next_step="Leave it out: by default it is https://slack.com/api/.",
        )
    return SlackApp(
        bot_token=SecretStr(bot),
        app_token=SecretStr(app) if app else None,
        signing_secret=SecretStr(secret) if secret else None,
        api_url=f"{settings.slack_api_url.rstrip('/')}/",
        command=settings.slack_command,
    )


def _text(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value().strip() or None if secret is not None else None


def _half(*, bot: str | None) -> ConfigurationError:
    if bot:
        return ConfigurationError(
            "CHATOPS_SLACK_BOT_TOKEN is set, and nothing says how Slack's requests come here.",
            next_step="Set CHATOPS_SLACK_APP_TOKEN for Socket Mode, or CHATOPS_SLACK_SIGNING_SECRET for requests to "
            "/slack/events.",
        )
    return ConfigurationError(
        "Slack is configured only in part: CHATOPS_SLACK_BOT_TOKEN is missing.",
        next_step="Set it to the token that the page OAuth & Permissions of the Slack app shows; or unset "
        "CHATOPS_SLACK_APP_TOKEN and CHATOPS_SLACK_SIGNING_SECRET.",
    )


def _check_beginnings(**tokens: str | None) -> None:
    """Two tokens that were taken for each other would be refused by Slack, with less to go by."""
    for name, token in tokens.items():
        beginning = _BEGINNINGS[name]
        if token is not None and not token.startswith(beginning):
            raise ConfigurationError(
                f"{variable(name)} does not begin with {beginning}, so it is another kind of token.",
                next_step="The bot token, xoxb-…, is on the Slack app's page OAuth & Permissions; the app token, "
                "xapp-…, on Basic Information, with the scope connections:write.",
            )
