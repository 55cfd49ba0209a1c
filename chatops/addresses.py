"""Where things are on the network: which hosts are this machine, and which addresses may carry secrets."""

import ipaddress
from urllib.parse import urlsplit

from chatops.errors import ConfigurationError


def is_loopback(host: str) -> bool:
    """Whether this host is the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(url: str) -> bool:
    """Whether what is sent there can be read by nobody in between: HTTPS, or this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def bracketed(host: str) -> str:
    """The host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def origin_of(name: str, url: str) -> str:
    """Scheme and host of an address that consists of nothing else.

    Raises:
        ConfigurationError: it is something else, or could be read on its way; ``name`` is the setting it comes from.

    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise ConfigurationError(f"{name} is not a URL.", next_step="Write it as https://host.") from None
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ConfigurationError(
            f"{name} must be a scheme and a host only.", next_step="Write it as https://host, without a path."
        )
    if not is_private(url):
        raise ConfigurationError(
            f"{name} must begin with https://; http:// is for this machine only.", next_step="Write it as https://host."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"
