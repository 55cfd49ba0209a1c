import math
from typing import Any

import pytest
from pydantic import SecretStr

from chatops.cloud import AccessKey, ClientSettings
from chatops.errors import ConfigurationError
from tests.chatops.cloud.world import KEY, TEMPORARY_KEY, USER


@pytest.mark.parametrize(
    "url",
    [
        "http://koophone.myhuaweicloud.com",
        "ftp://127.0.0.1",
        "koophone.myhuaweicloud.com",
        "https://",
        "https://user:secret@host.example.com",
        "https://host.example.com/v1",
        "https://host.example.com?x=1",
        "https://host.example.com:99999",
        "http://127.0.0.1.example.com",
        "http://[::1",
    ],
)
def test_endpoint_that_is_not_a_plain_https_host_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="CHATOPS_CLOUD_ENDPOINT") as caught:
        ClientSettings(credentials=KEY, endpoint=url)
    assert "secret" not in str(caught.value)


def test_iam_endpoint_is_held_to_the_same() -> None:
    with pytest.raises(ConfigurationError, match="CHATOPS_CLOUD_IAM_ENDPOINT"):
        ClientSettings(credentials=KEY, iam_endpoint="http://iam.example.com")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1", "https://a.example.com/"]
)
def test_https_and_this_machine_are_taken(url: str) -> None:
    assert ClientSettings(credentials=KEY, endpoint=url).endpoint == url


def test_an_endpoint_on_this_machine_makes_the_client_local() -> None:
    assert not ClientSettings(credentials=KEY).is_local
    assert ClientSettings(credentials=KEY, endpoint="http://127.0.0.1:1").is_local


@pytest.mark.parametrize("secret", ["", "line\nbreak"])
def test_secret_that_cannot_be_sent_is_refused_by_name(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="CHATOPS_CLOUD_SECRET_KEY"):
        ClientSettings(credentials=AccessKey(access_key="A", secret_key=SecretStr(secret)))


@pytest.mark.parametrize(
    ("name", "value"),
    [("concurrent", 0), ("requests_per_second", math.nan), ("call_limit", -1), ("read_limit", math.inf)],
)
def test_limit_that_is_not_above_zero_is_refused(name: str, value: float) -> None:
    given: dict[str, Any] = {name: value}
    with pytest.raises(ConfigurationError, match=name):
        ClientSettings(credentials=KEY, **given)


@pytest.mark.parametrize("credentials", [KEY, USER, TEMPORARY_KEY])
def test_secrets_are_not_in_the_representation(credentials: AccessKey) -> None:
    assert "opens-nothing-else" not in repr(ClientSettings(credentials=credentials))
