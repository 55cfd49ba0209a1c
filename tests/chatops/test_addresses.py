import pytest

from chatops.addresses import bracketed, is_loopback, is_private, origin_of
from chatops.errors import ConfigurationError


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["128.0.0.1", "0.0.0.0", "::", "", "localhost.example.com", "10.0.0.1"])  # noqa: S104  # not bound to
def test_other_machine_is_not_taken_for_this_one(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "url", ["https://a.example.com", "https://a.example.com/b", "http://127.0.0.1:1", "http://[::1]"]
)
def test_https_and_this_machine_carry_secrets(url: str) -> None:
    assert is_private(url)


@pytest.mark.parametrize(
    "url", ["http://a.example.com", "https://", "ftp://a", "https://a:b@c", "https://a:99999", "https://[", "x"]
)
def test_nothing_else_carries_secrets(url: str) -> None:
    assert not is_private(url)


def test_address_of_version_6_stands_in_brackets() -> None:
    assert (bracketed("::1"), bracketed("127.0.0.1")) == ("[::1]", "127.0.0.1")


def test_origin_is_scheme_and_host_in_small_letters() -> None:
    assert origin_of("X", "https://ChatOps.example.com/") == "https://chatops.example.com"


@pytest.mark.parametrize("url", ["https://a/b", "https://a?b", "https://a#b", "http://a.example.com", "https://["])
def test_what_is_no_origin_is_refused_by_the_name_of_its_setting(url: str) -> None:
    with pytest.raises(ConfigurationError, match="CHATOPS_X"):
        origin_of("CHATOPS_X", url)
