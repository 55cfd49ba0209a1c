from collections.abc import Callable

import pytest

from chatops.errors import ConfigurationError
from chatops.listening import Issuer, Listening, listening
from chatops.settings import load_settings

Said = Callable[..., Listening]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """Where it listens with these settings, at port 8765."""

    def where(**variables: str) -> Listening:
        for name, value in variables.items():
            monkeypatch.setenv(f"CHATOPS_{name}", value)
        return listening(load_settings(), 8765)

    return where


def test_by_default_it_is_this_machine_only(said: Said) -> None:
    where = said()
    assert (where.host, where.base, where.issuer) == ("127.0.0.1", "http://127.0.0.1:8765", None)
    assert where.hosts == ("127.0.0.1:8765", "localhost:8765", "[::1]:8765")
    assert where.origins == ("http://127.0.0.1:8765", "http://localhost:8765", "http://[::1]:8765")


def test_public_url_is_one_more_name_and_the_only_origin(said: Said) -> None:
    where = said(PUBLIC_URL="https://chatops.example.com")
    assert where.hosts[-2:] == ("chatops.example.com", "chatops.example.com:443")
    assert where.origins == ("https://chatops.example.com",)
    assert said(PUBLIC_URL="https://chatops.example.com:8443").hosts[-1] == "chatops.example.com:8443"
    assert said(PUBLIC_URL="https://[2001:db8::1]").hosts[-2:] == ("[2001:db8::1]", "[2001:db8::1]:443")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "chatops.internal"])  # noqa: S104  # that is the point
def test_beyond_loopback_somebody_has_to_encrypt(said: Said, host: str) -> None:
    with pytest.raises(ConfigurationError, match="nothing says who encrypts") as caught:
        said(HOST=host)
    assert "CHATOPS_PUBLIC_URL=https://HOST" in caught.value.next_step
    with pytest.raises(ConfigurationError):
        said(HOST=host, PUBLIC_URL="http://127.0.0.1:8765")
    where = said(HOST=host, PUBLIC_URL="https://chatops.example.com")
    assert "localhost:8765" not in where.hosts


def test_tokens_are_for_the_public_address_unless_said_otherwise(said: Said) -> None:
    issuer = "https://id.example.com/realm"
    assert said(OIDC_ISSUER=issuer).issuer == Issuer(url=issuer, audience="http://127.0.0.1:8765/mcp")
    public = said(OIDC_ISSUER=issuer, PUBLIC_URL="https://c.example.com")
    assert public.issuer == Issuer(url=issuer, audience="https://c.example.com/mcp")
    assert said(OIDC_ISSUER=issuer, OIDC_AUDIENCE="phones").issuer == Issuer(url=issuer, audience="phones")


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"OIDC_ISSUER": "http://id.example.com"}, "CHATOPS_OIDC_ISSUER"),
        ({"OIDC_AUDIENCE": "phones"}, "CHATOPS_OIDC_ISSUER"),
        ({"PUBLIC_URL": "http://chatops.example.com"}, "CHATOPS_PUBLIC_URL"),
        ({"PUBLIC_URL": "https://example.com/chatops"}, "CHATOPS_PUBLIC_URL"),
        ({"PORT": "70000"}, "CHATOPS_PORT"),
    ],
)
def test_setting_that_cannot_be_used_is_named(said: Said, variables: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        said(**variables)
