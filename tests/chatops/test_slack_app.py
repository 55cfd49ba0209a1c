import pytest

from chatops.errors import ConfigurationError
from chatops.settings import load_settings
from chatops.slack_app import SlackApp, slack_app_of

BOT, APP, SECRET = "xoxb-marked-bot", "xapp-marked-app", "marked-signing"


def read(monkeypatch: pytest.MonkeyPatch, **variables: str) -> SlackApp | None:
    for name, value in variables.items():
        monkeypatch.setenv(f"CHATOPS_SLACK_{name}", value)
    return slack_app_of(load_settings())


def test_nothing_is_said_of_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch) is None
    assert read(monkeypatch, COMMAND="/fleet", API_URL="https://slack.example.com/api") is None


def test_bot_token_and_one_way_in_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    socket = read(monkeypatch, BOT_TOKEN=BOT, APP_TOKEN=APP)
    assert socket is not None
    assert socket.bot_token.get_secret_value() == BOT
    assert socket.app_token is not None
    assert socket.app_token.get_secret_value() == APP
    assert socket.signing_secret is None
    assert (socket.api_url, socket.command) == ("https://slack.com/api/", "/phone")
    monkeypatch.delenv("CHATOPS_SLACK_APP_TOKEN")
    signed = read(monkeypatch, SIGNING_SECRET=SECRET, API_URL="http://127.0.0.1:5/api")
    assert signed is not None
    assert signed.signing_secret is not None
    assert signed.signing_secret.get_secret_value() == SECRET
    assert (signed.app_token, signed.api_url) == (None, "http://127.0.0.1:5/api/")


@pytest.mark.parametrize(
    ("variables", "message", "next_step"),
    [
        ({"BOT_TOKEN": BOT}, "nothing says how", "CHATOPS_SLACK_APP_TOKEN"),
        ({"APP_TOKEN": APP}, "CHATOPS_SLACK_BOT_TOKEN is missing", "OAuth & Permissions"),
        ({"SIGNING_SECRET": SECRET}, "CHATOPS_SLACK_BOT_TOKEN is missing", "unset"),
        ({"BOT_TOKEN": APP, "APP_TOKEN": BOT}, "CHATOPS_SLACK_BOT_TOKEN does not begin with xoxb-", "xoxb-…"),
        ({"BOT_TOKEN": BOT, "APP_TOKEN": BOT}, "CHATOPS_SLACK_APP_TOKEN does not begin with xapp-", "xapp-…"),
        (
            {"BOT_TOKEN": BOT, "APP_TOKEN": APP, "API_URL": "http://slack.example.com"},
            "this machine only",
            "by default",
        ),
    ],
)
def test_half_of_it_is_refused_with_what_is_missing_and_without_what_is_secret(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], message: str, next_step: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        read(monkeypatch, **variables)
    assert next_step in caught.value.next_step
    assert "marked" not in caught.value.message + caught.value.next_step


def test_tokens_are_not_in_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    app = read(monkeypatch, BOT_TOKEN=BOT, APP_TOKEN=APP, SIGNING_SECRET=SECRET)
    assert "marked" not in repr(app)
