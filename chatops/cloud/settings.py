"""Where the API is, who we are there, and how patient we are."""

import math
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from chatops.addresses import is_loopback
from chatops.errors import ConfigurationError

ENDPOINT = "https://koophone.myhuaweicloud.com"
IAM_ENDPOINT = "https://iam.cn-north-4.myhuaweicloud.com"
PROJECT = "cn-north-4"


@dataclass(frozen=True, kw_only=True)
class AccessKey:
    """An access key and its secret key; a temporary pair comes with a security token."""

    access_key: str
    secret_key: SecretStr
    security_token: SecretStr | None = None


@dataclass(frozen=True, kw_only=True)
class Password:
    """An IAM user, its password and its account. HUAWEI ID accounts cannot get tokens: it must be an IAM user."""

    username: str
    password: SecretStr
    domain: str


@dataclass(frozen=True, kw_only=True)
class ClientSettings:
    """How the client reaches the API. Limits, waits and budgets are in seconds.

    ``call_limit`` bounds one call with all its repetitions, ``listing_limit`` all pages of a listing together.
    In ``state_folder`` other processes find how often the credentials were refused; without one, only this one knows.
    The region of the project is not said by the reference; ``project`` defaults to the vendor's own (conflict 68).

    Raises:
        ConfigurationError: an endpoint is not HTTPS and not on loopback, a credential is empty, or a limit is not
            above zero.

    """

    credentials: AccessKey | Password
    endpoint: str = ENDPOINT
    iam_endpoint: str = IAM_ENDPOINT
    project: str = PROJECT
    project_id: str | None = None
    tenant_id: str | None = None
    state_folder: Path | None = None
    requests_per_second: float = 10.0
    concurrent: int = 8
    throttle_wait: float = 30.0
    connect_limit: float = 10.0
    read_limit: float = 60.0
    call_limit: float = 120.0
    listing_limit: float = 600.0
    retry_attempts: int = 4
    retry_budget: float = 30.0

    def __post_init__(self) -> None:
        _check_endpoint("CHATOPS_CLOUD_ENDPOINT", self.endpoint)
        _check_endpoint("CHATOPS_CLOUD_IAM_ENDPOINT", self.iam_endpoint)
        for name, value in self._needed_texts().items():
            if not value or not value.isprintable():
                raise ConfigurationError(
                    f"{name} is empty or holds characters that cannot be sent", next_step="Set it."
                )
        for name, number in self._numbers().items():
            if not (math.isfinite(number) and number > 0):
                raise ConfigurationError(f"the client's {name} must be above 0, not {number}")

    @property
    def is_local(self) -> bool:
        """Whether one of the endpoints is on this machine: then no proxy of the environment is used."""
        return any(is_loopback(urlsplit(each).hostname or "") for each in (self.endpoint, self.iam_endpoint))

    def _needed_texts(self) -> dict[str, str]:
        texts = {"CHATOPS_CLOUD_PROJECT": self.project}
        if isinstance(self.credentials, AccessKey):
            texts["CHATOPS_CLOUD_ACCESS_KEY"] = self.credentials.access_key
            texts["CHATOPS_CLOUD_SECRET_KEY"] = self.credentials.secret_key.get_secret_value()
            if self.credentials.security_token is not None:
                texts["CHATOPS_CLOUD_SECURITY_TOKEN"] = self.credentials.security_token.get_secret_value()
        else:
            texts["CHATOPS_CLOUD_USERNAME"] = self.credentials.username
            texts["CHATOPS_CLOUD_PASSWORD"] = self.credentials.password.get_secret_value()
            texts["CHATOPS_CLOUD_DOMAIN"] = self.credentials.domain
        return texts

    def _numbers(self) -> dict[str, float]:
        return {
            "requests_per_second": self.requests_per_second,
            "concurrent": self.concurrent,
            "throttle_wait": self.throttle_wait,
            "connect_limit": self.connect_limit,
            "read_limit": self.read_limit,
            "call_limit": self.call_limit,
            "listing_limit": self.listing_limit,
            "retry_attempts": self.retry_attempts,
            "retry_budget": self.retry_budget,
        }


def _check_endpoint(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigurationError(f"{name} is not a URL", next_step="Write it as https://host.") from error
    if not host or parts.username is not None or parts.query or parts.fragment or parts.path not in {"", "/"}:
        raise ConfigurationError(f"{name} must be a scheme and a host only", next_step="Write it as https://host.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ConfigurationError(
            f"{name} must begin with https://; http:// is for this machine only", next_step="Write it as https://host."
        )
